//! Whether a batch and its records may be stored, and as what.

use klamm_records::{
    BatchError, BatchErrorKind, BatchHeader, BatchView, Checksum, Codec, Decompressors, RecordView,
    layout::Attributes,
};
use klamm_wire::ErrorCode;

use super::admit::check_size;
use super::rebuild::rebuilt;
use super::{
    AppendRules, MAX_DECOMPRESSED, MAX_RECORD_ERRORS, Origin, Rejected, StoredBatch, sequence,
};
use crate::Defect;
use crate::topic::{TimestampType, TopicCompression};

/// The bits of a header's attributes that mean something, without that of the append time.
const KNOWN_BITS: i16 = 0x77;
/// The bit that says that every record has the time of the append.
pub(super) const LOG_APPEND_TIME: i16 = 0x08;
/// No timestamp.
const NO_TIMESTAMP: i64 = -1;

/// The batch as it is stored from `base_offset` on.
pub(super) fn validated(
    batch: Vec<u8>,
    base_offset: i64,
    origin: Origin,
    rules: &AppendRules<'_>,
) -> Result<StoredBatch, Rejected> {
    let (view, _) = BatchView::read(&batch, Checksum::Deferred)?;
    let header = *view.header();
    check_batch(&header, origin, rules)?;
    let (source, target) = codecs(&view, rules)?;
    let found = walk(&view, source == target, rules)?;
    let header = stored_header(&header, base_offset, &found, rules);
    let stays = source == target && (found.is_numbered || source == Codec::None);
    if source == target && !stays {
        // Kafka reads them without keys and values, and then misses those.
        return Err(ErrorCode::UNKNOWN_SERVER_ERROR.into());
    }
    let stored = if stays {
        StoredBatch::with_header(header, batch)
    } else {
        let (header, made) = rebuilt(&view, header, target)?;
        check_size(made.len(), rules)?;
        StoredBatch::with_header(header, made)
    };
    check_segment(&stored, rules)?;
    Ok(stored)
}

/// Whether what the header says holds together.
fn check_batch(
    header: &BatchHeader,
    origin: Origin,
    rules: &AppendRules<'_>,
) -> Result<(), ErrorCode> {
    let claimed = i64::from(header.last_offset_delta) + 1;
    if claimed <= 0 || header.count <= 0 || claimed != i64::from(header.count) {
        return Err(ErrorCode::INVALID_RECORD);
    }
    let accepts_control = rules.defects.has(Defect::AcceptsControlBatches);
    if origin.is_client() && header.attributes.is_control() && !accepts_control {
        return Err(ErrorCode::INVALID_RECORD);
    }
    let is_numbered = header.producer_id.0 < 0 || header.base_sequence.0 > sequence::NONE;
    if origin.is_client() && !is_numbered {
        return Err(ErrorCode::INVALID_RECORD);
    }
    Ok(())
}

/// In which codec the batch comes, and in which it is stored.
fn codecs(view: &BatchView<'_>, rules: &AppendRules<'_>) -> Result<(Codec, Codec), Rejected> {
    let source = view.codec()?;
    let is_ignored = rules.defects.has(Defect::IgnoresTopicCompression);
    // Control records are not compressed by anybody but their writer.
    let is_control = source == Codec::None && view.header().attributes.is_control();
    let target = match rules.settings.compression {
        TopicCompression::Codec(codec) if !is_ignored && !is_control => codec,
        TopicCompression::Codec(_) | TopicCompression::Producer => source,
    };
    Ok((source, target))
}

/// What was found in the records.
struct Found {
    max_timestamp: i64,
    /// Their offsets are 0, 1, 2 and so on.
    is_numbered: bool,
}

fn walk(view: &BatchView<'_>, may_stay: bool, rules: &AppendRules<'_>) -> Result<Found, Rejected> {
    let header = view.header();
    let is_compressed = view.codec()? != Codec::None;
    if is_compressed && may_stay && rules.defects.has(Defect::IgnoresPayload) {
        return Ok(Found { max_timestamp: header.max_timestamp, is_numbered: true });
    }
    if view.codec()? == Codec::Zstd && view.payload().is_empty() {
        // Of all codecs this one alone takes no bytes for a stream, in which the record is missing.
        return Err(ErrorCode::INVALID_RECORD.into());
    }
    let mut decompressors = Decompressors::new();
    let mut found = Found { max_timestamp: NO_TIMESTAMP, is_numbered: true };
    let mut faults = Faults::default();
    for (record, index) in view.records(&mut decompressors, MAX_DECOMPRESSED)?.zip(0_i32..) {
        let record = record.map_err(|error| unreadable(error, is_compressed))?;
        faults.note(index, record_fault(&record, header, rules));
        found.max_timestamp = found.max_timestamp.max(record.timestamp.0);
        let delta = record.offset.wrapping_sub(header.base_offset);
        found.is_numbered &= delta == i64::from(index);
    }
    faults.into_result().map(|()| found)
}

