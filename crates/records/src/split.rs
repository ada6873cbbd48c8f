//! Two batches of one, for a broker to which the one is too large.

use std::fmt;

use crate::compression::{Codec, Decompressors};
use crate::encoded::EncodedBatch;
use crate::error::{BatchError, BatchErrorKind};
use crate::layout::HEADER_LEN;
use crate::open::{Appended, OpenBatch, Refused};
use crate::pool::BufferPool;
use crate::raw::RawBatch;
use crate::record::Header;
use crate::stamped::Stamp;
use crate::view::{RecordView, Records};

/// Why a batch cannot be split; it is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SplitError {
    /// One record cannot be split.
    SingleRecord,
    /// The batch cannot be read back, or not within the cap.
    Unreadable(BatchError),
    /// A half became longer than any batch may be, because its timestamps did.
    TooLarge,
}

impl EncodedBatch {
    /// Two batches with the same records in the same order, about half of the bytes in each: every
    /// one with deltas of its own, relative to its own first record.
    ///
    /// At most `cap` bytes are decompressed. The batch itself stays as it is.
    ///
    /// # Errors
    /// When there is one record only, or the batch cannot be read within `cap`.
    pub fn split(
        &self,
        decompressors: &mut Decompressors,
        cap: usize,
        pool: &BufferPool,
    ) -> Result<[RawBatch; 2], SplitError> {
        if self.count() < 2 {
            return Err(SplitError::SingleRecord);
        }
        let payload = self.records_in(decompressors, cap).map_err(SplitError::Unreadable)?;
        let mut halves = Halves::new(payload.len(), self.count(), pool);
        for record in Records::new(&self.header(Stamp::Plain), payload, 0) {
            halves.take(&record.map_err(SplitError::Unreadable)?)?;
        }
        halves.close()
    }

    /// The payload before compression.
    fn records_in<'s>(
        &'s self,
        decompressors: &'s mut Decompressors,
        cap: usize,
    ) -> Result<&'s [u8], BatchError> {
        if self.codec() == Codec::None {
            return Ok(self.payload());
        }
        decompressors
            .decompress(self.codec(), self.payload(), cap)
            .map_err(|error| BatchError::decompression(error, "RecordBatch.records", HEADER_LEN))
    }
}

/// The halves, while they are filled one after the other.
struct Halves<'a> {
    first: OpenBatch,
    second: OpenBatch,
    /// From this size on the first half takes nothing more.
    middle: usize,
    /// How many records there are in all: the second half gets one at least.
    count: i32,
    /// Kept for its memory.
    headers: Vec<Header<'a>>,
}

impl<'a> Halves<'a> {
    fn new(payload_len: usize, count: i32, pool: &BufferPool) -> Self {
        let middle = payload_len.div_ceil(2);
        let half = || OpenBatch::new(pool.take(middle), usize::MAX);
        Self { first: half(), second: half(), middle, count, headers: Vec::new() }
    }

    fn take(&mut self, record: &RecordView<'a>) -> Result<(), SplitError> {
        self.headers.clear();
        for header in record.headers {
            let key = header.name().map_err(|_| not_utf8())?;
            self.headers.push(Header { key, value: header.value });
        }
        let is_first_full = self.first.payload_len() >= self.middle
            || self.first.count() >= self.count.saturating_sub(1);
        let is_second = !self.second.is_empty() || is_first_full;
        let half = if is_second { &mut self.second } else { &mut self.first };
        append(half, record, &self.headers)
    }

    fn close(self) -> Result<[RawBatch; 2], SplitError> {
        let halves = (self.first.close(), self.second.close());
        let (Some(first), Some(second)) = halves else { return Err(SplitError::SingleRecord) };
        Ok([first, second])
    }
}

fn append(
    half: &mut OpenBatch,
    record: &RecordView<'_>,
    headers: &[Header<'_>],
) -> Result<(), SplitError> {
    let once =
        |half: &mut OpenBatch| half.append(record.timestamp, record.key, record.value, headers);
    let refused = match once(half) {
        Ok(Appended { .. }) => return Ok(()),
        Err(refused) => refused,
    };
    let Refused::NeedsRoom { bytes } = refused else { return Err(SplitError::TooLarge) };
    // Twice what is missing: the other half shows that there is a lot to come.
    half.grant(bytes.saturating_mul(2));
    once(half).map(drop).map_err(|_| SplitError::TooLarge)
}

/// Only text goes in, so only text comes out.
#[cold]
fn not_utf8() -> SplitError {
    SplitError::Unreadable(BatchError::new(BatchErrorKind::NotUtf8, "Record.headers.key", 0))
}

impl fmt::Display for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SingleRecord => f.write_str("a batch of one record cannot be split"),
            Self::Unreadable(error) => write!(f, "the batch cannot be split: {error}"),
            Self::TooLarge => f.write_str("half of the batch is larger than any batch may be"),
        }
    }
}

impl std::error::Error for SplitError {}
