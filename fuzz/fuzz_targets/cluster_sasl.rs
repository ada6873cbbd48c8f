//! Any server, in a conversation about who we are.
#![no_main]
#![forbid(unsafe_code)]

libfuzzer_sys::fuzz_target!(|data: &[u8]| klamm_cluster::fuzzing::cluster_sasl(data));
