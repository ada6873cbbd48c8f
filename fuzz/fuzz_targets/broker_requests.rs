//! Lets clients ask a cluster anything, while its nodes come and go.
#![no_main]
#![forbid(unsafe_code)]

libfuzzer_sys::fuzz_target!(|data: &[u8]| klamm_broker::fuzzing::broker_requests(data));
