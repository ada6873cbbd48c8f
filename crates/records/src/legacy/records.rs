//! The records of one message: itself, or those of the compressed set in its value.

#![deny(clippy::arithmetic_side_effects)]

use klamm_wire::WallMillis;

use super::message::{ATTRIBUTES_AT, Frame, MAX_BODY, Message, TimestampType};
use crate::compression::Codec;
use crate::cursor::Cursor;
use crate::error::{BatchError, BatchErrorKind};
use crate::layout::MAGIC_AT;
use crate::view::{Checksum, RecordView};

/// The records of one message, in order. After an error there is nothing more.
#[derive(Debug, Clone)]
pub struct Records<'a>(Source<'a>);

#[derive(Debug, Clone)]
enum Source<'a> {
    /// The message is its only record.
    Alone(Option<RecordView<'a>>),
    /// The message is around others.
    Inner(Inner<'a>),
}

impl<'a> Records<'a> {
    pub(super) const fn alone(record: RecordView<'a>) -> Self {
        Self(Source::Alone(Some(record)))
    }

    pub(super) const fn inner(inner: Inner<'a>) -> Self {
        Self(Source::Inner(inner))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<RecordView<'a>, BatchError>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Source::Alone(record) => record.take().map(Ok),
            Source::Inner(inner) => inner.next(),
        }
    }
}

/// What is left of a set that was decompressed.
#[derive(Debug, Clone)]
pub(super) struct Inner<'a> {
    cursor: Cursor<'a>,
    checksum: Checksum,
    /// What is added to the offset of each message.
    base: i64,
    /// The time of all messages, if they do not have their own.
    append_time: Option<WallMillis>,
}

impl<'a> Inner<'a> {
    /// The messages in `set`, which is what the value of `wrapper` decompressed to.
    ///
    /// Looks at all lengths, formats and offsets at once, since only the last offset tells what
    /// the others are relative to; the rest is read when it is asked for.
    ///
    /// # Errors
    /// When a length cannot be right, a format is not that of `wrapper`, there is no message, or
    /// the last one's offset lies behind that of `wrapper`.
    pub(super) fn new(
        wrapper: &Message<'_>,
        checksum: Checksum,
        set: &'a [u8],
        cap: usize,
    ) -> Result<Self, BatchError> {
        let cursor = Cursor::new(set, 0);
        let last = last_offset(cursor, wrapper.magic, cap.min(MAX_BODY))?;
        let base = if wrapper.magic == 0 { 0 } else { base_offset(wrapper, last)? };
        let has_append_time = wrapper.timestamp_type() == TimestampType::LogAppendTime;
        let append_time = has_append_time.then_some(WallMillis(wrapper.timestamp));
        Ok(Self { cursor, checksum, base, append_time })
    }

    fn next(&mut self) -> Option<Result<RecordView<'a>, BatchError>> {
        let item = self.read().transpose();
        if !matches!(item, Some(Ok(_))) {
            self.cursor = Cursor::new(&[], 0);
        }
        item
    }

    fn read(&mut self) -> Result<Option<RecordView<'a>>, BatchError> {
        let Some(frame) = next_frame(&mut self.cursor, MAX_BODY)? else { return Ok(None) };
        let message = frame.read(self.checksum)?;
        if message.codec()? != Codec::None {
            return Err(frame.error(BatchErrorKind::Nested, "Message.attributes", ATTRIBUTES_AT));
        }
        let out_of_range =
            || frame.error(BatchErrorKind::WrongOffset(frame.offset), "Message.offset", 0);
        let record = message.record();
        Ok(Some(RecordView {
            offset: self.base.checked_add(record.offset).ok_or_else(out_of_range)?,
            timestamp: self.append_time.unwrap_or(record.timestamp),
            ..record
        }))
    }
}

/// The next message of a set, or `None` behind the last complete one: as the set around it, a
/// compressed set may end inside a message.
fn next_frame<'a>(
    cursor: &mut Cursor<'a>,
    max_body: usize,
) -> Result<Option<Frame<'a>>, BatchError> {
    match Frame::cut(cursor, max_body) {
        Ok(frame) => Ok(Some(frame)),
        Err(error) if error.kind() == BatchErrorKind::Truncated => Ok(None),
        Err(error) => Err(error),
    }
}

/// The offset of the last message of a set, all of which must have this format.
fn last_offset(mut set: Cursor<'_>, magic: i8, max_body: usize) -> Result<i64, BatchError> {
    let start = set;
    let mut last = None;
    while let Some(frame) = next_frame(&mut set, max_body)? {
        let inner = frame.magic()?;
        if inner != magic {
            return Err(frame.error(BatchErrorKind::MixedMagic(inner), "Message.magic", MAGIC_AT));
        }
        last = Some(frame.offset);
    }
    last.ok_or_else(|| start.error(BatchErrorKind::Empty, "Message.value"))
}

/// What the offsets inside a message of magic 1 are relative to: its own is that of the last one.
fn base_offset(wrapper: &Message<'_>, last: i64) -> Result<i64, BatchError> {
    let offset = wrapper.frame.offset;
    if offset == 0 {
        // Some producers left it at 0, and a log may hold what they sent.
        return Ok(0);
    }
    let base = offset.checked_sub(last).filter(|base| *base >= 0);
    let kind = BatchErrorKind::WrongOffset(offset);
    base.ok_or_else(|| wrapper.frame.error(kind, "Message.offset", 0))
}