/// What Kafka says of a record that cannot be read: of a length that is no integer it knows nothing
/// better where no stream is in between.
fn unreadable(error: BatchError, is_compressed: bool) -> Rejected {
    let is_length = error.field() == "Record.length";
    if is_length && !is_compressed && error.kind() == BatchErrorKind::VarintTooLong {
        return ErrorCode::UNKNOWN_SERVER_ERROR.into();
    }
    error.into()
}

/// What is wrong with a record.
enum Fault {
    NoKey,
    Timestamp(i64),
    LogAppendTime,
}

fn record_fault(
    record: &RecordView<'_>,
    header: &BatchHeader,
    rules: &AppendRules<'_>,
) -> Option<Fault> {
    let needs_key = rules.settings.compacted;
    if needs_key && record.key.is_none() && !rules.defects.has(Defect::AcceptsKeylessOnCompacted) {
        return Some(Fault::NoKey);
    }
    let timestamp = record.timestamp.0;
    if rules.settings.timestamps == TimestampType::CreateTime && timestamp != NO_TIMESTAMP {
        return is_out_of_bounds(timestamp, rules).then_some(Fault::Timestamp(timestamp));
    }
    header.attributes.is_log_append_time().then_some(Fault::LogAppendTime)
}

fn is_out_of_bounds(timestamp: i64, rules: &AppendRules<'_>) -> bool {
    let age = rules.now.0.wrapping_sub(timestamp);
    let is_out = age > rules.settings.timestamp_before_max_ms
        || age.wrapping_neg() > rules.settings.timestamp_after_max_ms;
    is_out && !rules.defects.has(Defect::IgnoresTimestampBounds)
}

/// The records to blame, as many as an answer names.
#[derive(Default)]
struct Faults {
    records: Vec<(i32, Option<String>)>,
    of_time: bool,
}

impl Faults {
    fn note(&mut self, index: i32, fault: Option<Fault>) {
        let Some(fault) = fault else { return };
        self.of_time |= !matches!(fault, Fault::NoKey);
        if self.records.len() < MAX_RECORD_ERRORS {
            self.records.push((index, Some(fault.text())));
        }
    }

    fn into_result(self) -> Result<(), Rejected> {
        let Self { records, of_time } = self;
        if records.is_empty() {
            return Ok(());
        }
        let (code, message) = if of_time {
            (ErrorCode::INVALID_TIMESTAMP, "records have timestamps that the topic refuses")
        } else {
            (ErrorCode::INVALID_RECORD, "records break a rule of the topic")
        };
        Err(Rejected { code, message: Some(message.to_owned()), records })
    }
}

impl Fault {
    fn text(&self) -> String {
        match self {
            Self::NoKey => "a compacted topic takes no record without a key".to_owned(),
            Self::Timestamp(time) => format!("the timestamp {time} is out of the topic's bounds"),
            Self::LogAppendTime => "a producer may not set the time of the append".to_owned(),
        }
    }
}

/// The header with offset, leader epoch and times as they are to be read.
fn stored_header(
    header: &BatchHeader,
    base_offset: i64,
    found: &Found,
    rules: &AppendRules<'_>,
) -> BatchHeader {
    let is_append_time = rules.settings.timestamps == TimestampType::LogAppendTime;
    let max_timestamp = if is_append_time { rules.now.0 } else { found.max_timestamp };
    let stays = header.max_timestamp == max_timestamp
        && header.attributes.is_log_append_time() == is_append_time;
    // Whoever writes the times writes the attributes, and drops the bits that mean nothing.
    let time_bit = if is_append_time { LOG_APPEND_TIME } else { 0 };
    let rewritten = Attributes(header.attributes.0 & KNOWN_BITS | time_bit);
    let attributes = if stays { header.attributes } else { rewritten };
    let leader_epoch = rules.leader_epoch;
    BatchHeader { base_offset, leader_epoch, attributes, max_timestamp, ..*header }
}

/// A batch lies in one segment.
fn check_segment(batch: &StoredBatch, rules: &AppendRules<'_>) -> Result<(), ErrorCode> {
    let segment = usize::try_from(rules.settings.segment_bytes).unwrap_or(0);
    if batch.bytes().len() > segment {
        return Err(ErrorCode::RECORD_LIST_TOO_LARGE);
    }
    Ok(())
}
