//! Reads message sets of magic 0 and 1.
#![no_main]
#![forbid(unsafe_code)]

libfuzzer_sys::fuzz_target!(|data: &[u8]| klamm_records::fuzzing::legacy_sets(data));
