//! Message sets of magic 0 and 1, read only: what brokers wrote before record batches.
//!
//! A message is an offset, a length and what the length counts. If its attributes name a codec,
//! its value is a compressed set of messages, and only those are records.

#![deny(clippy::arithmetic_side_effects)]

mod message;
mod records;
#[cfg(test)]
mod tests;

use klamm_wire::WallMillis;

pub use self::message::TimestampType;
use self::message::{Frame, MAX_BODY, Message};
use self::records::Inner;
pub use self::records::Records;
use crate::compression::{Codec, DecompressError, Decompressors};
use crate::cursor::Cursor;
use crate::error::BatchError;
use crate::view::Checksum;

/// The shortest entry: offset, length, and a message of magic 0 with a null key and value.
pub(crate) const MIN_LEN: usize = 26;

/// One message, which may be a compressed set of them.
#[derive(Debug, Clone, Copy)]
pub struct LegacyView<'a> {
    message: Message<'a>,
    /// Whether the checksums of messages inside this one are compared as well.
    checksum: Checksum,
}

impl<'a> LegacyView<'a> {
    /// Reads the message at the front of `input`: the message, and what comes behind it.
    ///
    /// # Errors
    /// When the input ends before the message does, it is malformed, or the checksum is wrong.
    pub fn read(input: &'a [u8], checksum: Checksum) -> Result<(Self, &'a [u8]), BatchError> {
        let mut cursor = Cursor::new(input, 0);
        let message = Frame::cut(&mut cursor, MAX_BODY)?.read(checksum)?;
        Ok((Self { message, checksum }, cursor.rest()))
    }

    /// Compares the checksum with the bytes; not those of messages inside this one, which the
    /// iterator compares unless that was deferred.
    ///
    /// # Errors
    /// When they differ: the message was damaged on its way or at rest.
    pub fn check_crc(&self) -> Result<(), BatchError> {
        self.message.frame.check_crc()
    }

    /// The whole message, from its offset on.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.message.frame.bytes()
    }

    /// The message's offset: if it is compressed, that of the last record.
    #[must_use]
    pub const fn offset(&self) -> i64 {
        self.message.frame.offset
    }

    /// The offset that follows the message's.
    #[must_use]
    pub const fn next_offset(&self) -> i64 {
        self.offset().wrapping_add(1)
    }

    /// The format: 0 or 1.
    #[must_use]
    pub const fn magic(&self) -> i8 {
        self.message.magic
    }

    /// The checksum that the message claims: a CRC-32 from the magic byte on.
    #[must_use]
    pub const fn crc(&self) -> u32 {
        self.message.crc
    }

    /// How the value is compressed.
    ///
    /// # Errors
    /// When the attributes name no codec, or Zstandard, which these formats do not have.
    pub fn codec(&self) -> Result<Codec, BatchError> {
        self.message.codec()
    }

    /// What the timestamp says.
    #[must_use]
    pub const fn timestamp_type(&self) -> TimestampType {
        self.message.timestamp_type()
    }

    /// The timestamp; −1 for none.
    #[must_use]
    pub const fn timestamp(&self) -> WallMillis {
        WallMillis(self.message.timestamp)
    }

    /// The key, or null.
    #[must_use]
    pub const fn key(&self) -> Option<&'a [u8]> {
        self.message.key
    }

    /// The value, or null; possibly compressed.
    #[must_use]
    pub const fn value(&self) -> Option<&'a [u8]> {
        self.message.value
    }

    /// The offset of the first record, which in a compressed message only the records tell.
    ///
    /// # Errors
    /// When they cannot be decompressed, or the first one is malformed.
    pub fn base_offset(
        &self,
        decompressors: &mut Decompressors,
        cap: usize,
    ) -> Result<i64, BatchError> {
        match self.records(decompressors, cap)?.next() {
            Some(record) => record.map(|record| record.offset),
            None => Ok(self.offset()),
        }
    }

    /// The records.
    ///
    /// # Errors
    /// When they cannot be decompressed. Malformed records are told by the iterator when it meets
    /// them.
    pub fn records<'s>(
        &self,
        decompressors: &'s mut Decompressors,
        cap: usize,
    ) -> Result<Records<'s>, BatchError>
    where
        'a: 's,
    {
        let codec = self.codec()?;
        if codec == Codec::None {
            return Ok(Records::alone(self.message.record()));
        }
        let Message { magic, value, .. } = self.message;
        let value = value.ok_or_else(|| self.message.null_value())?;
        let value_at = self.message.value_at();
        let set = inflate(decompressors, magic, codec, value, cap)
            .map_err(|error| BatchError::decompression(error, "Message.value", value_at))?;
        Inner::new(&self.message, self.checksum, set, cap).map(Records::inner)
    }
}

/// Decompresses a value of this format.
fn inflate<'s>(
    decompressors: &'s mut Decompressors,
    magic: i8,
    codec: Codec,
    value: &[u8],
    cap: usize,
) -> Result<&'s [u8], DecompressError> {
    if magic == 0 {
        decompressors.decompress_magic_0(codec, value, cap)
    } else {
        decompressors.decompress(codec, value, cap)
    }
}
