//! Any peer, and any deeds of ours, on one connection.
#![no_main]
#![forbid(unsafe_code)]

libfuzzer_sys::fuzz_target!(|data: &[u8]| klamm_cluster::fuzzing::connection(data));
