//! Reads record batches.
#![no_main]
#![forbid(unsafe_code)]

libfuzzer_sys::fuzz_target!(|data: &[u8]| klamm_records::fuzzing::batch_view(data));
