//! A batch that is being written: each record goes in once, in its final form.

use std::fmt;

use klamm_wire::WallMillis;

use crate::layout::{HEADER_LEN, MAX_PAYLOAD};
use crate::pool::Buffer;
use crate::raw::RawBatch;
use crate::record::{Header, Record, RecordLen};

/// A batch that takes records.
///
/// Appending writes into the room that was granted and never allocates; whoever owns the memory
/// budget grants more with [`OpenBatch::grant`].
#[derive(Debug)]
pub struct OpenBatch {
    buffer: Buffer,
    /// The most that the batch may take before compression, header included. Only its first
    /// record may be larger than that.
    limit: usize,
    /// How many records there are, which is also the next one's offset delta.
    count: i32,
    /// The first record's timestamp.
    base_timestamp: i64,
    max_timestamp: i64,
}

/// Where a record went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Its place in the batch, from 0: what the batch's first offset and sequence are added to.
    pub index: i32,
    /// How many bytes it took.
    pub len: usize,
}

/// Why a record was not appended; the batch is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It fits the batch but not the room granted so far: grant so many bytes more, and repeat.
    NeedsRoom {
        /// What is missing.
        bytes: usize,
    },
    /// It does not fit beside the others: close the batch, and append to a new one.
    Full,
    /// No batch can hold it. The caller's fault; repeating is of no use.
    TooLarge {
        /// What it would take.
        bytes: u64,
    },
    /// No record has a timestamp below −1. The caller's fault; repeating is of no use.
    InvalidTimestamp(WallMillis),
}

impl OpenBatch {
    /// An empty batch that is written into `buffer` and takes up to `limit` bytes before
    /// compression, its header included. One record fits whatever the limit is.
    #[must_use]
    pub fn new(mut buffer: Buffer, limit: usize) -> Self {
        buffer.bytes.clear();
        Self { buffer, limit, count: 0, base_timestamp: -1, max_timestamp: -1 }
    }

    /// Appends a record, or refuses it and changes nothing.
    ///
    /// # Errors
    /// See [`Refused`]: more room is needed, or another batch, or nothing helps.
    #[inline]
    pub fn append(
        &mut self,
        timestamp: WallMillis,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[Header<'_>],
    ) -> Result<Appended, Refused> {
        let WallMillis(time) = timestamp;
        let base = if self.count == 0 { time } else { self.base_timestamp };
        // Wraps only between −1 and the end of time; readers wrap back.
        let timestamp_delta = time.wrapping_sub(base);
        let record = Record { timestamp_delta, offset_delta: self.count, key, value, headers };
        let len = record.len();
        let bytes = match usize::try_from(len.total()) {
            Ok(bytes) if bytes <= self.room() && time >= -1 => bytes,
            Ok(_) | Err(_) => return Err(self.refusal(timestamp, len)),
        };
        record.write(len, &mut self.buffer.bytes);
        let index = self.count;
        self.count += 1;
        self.base_timestamp = base;
        self.max_timestamp = self.max_timestamp.max(time);
        Ok(Appended { index, len: bytes })
    }

    /// How long a record can be that is appended without a grant.
    #[inline]
    fn room(&self) -> usize {
        let granted = self.buffer.capacity() - self.buffer.bytes.len();
        granted.min(self.allowed().saturating_sub(self.buffer.bytes.len()))
    }

    /// How long the payload may become.
    #[inline]
    fn allowed(&self) -> usize {
        let limit =
            if self.count == 0 { MAX_PAYLOAD } else { self.limit.saturating_sub(HEADER_LEN) };
        limit.min(MAX_PAYLOAD)
    }

    #[cold]
    fn refusal(&self, timestamp: WallMillis, len: RecordLen) -> Refused {
        if timestamp.0 < -1 {
            return Refused::InvalidTimestamp(timestamp);
        }
        let bytes = match usize::try_from(len.total()) {
            Ok(bytes) if bytes <= MAX_PAYLOAD => bytes,
            Ok(_) | Err(_) => return Refused::TooLarge { bytes: len.total() },
        };
        let needed = self.buffer.bytes.len().saturating_add(bytes);
        if needed > self.allowed() {
            return Refused::Full;
        }
        Refused::NeedsRoom { bytes: needed - self.buffer.capacity() }
    }

    /// Lets the batch use so many bytes more; what was written may be moved once for that.
    pub fn grant(&mut self, bytes: usize) {
        self.buffer.grow_to(self.buffer.capacity().saturating_add(bytes));
    }

    /// The memory that the batch holds: what was granted, or more when a used buffer was larger.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    /// How many bytes the batch takes before compression, its header included: exactly.
    #[must_use]
    pub fn size(&self) -> usize {
        HEADER_LEN + self.buffer.bytes.len()
    }

    pub(crate) fn payload_len(&self) -> usize {
        self.buffer.bytes.len()
    }

    /// How many records there are.
    #[must_use]
    pub const fn count(&self) -> i32 {
        self.count
    }

    /// Whether there is no record.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The first record's timestamp.
    #[must_use]
    pub fn first_timestamp(&self) -> Option<WallMillis> {
        (self.count > 0).then_some(WallMillis(self.base_timestamp))
    }

    /// The greatest timestamp.
    #[must_use]
    pub fn max_timestamp(&self) -> Option<WallMillis> {
        (self.count > 0).then_some(WallMillis(self.max_timestamp))
    }

    /// Takes no more records. `None` if there is none: such a batch is never sent.
    #[must_use]
    pub fn close(self) -> Option<RawBatch> {
        let Self { buffer, count, base_timestamp, max_timestamp, .. } = self;
        (count > 0).then_some(RawBatch { buffer, count, base_timestamp, max_timestamp })
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeedsRoom { bytes } => write!(f, "the batch must be granted {bytes} bytes more"),
            Self::Full => f.write_str("the record does not fit into this batch"),
            Self::TooLarge { bytes } => {
                write!(f, "a record of {bytes} bytes is larger than any batch: split its value")
            }
            Self::InvalidTimestamp(time) => {
                write!(f, "the timestamp {time:?} is below −1, which stands for none")
            }
        }
    }
}

impl std::error::Error for Refused {}
