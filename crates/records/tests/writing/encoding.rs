//! From records to the bytes that are sent, and back.

use klamm_records::{
    BatchView, Checksum, Codec, Compression, EncodedBatch, Header, Identity, Stamp, record,
};
use klamm_wire::{Epoch, ProducerId, Sequence};
use proptest::prelude::*;

use crate::support::{Owned, OwnedHeader, encoded, raw, read, record as plain};

fn whole(batch: &EncodedBatch, stamp: Stamp) -> Vec<u8> {
    batch.stamp(stamp).into_segments().concat()
}

fn identity(base_sequence: i32) -> Identity {
    Identity {
        producer_id: ProducerId(77),
        epoch: Epoch(3),
        base_sequence: Sequence(base_sequence),
    }
}

/// Text that every codec makes smaller.
fn compressible(count: usize) -> Vec<Owned> {
    (0..count)
        .map(|n| plain(1_000, format!("{{\"number\": {n}, \"more\": 1}}").as_bytes()))
        .collect()
}

/// Bytes that none does.
fn incompressible() -> Vec<Owned> {
    let noise = |seed: u32| {
        let next = |state: &mut u32| {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some(state.to_be_bytes()[0])
        };
        std::iter::repeat_n((), 64).scan(seed, move |state, ()| next(state)).collect::<Vec<u8>>()
    };
    vec![plain(5, &noise(1))]
}

#[test]
fn every_codec_gives_the_records_back() {
    let records = compressible(200);
    for codec in Codec::ALL {
        let batch = encoded(&records, codec.into());
        assert_eq!(batch.codec(), codec);
        assert_eq!(read(&whole(&batch, Stamp::Plain)), records, "{codec}");
        assert_eq!(batch.uncompressed_size(), raw(&records).size());
        assert_eq!(codec == Codec::None, batch.size() == batch.uncompressed_size());
    }
}

#[test]
fn what_a_codec_makes_larger_goes_out_uncompressed() {
    for codec in Codec::ALL {
        let batch = encoded(&incompressible(), codec.into());
        assert_eq!(batch.codec(), Codec::None, "{codec}");
        assert_eq!(batch.size(), batch.uncompressed_size());
        assert_eq!(read(&whole(&batch, Stamp::Plain)), incompressible());
    }
}

#[test]
fn stamping_again_makes_a_new_header_over_the_same_payload() {
    let batch = encoded(&compressible(3), Compression::NONE);
    let first = batch.stamp(Stamp::Idempotent(identity(5)));
    let before = first.clone().into_segments().concat();
    let second = batch.stamp(Stamp::Idempotent(identity(9)));
    assert_eq!(first.payload().as_ptr(), second.payload().as_ptr());
    assert_eq!(first.into_segments().concat(), before);
    let changed: Vec<usize> = std::iter::zip(&before, &second.into_segments().concat())
        .enumerate()
        .filter_map(|(place, (one, other))| (one != other).then_some(place))
        .collect();
    // The checksum, and the lowest byte of the sequence.
    assert!(changed.iter().all(|place| (17..21).contains(place) || *place == 56), "{changed:?}");
    assert!(changed.contains(&56));
}

#[test]
fn a_stamp_reads_back_as_it_was_given() {
    let batch = encoded(&compressible(3), Compression::NONE);
    let stamps = [
        (Stamp::Plain, (-1, -1, -1, false)),
        (Stamp::Idempotent(identity(5)), (77, 3, 5, false)),
        (Stamp::Transactional(identity(i32::MAX)), (77, 3, i32::MAX, true)),
    ];
    for (stamp, expected) in stamps {
        let bytes = whole(&batch, stamp);
        let (view, _) = BatchView::read(&bytes, Checksum::Checked).unwrap();
        let header = view.header();
        let identity = (header.producer_id.0, header.producer_epoch.0, header.base_sequence.0);
        let (id, epoch, sequence) = identity;
        assert_eq!((id, epoch, sequence, header.attributes.is_transactional()), expected);
        assert_eq!((header.base_offset, header.leader_epoch, header.last_offset_delta), (0, -1, 2));
    }
}

fn bytes() -> impl Strategy<Value = Option<Vec<u8>>> {
    proptest::option::of(proptest::collection::vec(any::<u8>(), 0..80))
}

fn headers() -> impl Strategy<Value = Vec<OwnedHeader>> {
    proptest::collection::vec((".{0,6}", bytes()), 0..4)
}

fn owned() -> impl Strategy<Value = Owned> {
    let timestamp =
        prop_oneof![Just(-1), 0..3_000_i64, Just(i64::MAX), any::<u32>().prop_map(i64::from)];
    (timestamp, bytes(), bytes(), headers()).prop_map(|(timestamp, key, value, headers)| Owned {
        timestamp,
        key,
        value,
        headers,
    })
}

fn borrowed(headers: &[OwnedHeader]) -> Vec<Header<'_>> {
    headers.iter().map(|(key, value)| Header { key, value: value.as_deref() }).collect()
}

proptest! {
    #[test]
    fn records_come_back_in_order_with_nulls_and_headers(
        records in proptest::collection::vec(owned(), 1..30),
        codec in proptest::sample::select(&Codec::ALL[..]),
    ) {
        let batch = encoded(&records, codec.into());
        prop_assert!(batch.size() <= batch.uncompressed_size());
        prop_assert_eq!(read(&whole(&batch, Stamp::Plain)), records);
    }

    #[test]
    fn the_upper_bound_holds_and_the_length_is_exact(one in owned()) {
        let headers = borrowed(&one.headers);
        let bound = record::upper_bound(one.key.as_deref(), one.value.as_deref(), &headers);
        let size = raw(std::slice::from_ref(&one)).size() as u64;
        prop_assert!(size <= bound && bound <= size + 21, "{} of {}", size, bound);
    }
}
