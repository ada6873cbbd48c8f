//! Strings, bytes and pieces: values after a length, in the classic and the compact form.

#![deny(clippy::arithmetic_side_effects)]

use super::Reader;
use crate::{DecodeError, DecodeErrorKind, Field, Piece, size::MAX_STRING, varint};

/// The greatest length that the compact form can carry, plus one.
const MAX_LEN: usize = i32::MAX as usize;

/// Values after a length. With `flexible` the length is an unsigned integer of variable length,
/// one more than the value's, and zero for null; without, it is an `i16` (strings) or an `i32`
/// (bytes), and −1 for null.
impl<'a> Reader<'a> {
    /// Reads a string.
    ///
    /// # Errors
    /// When it is null, longer than 32,767 bytes or not UTF-8, or its length is malformed.
    #[inline]
    pub fn string(&mut self, field: Field, flexible: bool) -> Result<&'a str, DecodeError> {
        if flexible && let Some(text) = self.short_string() {
            return Ok(text);
        }
        let before = self.remaining();
        match self.any_string(field, flexible)? {
            Some(text) => Ok(text),
            None => Err(self.error_at(before, DecodeErrorKind::UnexpectedNull, field)),
        }
    }

    /// Reads a string or null.
    ///
    /// # Errors
    /// When it is longer than 32,767 bytes or not UTF-8, or its length is malformed.
    #[inline]
    pub fn nullable_string(
        &mut self,
        field: Field,
        flexible: bool,
    ) -> Result<Option<&'a str>, DecodeError> {
        if flexible {
            if self.skip_zero() {
                return Ok(None);
            }
            if let Some(text) = self.short_string() {
                return Ok(Some(text));
            }
        }
        self.any_string(field, flexible)
    }

    /// A string in the compact form of fewer than 127 bytes, if that is what stands here: what it
    /// answers fits into registers.
    #[inline(never)]
    fn short_string(&mut self) -> Option<&'a str> {
        let before = self.rest;
        let text = std::str::from_utf8(self.short_slice(1)?).ok();
        if text.is_none() {
            self.rest = before;
        }
        text
    }

    /// A string of any length and form, or what is wrong with it.
    #[inline(never)]
    fn any_string(&mut self, field: Field, flexible: bool) -> Result<Option<&'a str>, DecodeError> {
        let before = self.remaining();
        let len = if flexible { self.compact_length(field)? } else { self.short_length(field)? };
        let Some(len) = len else { return Ok(None) };
        if len > MAX_STRING {
            return Err(self.error_at(before, DecodeErrorKind::StringTooLong, field));
        }
        let bytes = self.take(len, field)?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(error) => {
                let unread = bytes.len().saturating_sub(error.valid_up_to());
                let behind = self.remaining().saturating_add(unread);
                Err(self.error_at(behind, DecodeErrorKind::InvalidUtf8, field))
            }
        }
    }

    /// Reads bytes.
    ///
    /// # Errors
    /// When they are null, or their length is malformed.
    #[inline]
    pub fn bytes(&mut self, field: Field, flexible: bool) -> Result<&'a [u8], DecodeError> {
        if flexible && let Some(bytes) = self.compact_slice() {
            return Ok(bytes);
        }
        let before = self.remaining();
        match self.any_bytes(field, flexible)? {
            Some(bytes) => Ok(bytes),
            None => Err(self.error_at(before, DecodeErrorKind::UnexpectedNull, field)),
        }
    }

    /// Reads bytes or null.
    ///
    /// # Errors
    /// When their length is malformed.
    #[inline]
    pub fn nullable_bytes(
        &mut self,
        field: Field,
        flexible: bool,
    ) -> Result<Option<&'a [u8]>, DecodeError> {
        if flexible && let Some(bytes) = self.compact_slice() {
            return Ok(Some(bytes));
        }
        self.any_bytes(field, flexible)
    }

    /// Bytes of any length and form, or what is wrong with them.
    #[inline(never)]
    fn any_bytes(&mut self, field: Field, flexible: bool) -> Result<Option<&'a [u8]>, DecodeError> {
        match self.length(field, flexible)? {
            Some(len) => self.take(len, field).map(Some),
            None => Ok(None),
        }
    }

    /// Reads bytes that outlive the input, in the same form as [`bytes`](Self::bytes).
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes).
    #[inline]
    pub fn piece(&mut self, field: Field, flexible: bool) -> Result<Piece<'a>, DecodeError> {
        let bytes = self.bytes(field, flexible)?;
        Ok(Piece { bytes, frame: self.frame })
    }

    /// Reads bytes that outlive the input, or null.
    ///
    /// # Errors
    /// As [`nullable_bytes`](Self::nullable_bytes), or when a copy would exceed the budget.
    #[inline]
    pub fn nullable_piece(
        &mut self,
        field: Field,
        flexible: bool,
    ) -> Result<Option<Piece<'a>>, DecodeError> {
        let frame = self.frame;
        let bytes = self.nullable_bytes(field, flexible)?;
        Ok(bytes.map(|bytes| Piece { bytes, frame }))
    }

    /// As many times `width` bytes as a compact length of one byte says, if they stand here.
    ///
    /// Most lengths and counts are so short; what reads them is small enough to be inlined, and
    /// what it reads stays in registers.
    #[inline(always)]
    pub(super) fn short_slice(&mut self, width: usize) -> Option<&'a [u8]> {
        let (byte, rest) = self.rest.split_first()?;
        let count = usize::from(*byte).checked_sub(1).filter(|count| *count < 0x7f)?;
        let (head, rest) = rest.split_at_checked(count.saturating_mul(width))?;
        self.rest = rest;
        Some(head)
    }

    /// As many bytes as a compact length says, if they stand here.
    #[inline(always)]
    fn compact_slice(&mut self) -> Option<&'a [u8]> {
        let (claimed, width) = varint::short_u32(self.rest);
        let len = (claimed as usize).checked_sub(1).filter(|len| *len < MAX_LEN)?;
        let (_, rest) = self.rest.split_at_checked(width)?;
        let (head, rest) = rest.split_at_checked(len)?;
        self.rest = rest;
        Some(head)
    }

    /// Steps over a zero byte: null, or an empty section.
    #[inline(always)]
    pub(crate) fn skip_zero(&mut self) -> bool {
        self.skip(0)
    }

    /// Steps over a one: the compact length of what is empty.
    #[inline(always)]
    pub(super) fn skip_empty(&mut self) -> bool {
        self.skip(1)
    }

    #[inline(always)]
    fn skip(&mut self, expected: u8) -> bool {
        match self.rest.split_first() {
            Some((byte, rest)) if *byte == expected => {
                self.rest = rest;
                true
            }
            Some(_) | None => false,
        }
    }

    /// The length before bytes, or the count before elements.
    ///
    /// Inlined with its parts into each public read: a length that is returned through memory
    /// takes longer than the rest of reading a short array.
    #[inline(always)]
    pub(super) fn length(
        &mut self,
        field: Field,
        flexible: bool,
    ) -> Result<Option<usize>, DecodeError> {
        if flexible { self.compact_length(field) } else { self.long_length(field) }
    }

    #[inline(always)]
    fn compact_length(&mut self, field: Field) -> Result<Option<usize>, DecodeError> {
        let before = self.remaining();
        let claimed = self.uvarint(field)?;
        if claimed > i32::MAX.cast_unsigned() {
            return Err(self.error_at(before, DecodeErrorKind::NegativeLength, field));
        }
        Ok((claimed as usize).checked_sub(1))
    }

    #[inline(always)]
    fn short_length(&mut self, field: Field) -> Result<Option<usize>, DecodeError> {
        let before = self.remaining();
        let claimed = self.i16(field)?;
        self.signed_length(i32::from(claimed), before, field)
    }

    #[inline(always)]
    fn long_length(&mut self, field: Field) -> Result<Option<usize>, DecodeError> {
        let before = self.remaining();
        let claimed = self.i32(field)?;
        self.signed_length(claimed, before, field)
    }

    #[inline(always)]
    fn signed_length(
        &self,
        claimed: i32,
        before: usize,
        field: Field,
    ) -> Result<Option<usize>, DecodeError> {
        match usize::try_from(claimed) {
            Ok(len) => Ok(Some(len)),
            Err(_) if claimed == -1 => Ok(None),
            Err(_) => Err(self.error_at(before, DecodeErrorKind::NegativeLength, field)),
        }
    }
}
