//! Replays the fuzz corpora, so that every `cargo test` covers what the fuzzer has found.
//!
//! Each of them must reach what its target is about: a corpus that is all refused shows nothing.

use std::{fs, io, path::Path};

use klamm_records::{Codec, Decompressors, RecordSet, fuzzing};

/// What a compressed corpus may give.
const CAP: usize = 1 << 20;

#[test]
fn the_corpus_of_batch_view_holds() -> io::Result<()> {
    let inputs = replay("batch_view", fuzzing::batch_view)?;
    for codec in Codec::ALL {
        let id = usize::from(codec.id());
        let read = inputs.iter().filter(|input| codec_at_22(input) == id && records_in(input) > 1);
        assert!(read.count() > 0, "no batch of {codec}");
    }
    Ok(())
}

#[test]
fn the_corpus_of_record_set_holds() -> io::Result<()> {
    let inputs = replay("record_set", fuzzing::record_set)?;
    let entries = |input: &Vec<u8>| RecordSet::new(input).filter(Result::is_ok).count();
    assert!(inputs.iter().map(entries).max() >= Some(4), "no set of several batches");
    let is_cut = |input: &&Vec<u8>| {
        let mut set = RecordSet::new(input);
        set.by_ref().all(|entry| entry.is_ok()) && !set.tail().is_empty()
    };
    assert!(inputs.iter().any(|input| is_cut(&input) && entries(input) > 0), "no set that is cut");
    Ok(())
}

#[test]
fn the_corpus_of_legacy_sets_holds() -> io::Result<()> {
    let inputs = replay("legacy_sets", fuzzing::legacy_sets)?;
    for magic in [0, 1] {
        let of_magic = inputs.iter().filter(|input| input.get(16) == Some(&magic));
        let most = of_magic.map(|input| records_in(input)).max();
        assert!(most >= Some(3), "magic {magic}: {most:?} records at most");
    }
    Ok(())
}

#[test]
fn the_corpus_of_append_round_trip_holds() -> io::Result<()> {
    replay("append_round_trip", fuzzing::append_round_trip).map(drop)
}

#[test]
fn the_corpus_of_gzip_holds() -> io::Result<()> {
    streams("decompress_gzip", fuzzing::decompress_gzip, Codec::Gzip)
}

#[test]
fn the_corpus_of_snappy_holds() -> io::Result<()> {
    streams("decompress_snappy", fuzzing::decompress_snappy, Codec::Snappy)
}

#[test]
fn the_corpus_of_lz4_holds() -> io::Result<()> {
    streams("decompress_lz4", fuzzing::decompress_lz4, Codec::Lz4)
}

#[test]
fn the_corpus_of_zstd_holds() -> io::Result<()> {
    streams("decompress_zstd", fuzzing::decompress_zstd, Codec::Zstd)
}

/// Replays streams, of which some are whole and some are not.
fn streams(target: &str, run: fn(&[u8]), codec: Codec) -> io::Result<()> {
    let inputs = replay(target, run)?;
    let mut decompressors = Decompressors::new();
    let lengths = inputs
        .iter()
        .map(|input| decompressors.decompress(codec, input, CAP).map_or(0, <[u8]>::len));
    let lengths: Vec<usize> = lengths.collect();
    assert!(lengths.iter().filter(|len| **len > 0).count() >= 3, "{target}: {lengths:?}");
    assert!(lengths.contains(&0), "{target}: nothing is refused");
    Ok(())
}

/// How many records a whole set gives, or 0 when something is wrong with it.
fn records_in(set: &[u8]) -> usize {
    let mut decompressors = Decompressors::new();
    let mut count = 0;
    for entry in RecordSet::new(set) {
        let Ok(entry) = entry else { return 0 };
        let Ok(records) = entry.records(&mut decompressors, CAP) else { return 0 };
        for record in records {
            if record.is_err() {
                return 0;
            }
            count += 1;
        }
    }
    count
}

/// The number of the codec in a batch of magic 2.
fn codec_at_22(batch: &[u8]) -> usize {
    batch.get(22).map_or(usize::MAX, |attributes| usize::from(attributes & 7))
}

fn replay(target: &str, run: fn(&[u8])) -> io::Result<Vec<Vec<u8>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut inputs = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let input = fs::read(entry?.path())?;
        run(&input);
        inputs.push(input);
    }
    assert!(!inputs.is_empty(), "{} is empty", folder.display());
    Ok(inputs)
}
