//! Replays the fuzz corpora, so that every `cargo test` covers what the fuzzer has found.

#![cfg(test)]

use std::{fs, io, path::Path};

use klamm_broker::fuzzing;

/// Calls a target with every input of its corpus; how many there are.
fn replayed(target: fn(&[u8]), name: &str) -> io::Result<usize> {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let mut count = 0;
    for entry in fs::read_dir(corpora.join(name))? {
        target(&fs::read(entry?.path())?);
        count += 1;
    }
    Ok(count)
}

#[test]
fn the_corpus_of_broker_bytes_leaves_the_cluster_whole() -> io::Result<()> {
    assert!(replayed(fuzzing::broker_bytes, "broker_bytes")? >= 9);
    Ok(())
}

#[test]
fn the_corpus_of_broker_requests_leaves_the_cluster_whole() -> io::Result<()> {
    assert!(replayed(fuzzing::broker_requests, "broker_requests")? >= 12);
    Ok(())
}
