//! Writes record batches, and reads them back.
#![no_main]
#![forbid(unsafe_code)]

libfuzzer_sys::fuzz_target!(|data: &[u8]| klamm_records::fuzzing::append_round_trip(data));
