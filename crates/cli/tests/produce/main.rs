//! `klamm produce` as a process, against clusters in this one: what is written, and what is said.
//!
//! What is said stands on pages under `golden/`, with ports, times and rates replaced. Set
//! `KLAMM_BLESS` to write the pages anew, and read the difference.

#![cfg(test)]

mod bed;
mod failing;
mod formats;
mod saying;
mod transactions;
