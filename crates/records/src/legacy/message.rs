//! One message, whether it stands alone, around others, or inside another one.

#![deny(clippy::arithmetic_side_effects)]

use klamm_wire::{Field, WallMillis};

use crate::checksum;
use crate::compression::Codec;
use crate::cursor::Cursor;
use crate::error::{BatchError, BatchErrorKind};
use crate::layout::MAGIC_AT;
use crate::view::{Checksum, Headers, RecordView};

/// The least that a length counts: a message of magic 0 with a null key and value.
const MIN_BODY: usize = 14;
/// The most that a length can say.
pub(super) const MAX_BODY: usize = 0x7fff_ffff;
/// Where the attributes stand, behind the magic byte.
pub(super) const ATTRIBUTES_AT: usize = 17;
/// What the length of a key or a value takes.
const LENGTH_LEN: usize = 4;
/// The bits of the attributes that name the codec.
const CODEC_MASK: u8 = 0x07;
/// The bit of the attributes that stands for log-append time.
const LOG_APPEND_TIME: u8 = 0x08;
/// What a message of magic 0 has instead of a timestamp.
const NO_TIMESTAMP: i64 = -1;

/// What a message's timestamp says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimestampType {
    /// Nothing: messages of magic 0 have none.
    Missing,
    /// When the record was made.
    CreateTime,
    /// When a broker appended the message; all records inside it have that time.
    LogAppendTime,
}

/// A message of which only the offset and the length were read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    /// The message's own offset, which may be relative to that of the message around it.
    pub(super) offset: i64,
    /// The whole message; errors count from its start.
    whole: Cursor<'a>,
    /// What the length counts.
    body: Cursor<'a>,
}

impl<'a> Frame<'a> {
    /// Cuts a whole message off the front, of which the length counts at most `max_body`.
    ///
    /// # Errors
    /// When no message can have that length. When the input ends before the message does, the kind
    /// is [`BatchErrorKind::Truncated`], which nothing else here brings about.
    pub(super) fn cut(input: &mut Cursor<'a>, max_body: usize) -> Result<Self, BatchError> {
        let mut cursor = *input;
        let offset = cursor.i64("Message.offset")?;
        let length_at = cursor;
        let length = cursor.i32("Message.length")?;
        let len = usize::try_from(length).ok().filter(|len| (MIN_BODY..=max_body).contains(len));
        let Some(len) = len else {
            return Err(length_at.error(BatchErrorKind::WrongLength(length), "Message.length"));
        };
        let body_at = cursor.offset();
        let body = Cursor::new(cursor.bytes(len, "Message")?, body_at);
        let taken = input.rest().len().saturating_sub(cursor.rest().len());
        let whole = Cursor::new(input.rest().get(..taken).unwrap_or_default(), input.offset());
        *input = cursor;
        Ok(Self { offset, whole, body })
    }

    /// The whole message.
    pub(super) const fn bytes(&self) -> &'a [u8] {
        self.whole.rest()
    }

    /// An error in the field that starts so many bytes behind the start of the message.
    pub(super) const fn error(&self, kind: BatchErrorKind, field: Field, at: usize) -> BatchError {
        BatchError::new(kind, field, self.whole.offset().saturating_add(at))
    }

    /// The format of the message.
    pub(super) fn magic(&self) -> Result<i8, BatchError> {
        self.covered()?.i8("Message.magic")
    }

    /// What the checksum covers: the magic byte and everything behind it.
    fn covered(&self) -> Result<Cursor<'a>, BatchError> {
        let mut cursor = self.body;
        cursor.u32("Message.crc")?;
        Ok(cursor)
    }

    /// The checksum that the message claims.
    fn crc(mut self) -> Result<u32, BatchError> {
        self.body.u32("Message.crc")
    }

    /// Compares the checksum with the bytes.
    ///
    /// # Errors
    /// When they differ.
    pub(super) fn check_crc(&self) -> Result<(), BatchError> {
        let (claimed, covered) = (self.crc()?, self.covered()?);
        let computed = checksum::crc32(covered.rest());
        if claimed == computed {
            return Ok(());
        }
        let kind = BatchErrorKind::WrongChecksum { claimed, computed };
        Err(self.body.error(kind, "Message.crc"))
    }

    /// Reads what the message holds.
    ///
    /// # Errors
    /// When there is no such format, the checksum is to be checked and wrong, or a part does not
    /// fit into the message.
    pub(super) fn read(self, checksum: Checksum) -> Result<Message<'a>, BatchError> {
        let mut cursor = self.covered()?;
        let magic = cursor.i8("Message.magic")?;
        if !matches!(magic, 0 | 1) {
            return Err(self.error(BatchErrorKind::UnknownMagic(magic), "Message.magic", MAGIC_AT));
        }
        if checksum == Checksum::Checked {
            self.check_crc()?;
        }
        let message = Message {
            frame: self,
            crc: self.crc()?,
            magic,
            attributes: cursor.i8("Message.attributes")?,
            timestamp: timestamp(magic, &mut cursor)?,
            key: nullable(&mut cursor, "Message.key")?,
            value: nullable(&mut cursor, "Message.value")?,
        };
        if !cursor.rest().is_empty() {
            return Err(cursor.error(BatchErrorKind::TrailingBytes, "Message"));
        }
        Ok(message)
    }
}

