//! Lets anything happen to a producer.
#![no_main]
#![forbid(unsafe_code)]

libfuzzer_sys::fuzz_target!(|data: &[u8]| klamm_idempotence::fuzzing::producer_walk(data));
