//! `klamm doctor` as a process, against clusters in this one: what it prints, and how it ends.
//!
//! Each case is a page under `golden/`, with ports, times and counters replaced. Set `KLAMM_BLESS`
//! to write the pages anew, and read the difference.

#![cfg(test)]

mod bed;
mod page;
mod settings;
mod strangers;
mod ways;
