//! Strings, bytes and pieces: values after a length, in the classic and the compact form.

#![deny(clippy::arithmetic_side_effects)]

use bytes::Bytes;

use super::Reader;
use crate::{DecodeError, DecodeErrorKind, Field, size::MAX_STRING};

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
        let before = self.remaining();
        match self.nullable_string(field, flexible)? {
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
        let before = self.remaining();
        match self.nullable_bytes(field, flexible)? {
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
        match self.length(field, flexible)? {
            Some(len) => self.take(len, field).map(Some),
            None => Ok(None),
        }
    }

    /// Reads bytes that outlive the input, in the same form as [`bytes`](Self::bytes).
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes), or when a copy would exceed the budget.
    #[inline]
    pub fn piece(&mut self, field: Field, flexible: bool) -> Result<Bytes, DecodeError> {
        let bytes = self.bytes(field, flexible)?;
        self.outliving(bytes, field)
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
    ) -> Result<Option<Bytes>, DecodeError> {
        match self.nullable_bytes(field, flexible)? {
            Some(bytes) => self.outliving(bytes, field).map(Some),
            None => Ok(None),
        }
    }

    /// Bytes that share the frame, or a copy of their own.
    fn outliving(&mut self, bytes: &'a [u8], field: Field) -> Result<Bytes, DecodeError> {
        if let Some(frame) = self.frame {
            return Ok(frame.slice_ref(bytes));
        }
        self.draw(bytes.len(), field)?;
        Ok(Bytes::copy_from_slice(bytes))
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
