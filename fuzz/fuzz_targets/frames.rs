//! Cuts any stream into frames.
#![no_main]
#![forbid(unsafe_code)]

libfuzzer_sys::fuzz_target!(|data: &[u8]| klamm_protocol::fuzzing::frames(data));
