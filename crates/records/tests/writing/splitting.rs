//! Halves: deltas of their own, the same records, and together the whole.

use klamm_records::{BatchError, Codec, Compression, Decompressors, Encoder, SplitError, Stamp};
use proptest::prelude::*;

use crate::support::{CAP, Owned, encoded, pool, read, record};

/// The records of both halves, each encoded anew.
fn halves(records: &[Owned], compression: Compression) -> [Vec<Owned>; 2] {
    let batch = encoded(records, compression);
    let raw = batch.split(&mut Decompressors::new(), CAP, &pool()).unwrap();
    raw.map(|half| {
        let half = Encoder::new().encode(half, compression, &pool()).unwrap();
        read(&half.stamp(Stamp::Plain).into_segments().concat())
    })
}

#[test]
fn a_single_record_cannot_be_split() {
    let batch = encoded(&[record(0, b"alone")], Compression::NONE);
    let error = batch.split(&mut Decompressors::new(), CAP, &pool()).unwrap_err();
    assert_eq!(error, SplitError::SingleRecord);
}

#[test]
fn each_half_gets_half_of_the_bytes_not_of_the_records() {
    let mut records = vec![record(0, &[1; 1_000])];
    records.extend((0..100).map(|n| record(n, b"0123456789")));
    let [first, second] = halves(&records, Compression::NONE);
    assert!(first.len() < 40, "{}", first.len());
    assert_eq!(first.len() + second.len(), records.len());
}

#[test]
fn a_large_last_record_stands_alone() {
    let records = [record(9, b"a"), record(8, b"b"), record(7, &[1; 5_000])];
    let [first, second] = halves(&records, Compression::NONE);
    assert_eq!((first.as_slice(), second.as_slice()), (&records[..2], &records[2..]));
}

#[test]
fn a_batch_larger_than_the_cap_is_not_split() {
    let records: Vec<Owned> = (0..100).map(|n| record(n, &[7; 100])).collect();
    for codec in [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd] {
        let batch = encoded(&records, codec.into());
        let error = batch.split(&mut Decompressors::new(), 1_000, &pool()).unwrap_err();
        assert!(matches!(error, SplitError::Unreadable(BatchError { .. })), "{codec}: {error}");
    }
}

proptest! {
    #[test]
    fn halves_rejoin(
        sizes in proptest::collection::vec(0_usize..200, 2..40),
        start in -1_i64..1 << 50,
        codec in proptest::sample::select(&Codec::ALL[..]),
    ) {
        let sized = |(index, size): (usize, &usize)| {
            let time = if index % 3 == 0 { -1 } else { start };
            record(time, &vec![b'x'; *size])
        };
        let records: Vec<Owned> = sizes.iter().enumerate().map(sized).collect();
        let [first, second] = halves(&records, codec.into());
        prop_assert!(!first.is_empty() && !second.is_empty());
        prop_assert_eq!([first, second].concat(), records);
    }
}
