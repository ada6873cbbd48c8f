//! A batch that a producer could have made, made by ours: append, encode, stamp.

use klamm_records::checksum::crc32c;
use klamm_records::layout::{Attributes, HEADER_LEN};
use klamm_records::{
    BatchHeader, BatchView, BufferPool, Codec, Compression, Decompressors, EncodedBatch, Encoder,
    Identity, OpenBatch, RawBatch, Refused, Stamp,
};
use klamm_wire::{Epoch, ProducerId, Sequence, WallMillis};

use super::{CAP, Told, written};
use crate::bytewise;
use crate::fields::Problem;
use crate::records::ToldRecord;

/// Where what ours produces differs from the line, whose records take `payload`.
pub(super) fn difference(batch: &BatchView<'_>, told: &Told, payload: &[u8]) -> Option<Problem> {
    if !is_producible(told) {
        return None;
    }
    let problem = match produced(told, payload) {
        Ok(encoded) => header(&encoded, told, batch).or_else(|| round_trip(&encoded, payload)),
        Err(problem) => Some(problem),
    };
    problem.map(|problem| format!("produced by ours, {problem}"))
}

/// Whether a producer can write such a batch: all else comes about in a broker.
fn is_producible(told: &Told) -> bool {
    let Told { header, codec, records } = told;
    let attributes = Attributes::of(*codec);
    let attributes = attributes.with_transactional(header.attributes.is_transactional());
    let (Some(first), Some(max)) = (records.first(), times(told).max()) else { return false };
    let is_dense = (0..).zip(records).all(|(index, record)| record.offset == index);
    let last = i64::from(header.last_offset_delta);
    header.attributes == attributes
        && first.timestamp == 0
        && is_dense
        && records.last().is_some_and(|record| record.offset == last)
        && times(told).all(|time| time >= -1)
        && max == header.max_timestamp
}

/// The timestamps of the records.
fn times(told: &Told) -> impl Iterator<Item = i64> {
    let base = told.header.base_timestamp;
    told.records.iter().map(move |record| base.wrapping_add(record.timestamp))
}

/// The encoded batch, after a look at the records before they were compressed.
fn produced(told: &Told, payload: &[u8]) -> Result<EncodedBatch, Problem> {
    let pool = BufferPool::new(0);
    let raw = raw(told, &pool)?;
    if let Some(problem) = bytewise::difference(raw.payload(), payload) {
        return Err(problem);
    }
    let compression = Compression::of(told.codec);
    Encoder::new().encode(raw, compression, &pool).map_err(|failure| failure.to_string())
}

fn raw(told: &Told, pool: &BufferPool) -> Result<RawBatch, Problem> {
    let mut open = OpenBatch::new(pool.take(0), usize::MAX);
    for (record, time) in told.records.iter().zip(times(told)) {
        append(&mut open, record, time).map_err(|refused| refused.to_string())?;
    }
    open.close().ok_or_else(|| "the batch has no records".to_owned())
}

/// Appends a record, with all the room that is asked for.
pub(crate) fn append(open: &mut OpenBatch, record: &ToldRecord, time: i64) -> Result<(), Refused> {
    let headers = written::headers(record);
    let (key, value) = (record.key.as_deref(), record.value.as_deref());
    let once = |open: &mut OpenBatch| open.append(WallMillis(time), key, value, &headers).map(drop);
    match once(open) {
        Err(Refused::NeedsRoom { bytes }) => {
            open.grant(bytes);
            once(open)
        }
        other => other,
    }
}

/// The stamp of the line's identity.
fn stamp(header: &BatchHeader) -> Stamp {
    let identity = Identity {
        producer_id: header.producer_id,
        epoch: header.producer_epoch,
        base_sequence: header.base_sequence,
    };
    let none = (ProducerId::NONE, Epoch::NONE, Sequence::NONE);
    if header.attributes.is_transactional() {
        Stamp::Transactional(identity)
    } else if (identity.producer_id, identity.epoch, identity.base_sequence) == none {
        Stamp::Plain
    } else {
        Stamp::Idempotent(identity)
    }
}

/// Compares the header with the line's, but for what only a broker sets. A batch that is not
/// compressed gives the very bytes; the payload of another differs, and with it the checksum.
fn header(encoded: &EncodedBatch, told: &Told, batch: &BatchView<'_>) -> Option<Problem> {
    let stamp = stamp(&told.header);
    let header = encoded.header(stamp);
    let bytes =
        |header: &BatchHeader| header.to_bytes(encoded.payload().len(), encoded.payload_crc());
    if let Some(problem) = bytewise::difference(encoded.stamp(stamp).header(), &bytes(&header)) {
        return Some(format!("stamped otherwise than its header is, {problem}"));
    }
    let BatchHeader { base_offset, leader_epoch, .. } = told.header;
    let appended = BatchHeader { base_offset, leader_epoch, ..header };
    if told.codec == Codec::None {
        let line = batch.bytes().get(..HEADER_LEN).unwrap_or_default();
        return bytewise::difference(&bytes(&appended), line);
    }
    let codec = Attributes::of(encoded.codec());
    let attributes = codec.with_transactional(told.header.attributes.is_transactional());
    let expected = BatchHeader { attributes, ..told.header };
    (appended != expected).then(|| format!("the header is {appended:?} and not {expected:?}"))
}

/// The payload holds the records, and its checksum is right.
fn round_trip(encoded: &EncodedBatch, payload: &[u8]) -> Option<Problem> {
    if encoded.payload_crc() != crc32c(encoded.payload()) {
        return Some("the checksum of the payload is wrong".to_owned());
    }
    if encoded.codec() == Codec::None {
        return bytewise::difference(encoded.payload(), payload);
    }
    let mut decompressors = Decompressors::new();
    match decompressors.decompress(encoded.codec(), encoded.payload(), CAP) {
        Ok(ours) => bytewise::difference(ours, payload),
        Err(error) => Some(format!("the payload is not read: {error:?}")),
    }
}
