//! Replays the fuzz corpora, so that every `cargo test` covers what the fuzzer has found.

use std::{fs, io, path::Path};

use klamm_protocol::fuzzing;

#[test]
fn the_corpus_of_decode_any_holds() -> io::Result<()> {
    replay("decode_any", fuzzing::decode_any)
}

#[test]
fn the_corpus_of_round_trip_holds() -> io::Result<()> {
    replay("round_trip", fuzzing::round_trip)
}

#[test]
fn the_corpus_of_frames_holds() -> io::Result<()> {
    replay("frames", fuzzing::frames)
}

fn replay(target: &str, run: fn(&[u8])) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut replayed = 0;
    for entry in fs::read_dir(&folder)? {
        run(&fs::read(entry?.path())?);
        replayed += 1;
    }
    assert!(replayed > 0, "{} is empty", folder.display());
    Ok(())
}
