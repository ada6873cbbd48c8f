//! Compressed streams: never more bytes than allowed, and always the same ones.

use super::{CAP, batches};
use crate::compression::{Codec, DecompressErrorKind, Decompressors};
use crate::error::BatchErrorKind;
use crate::layout::{Attributes, BatchHeader, HEADER_LEN};
use crate::view::{BatchView, Checksum, Records};

/// Decompresses any bytes as gzip, alone and inside a batch.
pub fn decompress_gzip(data: &[u8]) {
    stream(Codec::Gzip, data);
}

/// Decompresses any bytes as snappy, alone and inside a batch.
pub fn decompress_snappy(data: &[u8]) {
    stream(Codec::Snappy, data);
}

/// Decompresses any bytes as LZ4, alone and inside a batch.
pub fn decompress_lz4(data: &[u8]) {
    stream(Codec::Lz4, data);
}

/// Decompresses any bytes as Zstandard, alone and inside a batch.
pub fn decompress_zstd(data: &[u8]) {
    stream(Codec::Zstd, data);
}

type Outcome = Result<Vec<u8>, DecompressErrorKind>;

fn stream(codec: Codec, data: &[u8]) {
    let mut used = Decompressors::new();
    // Whatever half a stream leaves behind, the whole one is as it would have been without.
    let half = data.get(..data.len() / 2).unwrap_or_default();
    drop(outcome(&mut used, codec, half, CAP));
    let outcomes = [CAP, CAP].map(|cap| outcome(&mut used, codec, data, cap));
    let fresh = outcome(&mut Decompressors::new(), codec, data, CAP);
    assert!(outcomes.iter().all(|outcome| *outcome == fresh), "the state is not reset");
    match &fresh {
        Ok(content) => check_content(&mut used, codec, data, content),
        Err(kind) => check_error(&mut used, codec, data, *kind),
    }
    in_batch(codec, data, &fresh);
}

fn outcome(used: &mut Decompressors, codec: Codec, data: &[u8], cap: usize) -> Outcome {
    let outcome = used.decompress(codec, data, cap).map(<[u8]>::to_vec);
    outcome.map_err(|error| {
        assert_eq!(error.codec, codec);
        error.kind
    })
}

/// The same within every cap that is large enough, and refused by every smaller one.
fn check_content(used: &mut Decompressors, codec: Codec, data: &[u8], content: &[u8]) {
    assert!(content.len() <= CAP);
    for cap in [content.len(), content.len() + 1, 4 * CAP] {
        assert_eq!(outcome(used, codec, data, cap).as_deref(), Ok(content), "{cap}");
    }
    for cap in [0, content.len() / 2, content.len().saturating_sub(1)] {
        if cap < content.len() {
            let refused = Err(DecompressErrorKind::OverCap { cap });
            assert_eq!(outcome(used, codec, data, cap), refused);
        }
    }
}

/// A larger cap cures nothing but a smaller cap, and a smaller one may only be met earlier.
fn check_error(used: &mut Decompressors, codec: Codec, data: &[u8], kind: DecompressErrorKind) {
    if let DecompressErrorKind::OverCap { cap } = kind {
        assert_eq!(cap, CAP);
        let more = outcome(used, codec, data, 2 * CAP);
        assert!(more.is_ok_and(|content| content.len() > CAP) || more_is_wrong(used, codec, data));
        return;
    }
    assert_eq!(outcome(used, codec, data, 2 * CAP), Err(kind));
    for cap in [0, 100] {
        let less = outcome(used, codec, data, cap);
        let is_met = less == Err(DecompressErrorKind::OverCap { cap });
        assert!(is_met || less == Err(kind), "{cap}: {less:?}");
    }
}

fn more_is_wrong(used: &mut Decompressors, codec: Codec, data: &[u8]) -> bool {
    outcome(used, codec, data, 2 * CAP).is_err()
}

/// The stream as the payload of a batch with as many records as the content holds.
fn in_batch(codec: Codec, data: &[u8], outcome: &Outcome) {
    let header = header(outcome.as_deref().unwrap_or_default());
    let bytes = batches::with_payload(&header, codec, data);
    let (batch, rest) = match BatchView::read(&bytes, Checksum::Checked) {
        Ok(read) => read,
        Err(error) => super::fail("a batch of our own", &error),
    };
    assert!(rest.is_empty());
    if let Err(kind) = outcome {
        let error = batch.records(&mut Decompressors::new(), CAP).err();
        let error = error.map(|error| (error.kind(), error.field(), error.offset()));
        let kind = BatchErrorKind::Decompression(*kind);
        assert_eq!(error, Some((kind, "RecordBatch.records", HEADER_LEN)));
    }
    batches::check_records(&batch);
}

/// A header that counts the records at the front of `content`, and at least one.
fn header(content: &[u8]) -> BatchHeader {
    let header = BatchHeader {
        base_offset: 0,
        leader_epoch: -1,
        attributes: Attributes::default(),
        last_offset_delta: 0,
        base_timestamp: 0,
        max_timestamp: 0,
        producer_id: klamm_wire::ProducerId::NONE,
        producer_epoch: klamm_wire::Epoch::NONE,
        base_sequence: klamm_wire::Sequence::NONE,
        count: i32::MAX,
    };
    let found = Records::new(&header, content, 0).map_while(Result::ok).count();
    BatchHeader { count: i32::try_from(found.max(1)).unwrap_or(i32::MAX), ..header }
}
