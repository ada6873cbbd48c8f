//! Any cluster, in any mood: a picture that is told anything.
#![no_main]
#![forbid(unsafe_code)]

libfuzzer_sys::fuzz_target!(|data: &[u8]| klamm_cluster::fuzzing::cluster_metadata(data));
