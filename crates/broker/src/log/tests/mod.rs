//! Tests of the log, by what is decided.

mod appending;
mod bench;
