//! Replays the fuzz corpora, so that every `cargo test` covers what the fuzzer has found.

use std::{fs, io, path::Path};

use klamm_wire::fuzzing;

#[test]
fn the_corpus_of_varints_holds() -> io::Result<()> {
    replay("varints", fuzzing::varints)
}

#[test]
fn the_corpus_of_tagged_sections_holds() -> io::Result<()> {
    replay("tagged_sections", fuzzing::tagged_sections)
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
