//! A bounded cursor over one complete slice.
//!
//! This file holds the cursor and its budget; numbers are in `numbers`, what has a length is in
//! `lengths`, what repeats in `arrays`, and tagged fields are in [`tagged`](crate::tagged).

#![deny(clippy::arithmetic_side_effects)]

mod arrays;
mod lengths;
mod numbers;

use bytes::Bytes;

use crate::{DecodeError, DecodeErrorKind, Field, cut};

/// A message may hold this much memory however short it is.
const FREE_BUDGET: usize = 64 * 1024;
/// Each byte of the input justifies this many bytes of memory.
pub const MEMORY_PER_BYTE: usize = 32;

/// Reads primitives one after another, and never beyond the end of its input.
///
/// Nothing is allocated that the input does not justify: every reservation draws on a budget of
/// 64 KiB + 32 bytes per byte of input. An error ends the decode; what the reader answers after
/// one is unspecified, but it does not panic.
#[derive(Debug)]
pub struct Reader<'a> {
    /// What is left of the current window.
    pub(crate) rest: &'a [u8],
    /// The offset of the current window's end; the cursor stands at `end - rest.len()`.
    pub(crate) end: usize,
    budget: usize,
    /// Where pieces can be shared from; `rest` lies within it.
    frame: Option<&'a Bytes>,
}

/// The cursor and its budget.
impl<'a> Reader<'a> {
    /// Reads `input`; a [`Piece`](crate::Piece) of it is copied when it must outlive the input.
    #[inline]
    #[must_use]
    pub const fn new(input: &'a [u8]) -> Self {
        let budget = FREE_BUDGET.saturating_add(input.len().saturating_mul(MEMORY_PER_BYTE));
        Self { rest: input, end: input.len(), budget, frame: None }
    }

    /// Reads `frame`; a [`Piece`](crate::Piece) of it shares its memory.
    #[inline]
    #[must_use]
    pub fn over(frame: &'a Bytes) -> Self {
        Self { frame: Some(frame), ..Self::new(frame) }
    }

    /// How many bytes are left.
    #[inline]
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// How far the cursor is from the start of the input.
    #[inline]
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.end.saturating_sub(self.rest.len())
    }

    /// The bytes that are left.
    #[inline]
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// How many more bytes of memory the decode may hold.
    #[inline]
    #[must_use]
    pub const fn budget_left(&self) -> usize {
        self.budget
    }

    /// Ends the decode: nothing may be left.
    ///
    /// # Errors
    /// [`TrailingBytes`](DecodeErrorKind::TrailingBytes).
    #[inline]
    pub fn finish(self, field: Field) -> Result<(), DecodeError> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(self.error(DecodeErrorKind::TrailingBytes, field))
    }

    /// Moves `value` to the heap and draws its size on the budget.
    ///
    /// # Errors
    /// [`BudgetExceeded`](DecodeErrorKind::BudgetExceeded).
    #[inline]
    pub fn boxed<T>(&mut self, value: T, field: Field) -> Result<Box<T>, DecodeError> {
        self.draw(size_of::<T>(), field)?;
        Ok(Box::new(value))
    }

    /// Takes `bytes` of memory from the budget.
    #[inline]
    pub(crate) fn draw(&mut self, bytes: usize, field: Field) -> Result<(), DecodeError> {
        match self.budget.checked_sub(bytes) {
            Some(left) => self.budget = left,
            None => return Err(self.error(DecodeErrorKind::BudgetExceeded, field)),
        }
        Ok(())
    }

    /// An error at the cursor.
    #[cold]
    #[inline(never)]
    pub(crate) fn error(&self, kind: DecodeErrorKind, field: Field) -> DecodeError {
        DecodeError::new(kind, field, self.offset())
    }

    /// An error where the cursor stood when `remaining` bytes were left.
    #[cold]
    #[inline(never)]
    pub(crate) fn error_at(
        &self,
        remaining: usize,
        kind: DecodeErrorKind,
        field: Field,
    ) -> DecodeError {
        DecodeError::new(kind, field, self.end.saturating_sub(remaining))
    }

    /// The next `n` bytes.
    #[inline]
    pub(crate) fn take(&mut self, n: usize, field: Field) -> Result<&'a [u8], DecodeError> {
        match cut::slice(self.rest, n) {
            Some((rest, head)) => {
                self.rest = rest;
                Ok(head)
            }
            None => Err(self.error(DecodeErrorKind::Truncated, field)),
        }
    }

    #[inline]
    fn take_array<const N: usize>(&mut self, field: Field) -> Result<[u8; N], DecodeError> {
        match cut::array(self.rest) {
            Some((rest, head)) => {
                self.rest = rest;
                Ok(head)
            }
            None => Err(self.error(DecodeErrorKind::Truncated, field)),
        }
    }
}

/// Markers of nullable structs.
impl Reader<'_> {
    /// Reads the marker byte before a nullable struct: −1 is null, zero and above is present.
    ///
    /// # Errors
    /// [`Truncated`](DecodeErrorKind::Truncated), or
    /// [`InvalidMarker`](DecodeErrorKind::InvalidMarker) below −1.
    #[inline]
    pub fn is_present(&mut self, field: Field) -> Result<bool, DecodeError> {
        let before = self.remaining();
        match self.i8(field)? {
            -1 => Ok(false),
            0.. => Ok(true),
            _ => Err(self.error_at(before, DecodeErrorKind::InvalidMarker, field)),
        }
    }

    /// Reads the marker before a nullable struct in a tagged field: an unsigned integer of
    /// variable length, 0 for null and 1 for present.
    ///
    /// # Errors
    /// As [`uvarint`](Self::uvarint), or [`InvalidMarker`](DecodeErrorKind::InvalidMarker).
    #[inline]
    pub fn is_present_tagged(&mut self, field: Field) -> Result<bool, DecodeError> {
        let before = self.remaining();
        match self.uvarint(field)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.error_at(before, DecodeErrorKind::InvalidMarker, field)),
        }
    }
}
