//! Reads integers of variable length.
#![no_main]
#![forbid(unsafe_code)]

libfuzzer_sys::fuzz_target!(|data: &[u8]| klamm_wire::fuzzing::varints(data));
