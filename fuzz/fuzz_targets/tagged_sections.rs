//! Reads sections of tagged fields.
#![no_main]
#![forbid(unsafe_code)]

libfuzzer_sys::fuzz_target!(|data: &[u8]| klamm_wire::fuzzing::tagged_sections(data));
