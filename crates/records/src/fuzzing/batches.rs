//! Single batches: within bounds, and the same once they are written again.

use super::walk::{self, Walk};
use super::{CAP, fail, repair};
use crate::checksum::crc32c;
use crate::compression::{Codec, Decompressors};
use crate::error::{BatchError, BatchErrorKind};
use crate::layout::{ATTRIBUTES_AT, Attributes, BatchHeader, CRC_AT, HEADER_LEN};
use crate::view::{BatchView, Checksum};

/// Reads any bytes as a batch: as they are, and with length, format and checksum put right.
///
/// A header is what it is once it is written again; no piece of a record lies outside of the
/// batch; compressed and uncompressed records are the same; a front part of a batch is truncated.
pub fn batch_view(data: &[u8]) {
    one_batch(data);
    one_batch(&repair::batch(data));
}

fn one_batch(input: &[u8]) {
    let checked = BatchView::read(input, Checksum::Checked).map(|(batch, _)| batch.bytes());
    let (batch, rest) = match BatchView::read(input, Checksum::Deferred) {
        Ok(read) => read,
        Err(error) => {
            assert_eq!(checked, Err(error));
            return walk::check_header_error(error, input);
        }
    };
    assert_eq!(checked, batch.check_crc().map(|()| batch.bytes()));
    check_shape(&batch, rest, input);
    check_fronts(batch.bytes());
    check_records(&batch);
}

fn check_shape(batch: &BatchView<'_>, rest: &[u8], input: &[u8]) {
    let (header, bytes) = (batch.header(), batch.bytes());
    assert_eq!(input.split_at(bytes.len()), (bytes, rest));
    assert_eq!(bytes.len(), HEADER_LEN + batch.payload().len());
    let mut written = header.to_bytes(batch.payload().len(), crc32c(batch.payload())).to_vec();
    if batch.check_crc().is_err() {
        let right = written.splice(CRC_AT..ATTRIBUTES_AT, batch.crc().to_be_bytes());
        assert_ne!(right.collect::<Vec<_>>(), batch.crc().to_be_bytes());
    }
    assert_eq!(Some(written.as_slice()), bytes.get(..HEADER_LEN));
    let next = header.base_offset.wrapping_add(i64::from(header.last_offset_delta) + 1);
    assert_eq!(batch.next_offset(), next);
    let horizon = batch.delete_horizon().map(|horizon| horizon.0);
    let has_one = header.attributes.has_delete_horizon();
    assert_eq!(horizon, has_one.then_some(header.base_timestamp));
}

/// A batch that is cut anywhere is truncated, and nothing else is wrong with it.
fn check_fronts(bytes: &[u8]) {
    let in_payload = (1..5).map(|quarter| bytes.len() * quarter / 5);
    for len in (0..HEADER_LEN).chain(in_payload).chain([bytes.len() - 1]) {
        let front = bytes.get(..len).unwrap_or_default();
        let error = BatchView::read(front, Checksum::Checked).map(drop);
        let error = error.map_err(|error| (error.kind(), error.offset() <= len));
        assert_eq!(error, Err((BatchErrorKind::Truncated, true)), "{len} of {}", bytes.len());
    }
}

/// Reads the records of a batch, whose checksum does not matter.
pub(super) fn check_records(batch: &BatchView<'_>) {
    let mut decompressors = Decompressors::new();
    let content = match content(batch, &mut decompressors) {
        Ok(content) => content,
        Err(error) => return assert_eq!(refused(batch), Some(error)),
    };
    assert!(content.len() <= CAP.max(batch.payload().len()));
    let plain = with_payload(batch.header(), Codec::None, &content);
    check_plain(&plain);

    let mut others = Decompressors::new();
    let (one, other) = (records(&plain, &mut others), read_all(batch, &mut decompressors));
    assert_eq!(one.records, other.records);
    let is_moved = batch.codec() != Ok(Codec::None) && !walk::is_empty(batch);
    walk::same_but_moved(other.error, one.error, if is_moved { HEADER_LEN } else { 0 });
}

/// What is left of a batch when its codec is taken away.
fn content(
    batch: &BatchView<'_>,
    decompressors: &mut Decompressors,
) -> Result<Vec<u8>, BatchError> {
    let codec = batch.codec()?;
    if codec == Codec::None || walk::is_empty(batch) {
        return Ok(batch.payload().to_vec());
    }
    let content = decompressors.decompress(codec, batch.payload(), CAP);
    content
        .map(<[u8]>::to_vec)
        .map_err(|error| BatchError::decompression(error, "RecordBatch.records", HEADER_LEN))
}

fn refused(batch: &BatchView<'_>) -> Option<BatchError> {
    batch.records(&mut Decompressors::new(), CAP).err()
}

fn read_all<'s>(batch: &BatchView<'s>, decompressors: &'s mut Decompressors) -> Walk<'s> {
    match batch.records(decompressors, CAP) {
        Ok(records) => Walk::of(records),
        Err(error) => fail("readable once, and not again", &error),
    }
}

/// A whole batch with the header's fields and another payload.
pub(super) fn with_payload(header: &BatchHeader, codec: Codec, payload: &[u8]) -> Vec<u8> {
    let kept = header.attributes.0 & !0x07;
    let header = BatchHeader { attributes: Attributes(kept | Attributes::of(codec).0), ..*header };
    [&header.to_bytes(payload.len(), crc32c(payload)), payload].concat()
}

/// The records of a batch that this crate has put together.
fn records<'s>(bytes: &'s [u8], decompressors: &'s mut Decompressors) -> Walk<'s> {
    match BatchView::read(bytes, Checksum::Checked) {
        Ok((batch, _)) => read_all(&batch, decompressors),
        Err(error) => fail("a batch of our own", &error),
    }
}

/// An uncompressed batch: bounds, numbers, and the same records in the shortest form.
fn check_plain(bytes: &[u8]) {
    let Ok((batch, _)) = BatchView::read(bytes, Checksum::Checked) else { return };
    let (header, payload) = (batch.header(), batch.payload());
    let mut decompressors = Decompressors::new();
    let walk = read_all(&batch, &mut decompressors);
    walk.check_bounds(payload);
    walk.check_batch(header);
    let behind =
        walk.error.is_none_or(|error| (HEADER_LEN..=bytes.len()).contains(&error.offset()));
    assert!(behind, "{:?}", walk.error);

    let Some(written) = walk.written(header) else { return };
    assert!(written.len() <= payload.len());
    let count = i32::try_from(walk.records.len()).unwrap_or(i32::MAX);
    let shortest = with_payload(&BatchHeader { count, ..*header }, Codec::None, &written);
    let mut others = Decompressors::new();
    let mut expected = walk.records.clone();
    expected.iter_mut().for_each(|record| record.attributes = 0);
    assert_eq!(records(&shortest, &mut others), Walk { records: expected, error: None });
}
