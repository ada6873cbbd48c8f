//! Replays the fuzz corpora, so that every `cargo test` covers what the fuzzer has found.

#![cfg(test)]

use std::{collections::BTreeSet, fs, io, path::Path};

use klamm_cluster::fuzzing::{self, End};

#[test]
fn the_corpus_of_cluster_sasl_holds_and_meets_every_end() -> io::Result<()> {
    let ends = replay("cluster_sasl", fuzzing::end_of_sasl)?;
    let all = [
        End::Accepted,
        End::Proven,
        End::Refused,
        End::Misbehaved,
        End::Unsafe,
        End::Unprepared,
        End::NoToken,
        End::Slow,
    ];
    assert_eq!(ends, BTreeSet::from(all));
    Ok(())
}

#[test]
fn the_corpus_of_cluster_metadata_holds_and_meets_every_event() -> io::Result<()> {
    let met: BTreeSet<_> =
        replay("cluster_metadata", fuzzing::events_of_metadata)?.into_iter().flatten().collect();
    let all = [
        "BrokerAt",
        "BrokerGone",
        "Idle",
        "Leader",
        "Leaderless",
        "Missing",
        "PartitionsAdded",
        "PartitionsGone",
        "RebootstrapRequired",
        "Refused",
        "TopicIdLearnt",
        "TopicKnown",
        "TopicRecreated",
    ];
    assert_eq!(met, BTreeSet::from(all));
    Ok(())
}

fn replay<T: Ord>(target: &str, run: fn(&[u8]) -> T) -> io::Result<BTreeSet<T>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    fs::read_dir(folder)?.map(|entry| Ok(run(&fs::read(entry?.path())?))).collect()
}

#[test]
fn the_corpus_of_cluster_connection_keeps_the_laws_of_requests() -> io::Result<()> {
    replay("cluster_connection", fuzzing::connection)?;
    Ok(())
}
