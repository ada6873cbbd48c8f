//! Decodes any message at any version.
#![no_main]
#![forbid(unsafe_code)]

libfuzzer_sys::fuzz_target!(|data: &[u8]| klamm_protocol::fuzzing::decode_any(data));
