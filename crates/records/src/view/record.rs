//! The records of a batch, one after the other.

#![deny(clippy::arithmetic_side_effects)]

use klamm_wire::WallMillis;

use super::headers::Headers;
use crate::cursor::Cursor;
use crate::error::{BatchError, BatchErrorKind};
use crate::layout::BatchHeader;
use crate::legacy;

/// One record, borrowed from the batch or from what was decompressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordView<'a> {
    /// Its offset in the log.
    pub offset: i64,
    /// Its timestamp; −1 for none. With log-append time, that of the batch.
    pub timestamp: WallMillis,
    /// Its timestamp as it was written, relative to the batch's base.
    pub timestamp_delta: i64,
    /// The record's own attributes, which mean nothing yet.
    pub attributes: i8,
    /// The key, or null.
    pub key: Option<&'a [u8]>,
    /// The value, or null: a tombstone.
    pub value: Option<&'a [u8]>,
    /// The headers, in order.
    pub headers: Headers<'a>,
}

/// The records of one batch or of one entry of an older set, in order.
///
/// After an error there is nothing more. The last item is an error when the batch claims another
/// number of records than it holds.
#[derive(Debug, Clone)]
pub struct Records<'a>(Source<'a>);

#[derive(Debug, Clone)]
enum Source<'a> {
    Batch(BatchRecords<'a>),
    Legacy(legacy::Records<'a>),
}

impl<'a> Records<'a> {
    /// The records in `bytes`, which errors count from `offset` on.
    pub(crate) fn new(header: &BatchHeader, bytes: &'a [u8], offset: usize) -> Self {
        Self(Source::Batch(BatchRecords {
            cursor: Cursor::new(bytes, offset),
            left: Left::Records(header.count),
            count: header.count,
            base_offset: header.base_offset,
            base_timestamp: header.base_timestamp,
            append_time: header
                .attributes
                .is_log_append_time()
                .then_some(WallMillis(header.max_timestamp)),
        }))
    }

    pub(super) fn legacy(records: legacy::Records<'a>) -> Self {
        Self(Source::Legacy(records))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<RecordView<'a>, BatchError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Source::Batch(records) => records.next(),
            Source::Legacy(records) => records.next(),
        }
    }
}

#[derive(Debug, Clone)]
struct BatchRecords<'a> {
    cursor: Cursor<'a>,
    left: Left,
    /// What the batch claims.
    count: i32,
    base_offset: i64,
    base_timestamp: i64,
    append_time: Option<WallMillis>,
}

/// What is left to be told.
#[derive(Debug, Clone, Copy)]
enum Left {
    /// So many records, and then whether there are more bytes than that.
    Records(i32),
    Nothing,
}

impl<'a> BatchRecords<'a> {
    fn next(&mut self) -> Option<Result<RecordView<'a>, BatchError>> {
        let Left::Records(left) = self.left else { return None };
        let item = if left == 0 { self.end() } else { self.read(left).map(Some) };
        match &item {
            Ok(Some(_)) => self.left = Left::Records(left.saturating_sub(1)),
            Ok(None) | Err(_) => self.left = Left::Nothing,
        }
        item.transpose()
    }

    /// Behind the last record there is nothing.
    fn end(&self) -> Result<Option<RecordView<'a>>, BatchError> {
        if self.cursor.rest().is_empty() {
            return Ok(None);
        }
        Err(self.cursor.error(BatchErrorKind::TrailingBytes, "RecordBatch.records"))
    }

    fn read(&mut self, left: i32) -> Result<RecordView<'a>, BatchError> {
        if left < 0 || self.cursor.rest().is_empty() {
            return Err(self
                .cursor
                .error(BatchErrorKind::WrongCount(self.count), "RecordBatch.count"));
        }
        let mut body = self.body()?;
        let attributes = body.i8("Record.attributes")?;
        let timestamp_delta = body.varlong("Record.timestamp_delta")?;
        let offset_delta = body.varint("Record.offset_delta")?;
        let key = body.nullable_piece("Record.key")?;
        let value = body.nullable_piece("Record.value")?;
        let headers = Headers::read(&mut body)?;
        if !body.rest().is_empty() {
            return Err(body.error(BatchErrorKind::TrailingBytes, "Record"));
        }
        let timestamp = WallMillis(self.base_timestamp.wrapping_add(timestamp_delta));
        Ok(RecordView {
            offset: self.base_offset.wrapping_add(i64::from(offset_delta)),
            timestamp: self.append_time.unwrap_or(timestamp),
            timestamp_delta,
            attributes,
            key,
            value,
            headers,
        })
    }

    /// What the record's length counts.
    fn body(&mut self) -> Result<Cursor<'a>, BatchError> {
        let start = self.cursor;
        let length = self.cursor.varint("Record.length")?;
        let wrong = || start.error(BatchErrorKind::WrongLength(length), "Record.length");
        let offset = self.cursor.offset();
        let length = usize::try_from(length).map_err(|_| wrong())?;
        let bytes = self.cursor.bytes(length, "Record.length").map_err(|_| wrong())?;
        Ok(Cursor::new(bytes, offset))
    }
}
