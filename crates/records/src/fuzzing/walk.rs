//! All records of an iterator, and what must hold of them wherever they come from.

use crate::error::{BatchError, BatchErrorKind};
use crate::layout::BatchHeader;
use crate::record::{Header, Record};
use crate::view::{BatchView, Control, Headers, RecordView};

/// What an iterator over records told: the records, and the error behind them.
#[derive(Debug, PartialEq)]
pub(super) struct Walk<'a> {
    pub(super) records: Vec<RecordView<'a>>,
    pub(super) error: Option<BatchError>,
}

type Read<'a> = Result<RecordView<'a>, BatchError>;

impl<'a> Walk<'a> {
    /// Walks to the end; behind an error there is nothing more.
    pub(super) fn of(mut iterator: impl Iterator<Item = Read<'a>>) -> Self {
        let mut records = Vec::new();
        let error = loop {
            match iterator.next() {
                None => break None,
                Some(Ok(record)) => records.push(record),
                Some(Err(error)) => break Some(error),
            }
        };
        assert!(iterator.next().is_none() && iterator.next().is_none(), "it went on: {error:?}");
        records.iter().for_each(check_control);
        Self { records, error }
    }

    /// All pieces lie in `content`, in order and without overlap.
    pub(super) fn check_bounds(&self, content: &[u8]) {
        let content = content.as_ptr_range();
        let mut from = content.start;
        let mut check = |piece: &[u8]| {
            let piece = piece.as_ptr_range();
            assert!(from <= piece.start && piece.end <= content.end, "{piece:?} of {content:?}");
            from = piece.end;
        };
        for record in &self.records {
            record.key.iter().chain(&record.value).for_each(|piece| check(piece));
            assert_eq!(record.headers.count(), record.headers.len());
            for header in record.headers {
                check(header.key);
                header.value.iter().for_each(|piece| check(piece));
            }
        }
    }

    /// The records of one batch, whose header says what they are relative to and how many.
    pub(super) fn check_batch(&self, header: &BatchHeader) {
        let count = i32::try_from(self.records.len()).unwrap_or(i32::MAX);
        match self.error {
            None => assert_eq!(count, header.count),
            Some(error) => check_error(error, count, header.count),
        }
        for record in &self.records {
            let own = header.base_timestamp.wrapping_add(record.timestamp_delta);
            let is_append_time = header.attributes.is_log_append_time();
            let expected = if is_append_time { header.max_timestamp } else { own };
            assert_eq!(record.timestamp.0, expected);
            assert!(offset_delta(record, header).is_some());
        }
    }

    /// The records in the form in which this crate writes them, unless a header's key is no text.
    pub(super) fn written(&self, header: &BatchHeader) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        for record in &self.records {
            let headers = texts(record.headers)?;
            let record = Record {
                timestamp_delta: record.timestamp_delta,
                offset_delta: offset_delta(record, header)?,
                key: record.key,
                value: record.value,
                headers: &headers,
            };
            let (len, before) = (record.len(), out.len());
            record.append_to(&mut out);
            assert_eq!(len, (out.len() - before) as u64);
        }
        Some(out)
    }
}

/// The headers as they are written, if all of their keys are text.
pub(super) fn texts(headers: Headers<'_>) -> Option<Vec<Header<'_>>> {
    headers.map(|header| Some(Header { key: header.name().ok()?, value: header.value })).collect()
}

fn offset_delta(record: &RecordView<'_>, header: &BatchHeader) -> Option<i32> {
    i32::try_from(record.offset.wrapping_sub(header.base_offset)).ok()
}

fn check_error(error: BatchError, read: i32, claimed: i32) {
    match (error.kind(), error.field()) {
        (BatchErrorKind::WrongCount(count), "RecordBatch.count") => {
            assert!(count == claimed && (claimed < 0 || read < claimed), "{read}: {error}");
        }
        (BatchErrorKind::TrailingBytes, "RecordBatch.records") => assert_eq!(read, claimed),
        (kind, field) => {
            let of_record = matches!(
                kind,
                BatchErrorKind::Truncated
                    | BatchErrorKind::WrongLength(_)
                    | BatchErrorKind::NegativeLength(_)
                    | BatchErrorKind::VarintTooLong
                    | BatchErrorKind::WrongCount(_)
                    | BatchErrorKind::TrailingBytes
            );
            assert!(of_record && field.starts_with("Record"), "{error}");
            assert!(read < claimed, "{read} of {claimed}: {error}");
        }
    }
}

/// A control record is one of a known or an unknown type, or too short.
fn check_control(record: &RecordView<'_>) {
    let longest = record.key.map_or(0, <[u8]>::len).max(record.value.map_or(0, <[u8]>::len));
    match Control::read(record) {
        Ok(_) => assert!(record.key.is_some_and(|key| key.len() >= 4)),
        Err(error) => {
            assert!(error.field().starts_with("Control.") && error.offset() <= longest, "{error}");
        }
    }
}

/// Where the content of a batch lies: the offset that errors count from.
pub(super) fn same_but_moved(one: Option<BatchError>, other: Option<BatchError>, by: usize) {
    let moved = |error: BatchError| (error.kind(), error.field(), error.offset() + by);
    assert_eq!(one.map(moved), other.map(|error| (error.kind(), error.field(), error.offset())));
}

/// An error of a header points into what there is.
pub(super) fn check_header_error(error: BatchError, input: &[u8]) {
    assert!(error.offset() <= input.len() && error.field().starts_with("Record"), "{error}");
}

/// An error of an entry points into what is left of the set.
pub(super) fn check_set_error(error: BatchError, tail: &[u8]) {
    assert!(error.offset() <= tail.len(), "{error}");
}

/// Whether the batch is one without records, whose codec means nothing.
pub(super) fn is_empty(batch: &BatchView<'_>) -> bool {
    batch.header().count == 0 && batch.payload().is_empty()
}
