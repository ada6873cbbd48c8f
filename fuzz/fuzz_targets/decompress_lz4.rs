//! Decompresses LZ4.
#![no_main]
#![forbid(unsafe_code)]

libfuzzer_sys::fuzz_target!(|data: &[u8]| klamm_records::fuzzing::decompress_lz4(data));
