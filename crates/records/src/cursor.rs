//! Reads the pieces of batches and records, and tells where the first wrong one starts.

#![deny(clippy::arithmetic_side_effects)]

use klamm_wire::Field;
use klamm_wire::varint::{self, VarintFault};

use crate::error::{BatchError, BatchErrorKind};

/// A place in some bytes, from which reading goes on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    /// Where `rest` ends, counted as errors count.
    end: usize,
}

impl<'a> Cursor<'a> {
    /// The start of `bytes`, which errors count from `offset` on.
    pub(crate) const fn new(bytes: &'a [u8], offset: usize) -> Self {
        Self { rest: bytes, end: offset.saturating_add(bytes.len()) }
    }

    /// What has not been read.
    pub(crate) const fn rest(self) -> &'a [u8] {
        self.rest
    }

    /// Where it starts.
    pub(crate) const fn offset(self) -> usize {
        self.end.saturating_sub(self.rest.len())
    }

    pub(crate) fn error(self, kind: BatchErrorKind, field: Field) -> BatchError {
        BatchError::new(kind, field, self.offset())
    }

    /// The next `N` bytes.
    #[inline]
    pub(crate) fn array<const N: usize>(&mut self, field: Field) -> Result<[u8; N], BatchError> {
        let Some((bytes, rest)) = self.rest.split_first_chunk() else {
            return Err(self.error(BatchErrorKind::Truncated, field));
        };
        self.rest = rest;
        Ok(*bytes)
    }

    pub(crate) fn i8(&mut self, field: Field) -> Result<i8, BatchError> {
        self.array(field).map(i8::from_be_bytes)
    }

    pub(crate) fn i16(&mut self, field: Field) -> Result<i16, BatchError> {
        self.array(field).map(i16::from_be_bytes)
    }

    pub(crate) fn i32(&mut self, field: Field) -> Result<i32, BatchError> {
        self.array(field).map(i32::from_be_bytes)
    }

    pub(crate) fn u32(&mut self, field: Field) -> Result<u32, BatchError> {
        self.array(field).map(u32::from_be_bytes)
    }

    pub(crate) fn i64(&mut self, field: Field) -> Result<i64, BatchError> {
        self.array(field).map(i64::from_be_bytes)
    }

    /// A signed integer of variable length.
    #[inline]
    pub(crate) fn varint(&mut self, field: Field) -> Result<i32, BatchError> {
        match varint::read_u32(self.rest) {
            Ok((value, rest)) => {
                self.rest = rest;
                Ok(varint::unzigzag_u32(value))
            }
            Err(fault) => Err(self.fault(fault, field)),
        }
    }

    /// A signed integer of variable length, of up to 64 bits.
    #[inline]
    pub(crate) fn varlong(&mut self, field: Field) -> Result<i64, BatchError> {
        match varint::read_u64(self.rest) {
            Ok((value, rest)) => {
                self.rest = rest;
                Ok(varint::unzigzag_u64(value))
            }
            Err(fault) => Err(self.fault(fault, field)),
        }
    }

    #[cold]
    fn fault(self, fault: VarintFault, field: Field) -> BatchError {
        let kind = match fault {
            VarintFault::Truncated => BatchErrorKind::Truncated,
            VarintFault::TooLong => BatchErrorKind::VarintTooLong,
        };
        self.error(kind, field)
    }

    /// So many bytes.
    #[inline]
    pub(crate) fn bytes(&mut self, len: usize, field: Field) -> Result<&'a [u8], BatchError> {
        let Some((bytes, rest)) = self.rest.split_at_checked(len) else {
            return Err(self.error(BatchErrorKind::Truncated, field));
        };
        self.rest = rest;
        Ok(bytes)
    }

    /// A length of variable length and so many bytes; −1 stands for none.
    #[inline]
    pub(crate) fn nullable_piece(&mut self, field: Field) -> Result<Option<&'a [u8]>, BatchError> {
        let start = *self;
        let length = self.varint(field)?;
        self.nullable_bytes(length, start, field)
    }

    /// The bytes of a length that was read at `start`; −1 stands for none.
    pub(crate) fn nullable_bytes(
        &mut self,
        length: i32,
        start: Self,
        field: Field,
    ) -> Result<Option<&'a [u8]>, BatchError> {
        match usize::try_from(length) {
            Ok(length) => self.bytes(length, field).map(Some),
            Err(_) if length == -1 => Ok(None),
            Err(_) => Err(start.error(BatchErrorKind::NegativeLength(length), field)),
        }
    }

    /// A length of variable length and so many bytes, never none.
    pub(crate) fn piece(&mut self, field: Field) -> Result<&'a [u8], BatchError> {
        let start = *self;
        let length = self.varint(field)?;
        match usize::try_from(length) {
            Ok(length) => self.bytes(length, field),
            Err(_) => Err(start.error(BatchErrorKind::NegativeLength(length), field)),
        }
    }
}
