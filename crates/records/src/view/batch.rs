//! One batch of magic 2, borrowed from the bytes it came in.

#![deny(clippy::arithmetic_side_effects)]

use klamm_wire::{Epoch, ProducerId, Sequence, WallMillis};

use super::record::Records;
use crate::checksum;
use crate::compression::{Codec, Decompressors};
use crate::cursor::Cursor;
use crate::error::{BatchError, BatchErrorKind};
use crate::layout::{
    ATTRIBUTES_AT, Attributes, BatchHeader, CRC_AT, HEADER_LEN, LENGTH_AT, MAGIC, MAGIC_AT,
    MAX_PAYLOAD, UNCOUNTED_LEN,
};

/// When the checksum of a batch is compared with its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Checksum {
    /// When the batch is read.
    #[default]
    Checked,
    /// When the caller asks, by [`BatchView::check_crc`].
    Deferred,
}

/// A batch whose header was read and whose records were not.
#[derive(Debug, Clone, Copy)]
pub struct BatchView<'a> {
    header: BatchHeader,
    /// The checksum that the batch claims.
    crc: u32,
    /// The whole batch.
    bytes: &'a [u8],
}

impl<'a> BatchView<'a> {
    /// Reads the batch at the front of `input`: the batch, and what comes behind it.
    ///
    /// # Errors
    /// When the input ends before the batch does, the header is malformed, or the checksum wrong.
    pub fn read(input: &'a [u8], checksum: Checksum) -> Result<(Self, &'a [u8]), BatchError> {
        let (bytes, rest) = cut(input)?;
        let (header, crc) = read_header(bytes)?;
        let batch = Self { header, crc, bytes };
        if checksum == Checksum::Checked {
            batch.check_crc()?;
        }
        Ok((batch, rest))
    }

    /// Compares the checksum with the bytes.
    ///
    /// # Errors
    /// When they differ: the batch was damaged on its way or at rest.
    pub fn check_crc(&self) -> Result<(), BatchError> {
        let computed = checksum::crc32c(self.bytes.get(ATTRIBUTES_AT..).unwrap_or_default());
        if computed == self.crc {
            return Ok(());
        }
        let kind = BatchErrorKind::WrongChecksum { claimed: self.crc, computed };
        Err(BatchError::new(kind, "RecordBatch.crc", CRC_AT))
    }

    /// What the header says.
    #[must_use]
    pub const fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// The checksum that the batch claims.
    #[must_use]
    pub const fn crc(&self) -> u32 {
        self.crc
    }

    /// The whole batch.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// What follows the header: the records, or one compressed stream of them.
    #[must_use]
    pub fn payload(&self) -> &'a [u8] {
        self.bytes.get(HEADER_LEN..).unwrap_or_default()
    }

    /// The offset that follows the batch's last one, whether or not a record has that one.
    #[must_use]
    pub const fn next_offset(&self) -> i64 {
        let BatchHeader { base_offset, last_offset_delta, .. } = self.header;
        base_offset.wrapping_add(last_offset_delta as i64).wrapping_add(1)
    }

    /// How the records are compressed.
    ///
    /// # Errors
    /// When the attributes name no codec.
    pub fn codec(&self) -> Result<Codec, BatchError> {
        let attributes = self.header.attributes;
        attributes.codec().map_err(|_| {
            let kind = BatchErrorKind::UnknownCodec(attributes.codec_id());
            BatchError::new(kind, "RecordBatch.attributes", ATTRIBUTES_AT)
        })
    }

    /// When tombstones of this batch may be dropped, if that has been decided.
    #[must_use]
    pub fn delete_horizon(&self) -> Option<WallMillis> {
        let BatchHeader { attributes, base_timestamp, .. } = self.header;
        attributes.has_delete_horizon().then_some(WallMillis(base_timestamp))
    }

    /// The records, decompressed into at most `cap` bytes if they are compressed.
    ///
    /// # Errors
    /// When there is no such codec, or the stream is malformed or gives more than `cap` bytes.
    /// Malformed records are told by the iterator when it meets them.
    pub fn records<'s>(
        &self,
        decompressors: &'s mut Decompressors,
        cap: usize,
    ) -> Result<Records<'s>, BatchError>
    where
        'a: 's,
    {
        let payload = self.payload();
        let codec = self.codec()?;
        // What compaction has emptied keeps its codec and has no stream.
        let is_empty = self.header.count == 0 && payload.is_empty();
        if codec == Codec::None || is_empty {
            return Ok(Records::new(&self.header, payload, HEADER_LEN));
        }
        let records = decompressors
            .decompress(codec, payload, cap)
            .map_err(|error| BatchError::decompression(error, "RecordBatch.records", HEADER_LEN))?;
        Ok(Records::new(&self.header, records, 0))
    }
}

/// Cuts a whole batch off the front.
fn cut(input: &[u8]) -> Result<(&[u8], &[u8]), BatchError> {
    let mut cursor = Cursor::new(input, 0);
    cursor.bytes(LENGTH_AT, "RecordBatch.base_offset")?;
    let start = cursor;
    let length = cursor.i32("RecordBatch.length")?;
    let total = total_len(length)
        .ok_or_else(|| start.error(BatchErrorKind::WrongLength(length), "RecordBatch.length"))?;
    let magic = input.get(MAGIC_AT).copied().map(u8::cast_signed);
    if let Some(magic) = magic.filter(|magic| *magic != MAGIC) {
        let kind = BatchErrorKind::UnknownMagic(magic);
        return Err(BatchError::new(kind, "RecordBatch.magic", MAGIC_AT));
    }
    input.split_at_checked(total).ok_or_else(|| {
        BatchError::new(BatchErrorKind::Truncated, "RecordBatch.records", input.len())
    })
}

/// The length of the whole batch, if its length field can be right.
fn total_len(length: i32) -> Option<usize> {
    let total = usize::try_from(length).ok()?.checked_add(UNCOUNTED_LEN)?;
    (HEADER_LEN..=MAX_PAYLOAD.saturating_add(HEADER_LEN)).contains(&total).then_some(total)
}

fn read_header(batch: &[u8]) -> Result<(BatchHeader, u32), BatchError> {
    let mut cursor = Cursor::new(batch, 0);
    let base_offset = cursor.i64("RecordBatch.base_offset")?;
    cursor.i32("RecordBatch.length")?;
    let leader_epoch = cursor.i32("RecordBatch.leader_epoch")?;
    cursor.i8("RecordBatch.magic")?;
    let crc = cursor.u32("RecordBatch.crc")?;
    let header = BatchHeader {
        base_offset,
        leader_epoch,
        attributes: Attributes(cursor.i16("RecordBatch.attributes")?),
        last_offset_delta: cursor.i32("RecordBatch.last_offset_delta")?,
        base_timestamp: cursor.i64("RecordBatch.base_timestamp")?,
        max_timestamp: cursor.i64("RecordBatch.max_timestamp")?,
        producer_id: ProducerId(cursor.i64("RecordBatch.producer_id")?),
        producer_epoch: Epoch(cursor.i16("RecordBatch.producer_epoch")?),
        base_sequence: Sequence(cursor.i32("RecordBatch.base_sequence")?),
        count: cursor.i32("RecordBatch.count")?,
    };
    debug_assert_eq!(cursor.offset(), HEADER_LEN);
    Ok((header, crc))
}
