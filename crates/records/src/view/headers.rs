//! The headers of a record that was read.

#![deny(clippy::arithmetic_side_effects)]

use std::str::Utf8Error;

use crate::cursor::Cursor;
use crate::error::{BatchError, BatchErrorKind};

/// The least that a header takes: the lengths of its key and its value.
const MIN_LEN: usize = 2;

/// The headers of one record, in order. They were checked when the record was read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Headers<'a> {
    count: usize,
    bytes: &'a [u8],
}

/// One header, borrowed from the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderView<'a> {
    /// The key as it was written: usually UTF-8, which nobody has checked.
    pub key: &'a [u8],
    /// The value, or null.
    pub value: Option<&'a [u8]>,
}

impl<'a> HeaderView<'a> {
    /// The key as text.
    ///
    /// # Errors
    /// When it is not UTF-8. It is never replaced by something similar.
    pub const fn name(&self) -> Result<&'a str, Utf8Error> {
        str::from_utf8(self.key)
    }

    fn read(cursor: &mut Cursor<'a>) -> Result<Self, BatchError> {
        let key = cursor.piece("Record.headers.key")?;
        let value = cursor.nullable_piece("Record.headers.value")?;
        Ok(Self { key, value })
    }
}

impl<'a> Headers<'a> {
    /// Reads the number of headers and walks over them all.
    #[inline]
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Self, BatchError> {
        match cursor.rest() {
            [0, ..] => cursor.bytes(1, "Record.headers").map(|_| Self::default()),
            _ => Self::read_some(cursor),
        }
    }

    fn read_some(cursor: &mut Cursor<'a>) -> Result<Self, BatchError> {
        let start = *cursor;
        let claimed = cursor.varint("Record.headers")?;
        let wrong = || start.error(BatchErrorKind::WrongCount(claimed), "Record.headers");
        let count = usize::try_from(claimed).map_err(|_| wrong())?;
        let bytes = cursor.rest();
        if count > bytes.len().div_euclid(MIN_LEN) {
            return Err(wrong());
        }
        for _ in 0..count {
            HeaderView::read(cursor)?;
        }
        let taken = bytes.len().saturating_sub(cursor.rest().len());
        Ok(Self { count, bytes: bytes.get(..taken).unwrap_or_default() })
    }

    /// The number of headers that are left.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl<'a> Iterator for Headers<'a> {
    type Item = HeaderView<'a>;

    fn next(&mut self) -> Option<HeaderView<'a>> {
        self.count = self.count.checked_sub(1)?;
        let mut cursor = Cursor::new(self.bytes, 0);
        // They could be read once, so they can be read again.
        let header = HeaderView::read(&mut cursor).ok()?;
        self.bytes = cursor.rest();
        Some(header)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.count, Some(self.count))
    }
}

impl ExactSizeIterator for Headers<'_> {}

impl PartialEq for Headers<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count && (*self).eq(*other)
    }
}

impl Eq for Headers<'_> {}
