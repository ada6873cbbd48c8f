//! Replays the fuzz corpus, so that every `cargo test` covers what the fuzzer has found.
//!
//! It must reach what the target is about: a corpus of dull inputs shows nothing.

#![cfg(test)]

use std::{fs, io, path::Path};

use klamm_idempotence::{fuzzing, model::Situation};

/// Machines without a world: in idempotent and in transactional mode, and in two without stamps.
const MODES: u8 = 4;

#[test]
fn the_corpus_of_producer_walk_holds_and_meets_every_situation() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/producer_walk");
    let (mut met, mut modes) = (0, Vec::new());
    for entry in fs::read_dir(folder)? {
        let input = fs::read(entry?.path())?;
        met |= fuzzing::situations(&input);
        if let [1, mode, ..] = *input {
            modes.push(mode % MODES);
        }
    }
    let missed = Situation::ALL.into_iter().filter(|one| met & one.bit() == 0);
    assert_eq!(missed.collect::<Vec<_>>(), [], "no input meets these");
    assert!((0..MODES).all(|mode| modes.contains(&mode)), "of some modes alone: {modes:?}");
    Ok(())
}
