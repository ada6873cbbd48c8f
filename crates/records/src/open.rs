//! A batch that is being written: each record goes in once, in its final form.

use std::fmt;

use klamm_wire::WallMillis;

use crate::layout::{HEADER_LEN, MAX_PAYLOAD};
use crate::pool::Buffer;
use crate::raw::RawBatch;
use crate::record::{Header, Record};

/// A batch that takes records.
///
/// Appending writes into the room that was granted and never allocates; whoever owns the memory
/// budget grants more with [`OpenBatch::grant`].
#[derive(Debug)]
pub struct OpenBatch {
    buffer: Buffer,
    /// The longest payload before compression. Only the first record may be longer.
    payload_limit: usize,
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
        buffer.clear();
        let payload_limit = limit.saturating_sub(HEADER_LEN).min(MAX_PAYLOAD);
        Self { buffer, payload_limit, count: 0, base_timestamp: -1, max_timestamp: -1 }
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
        let room = self.buffer.room_until(self.longest_payload());
        let quickly = if time < -1 { None } else { record.write_quickly(room) };
        let len = match quickly {
            Some(len) => len,
            None => self.write_carefully(timestamp, &record)?,
        };
        self.buffer.advance(len);
        let index = self.count;
        self.count += 1;
        self.base_timestamp = base;
        self.max_timestamp = self.max_timestamp.max(time);
        Ok(Appended { index, len })
    }

    /// How long the payload may become with the next record.
    #[inline]
    const fn longest_payload(&self) -> usize {
        if self.count == 0 { MAX_PAYLOAD } else { self.payload_limit }
    }

    /// Writes what is close to the end of the room, or has unusually large numbers in it; or says
    /// what is in the way.
    #[cold]
    #[inline(never)]
    fn write_carefully(&mut self, time: WallMillis, record: &Record<'_>) -> Result<usize, Refused> {
        if time.0 < -1 {
            return Err(Refused::InvalidTimestamp(time));
        }
        let too_large = Refused::TooLarge { bytes: record.len() };
        let len = usize::try_from(record.len()).map_err(|_| too_large)?;
        if len > MAX_PAYLOAD {
            return Err(too_large);
        }
        let longest = self.longest_payload();
        if len > longest.saturating_sub(self.buffer.len()) {
            return Err(Refused::Full);
        }
        let room = self.buffer.room_until(longest);
        let Some(place) = room.get_mut(..len) else {
            return Err(Refused::NeedsRoom { bytes: len - room.len() });
        };
        record.write_exactly(place);
        Ok(len)
    }

    /// Lets the batch use so many bytes more; what was written may be moved once for that.
    pub fn grant(&mut self, bytes: usize) {
        self.buffer.grow_to(self.buffer.capacity().saturating_add(bytes));
    }

    /// As [`grant`](Self::grant), of memory that the meter of the buffer counts already.
    pub fn grant_paid(&mut self, bytes: usize) {
        self.buffer.grow_paid(self.buffer.capacity().saturating_add(bytes), bytes);
    }

    /// The memory that the batch holds: what was granted, or more when a used buffer was larger.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    /// How many bytes the batch takes before compression, its header included: exactly.
    #[must_use]
    pub fn size(&self) -> usize {
        HEADER_LEN + self.buffer.len()
    }

    pub(crate) fn payload_len(&self) -> usize {
        self.buffer.len()
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
