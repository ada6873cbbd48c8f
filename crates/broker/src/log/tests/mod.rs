//! Tests of the log, by what is decided.

mod appending;
mod bench;
mod compression;
mod defects;
mod framing;
mod keeping;
mod markers;
mod properties;
mod reading;
mod records;
mod restarts;
mod sequences;