fn timestamp(magic: i8, cursor: &mut Cursor<'_>) -> Result<i64, BatchError> {
    if magic == 0 { Ok(NO_TIMESTAMP) } else { cursor.i64("Message.timestamp") }
}

fn nullable<'a>(cursor: &mut Cursor<'a>, field: Field) -> Result<Option<&'a [u8]>, BatchError> {
    let start = *cursor;
    let length = cursor.i32(field)?;
    cursor.nullable_bytes(length, start, field)
}

/// A message of which everything was read; what its value holds may be compressed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) frame: Frame<'a>,
    /// The checksum that the message claims.
    pub(super) crc: u32,
    /// 0 or 1.
    pub(super) magic: i8,
    pub(super) attributes: i8,
    /// −1 for none.
    pub(super) timestamp: i64,
    pub(super) key: Option<&'a [u8]>,
    pub(super) value: Option<&'a [u8]>,
}

impl<'a> Message<'a> {
    /// How the value is compressed. Zstandard came with the format after these.
    ///
    /// # Errors
    /// When the attributes name no codec, or none that these formats allow.
    pub(super) fn codec(&self) -> Result<Codec, BatchError> {
        let id = self.attributes.cast_unsigned() & CODEC_MASK;
        let codec = Codec::try_from(id).ok().filter(|codec| *codec != Codec::Zstd);
        codec.ok_or_else(|| {
            let kind = BatchErrorKind::UnknownCodec(id);
            self.frame.error(kind, "Message.attributes", ATTRIBUTES_AT)
        })
    }

    /// What the timestamp says.
    pub(super) const fn timestamp_type(&self) -> TimestampType {
        if self.magic == 0 {
            TimestampType::Missing
        } else if self.attributes.cast_unsigned() & LOG_APPEND_TIME == 0 {
            TimestampType::CreateTime
        } else {
            TimestampType::LogAppendTime
        }
    }

    /// Where the value's bytes start, counted as errors count.
    pub(super) fn value_at(&self) -> usize {
        // Nothing follows the value.
        let before = self.frame.bytes().len().saturating_sub(self.value.map_or(0, <[u8]>::len));
        self.frame.whole.offset().saturating_add(before)
    }

    /// The error of a null where a compressed set should be.
    pub(super) fn null_value(&self) -> BatchError {
        let length_at = self.value_at().saturating_sub(LENGTH_LEN);
        BatchError::new(BatchErrorKind::NegativeLength(-1), "Message.value", length_at)
    }

    /// The record that the message is, if its value is not compressed.
    pub(super) fn record(&self) -> RecordView<'a> {
        RecordView {
            offset: self.frame.offset,
            timestamp: WallMillis(self.timestamp),
            timestamp_delta: 0,
            attributes: self.attributes,
            key: self.key,
            value: self.value,
            headers: Headers::default(),
        }
    }
}
