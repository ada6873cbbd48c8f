//! Writes whatever can be decoded.
#![no_main]
#![forbid(unsafe_code)]

libfuzzer_sys::fuzz_target!(|data: &[u8]| klamm_protocol::fuzzing::round_trip(data));
