//! Lets any bytes come to a cluster on a connection.
#![no_main]
#![forbid(unsafe_code)]

libfuzzer_sys::fuzz_target!(|data: &[u8]| klamm_broker::fuzzing::broker_bytes(data));
