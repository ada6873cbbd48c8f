//! What of a request is a batch that can be looked into: framing, size and checksum.

use bytes::Bytes;
use klamm_records::layout::{HEADER_LEN, MAGIC, UNCOUNTED_LEN};
use klamm_records::{BatchView, Checksum, Codec};
use klamm_wire::ErrorCode;

use super::{AppendRules, Origin, Rejected};
use crate::{Defect, Defects};

/// The length of a message of magic 0 with nothing in it: no entry claims less.
const LEAST_LENGTH: i32 = 14;
/// Where the length stands.
const LENGTH_AT: usize = 8;
/// Where the magic byte stands.
const MAGIC_AT: usize = 16;
/// Where the byte of the attributes stands that holds the codec.
const CODEC_AT: usize = 22;
/// Behind the last offset delta, without which Kafka cannot even say how far a batch reaches.
const LAST_OFFSET_DELTA_END: usize = 27;

/// Whether a Produce request of this version may carry these records at all: one batch, of magic
/// 2, in a codec that the version knows.
///
/// Kafka asks this before it asks who leads the partition. The append asks it again.
///
/// # Errors
/// When there is no batch, more than one, or none that the version may carry.
pub(crate) fn check_request(
    records: &[Bytes],
    version: i16,
    defects: &Defects,
) -> Result<(), Rejected> {
    let checked = match records {
        [records] => only_batch(records, version, defects).map(drop),
        _ => only_batch(&joined(records), version, defects).map(drop),
    };
    checked.map_err(|rejected| rejected.ordered(defects))
}

/// The pieces of a field in one piece, copied.
pub(super) fn joined(records: &[Bytes]) -> Vec<u8> {
    records.concat()
}

/// The batch of a request, without what is left behind it.
pub(super) fn admit(
    mut field: Vec<u8>,
    origin: Origin,
    rules: &AppendRules<'_>,
) -> Result<Vec<u8>, Rejected> {
    let (version, is_outsider) = match origin {
        Origin::Client { version, internal_client } => (version, !internal_client),
        Origin::Coordinator => (i16::MAX, false),
    };
    let len = only_batch(&field, version, rules.defects)?.len();
    if rules.settings.internal && is_outsider {
        return Err(ErrorCode::INVALID_TOPIC_EXCEPTION.into());
    }
    field.truncate(len);
    check_header(&field, origin, rules)?;
    Ok(field)
}

/// What can be said of a batch without looking at its records.
fn check_header(batch: &[u8], origin: Origin, rules: &AppendRules<'_>) -> Result<(), Rejected> {
    let starts_at_zero = batch.starts_with(&[0; size_of::<i64>()]);
    if origin.is_client() && !starts_at_zero {
        return Err(ErrorCode::INVALID_RECORD.into());
    }
    if batch.len() < LAST_OFFSET_DELTA_END {
        return Err(ErrorCode::UNKNOWN_SERVER_ERROR.into());
    }
    check_size(batch.len(), rules)?;
    if batch.len() < HEADER_LEN {
        return Err(ErrorCode::CORRUPT_MESSAGE.into());
    }
    let (view, _) = BatchView::read(batch, Checksum::Deferred)?;
    if !rules.defects.has(Defect::IgnoresCrc) {
        view.check_crc()?;
    }
    view.codec()?;
    Ok(())
}

/// Whether a batch of this length may be stored by the topic's settings.
pub(super) fn check_size(len: usize, rules: &AppendRules<'_>) -> Result<(), Rejected> {
    let max = usize::try_from(rules.settings.max_message_bytes).unwrap_or(0);
    if len > max && !rules.defects.has(Defect::IgnoresMaxMessageBytes) {
        return Err(ErrorCode::MESSAGE_TOO_LARGE.into());
    }
    Ok(())
}

fn only_batch<'a>(field: &'a [u8], version: i16, defects: &Defects) -> Result<&'a [u8], Rejected> {
    let (batch, rest) = next_entry(field)?.ok_or(ErrorCode::INVALID_RECORD)?;
    if magic(batch) != Some(MAGIC) {
        return Err(ErrorCode::INVALID_RECORD.into());
    }
    if version < 7 {
        check_old_codec(batch, defects)?;
    }
    match next_entry(rest)? {
        Some(_) => Err(ErrorCode::INVALID_RECORD.into()),
        None => Ok(batch),
    }
}

/// Before version 7 a request cannot carry zstd.
fn check_old_codec(batch: &[u8], defects: &Defects) -> Result<(), Rejected> {
    let id = batch.get(CODEC_AT).copied().unwrap_or_default() & 0x07;
    match Codec::try_from(id) {
        Err(_) => Err(ErrorCode::UNKNOWN_SERVER_ERROR.into()),
        Ok(Codec::Zstd) if !defects.has(Defect::AcceptsOldZstd) => {
            Err(ErrorCode::UNSUPPORTED_COMPRESSION_TYPE.into())
        }
        Ok(_) => Ok(()),
    }
}

/// A whole entry, and what follows it.
type Split<'a> = (&'a [u8], &'a [u8]);

/// The entry at the front, or nothing when no whole one is left.
fn next_entry(input: &[u8]) -> Result<Option<Split<'_>>, ErrorCode> {
    let Some(length) = input.get(LENGTH_AT..).and_then(<[u8]>::first_chunk) else {
        return Ok(None);
    };
    let length = i32::from_be_bytes(*length);
    if length < LEAST_LENGTH {
        return Err(ErrorCode::CORRUPT_MESSAGE);
    }
    let Some(magic) = magic(input) else { return Ok(None) };
    if !(0..=MAGIC).contains(&magic) {
        return Err(ErrorCode::CORRUPT_MESSAGE);
    }
    // Kafka counts the whole in 32 bits, and stumbles where they do not suffice.
    let uncounted = i32::try_from(UNCOUNTED_LEN).unwrap_or_default();
    let total = length.checked_add(uncounted).ok_or(ErrorCode::UNKNOWN_SERVER_ERROR)?;
    Ok(usize::try_from(total).ok().and_then(|total| input.split_at_checked(total)))
}

fn magic(entry: &[u8]) -> Option<i8> {
    entry.get(MAGIC_AT).copied().map(u8::cast_signed)
}
