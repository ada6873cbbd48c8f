//! Numbers of fixed and of variable width.

#![deny(clippy::arithmetic_side_effects)]

use super::Reader;
use crate::{
    DecodeError, DecodeErrorKind, Field, Uuid,
    varint::{self, VarintFault},
};

macro_rules! fixed_width {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        ///
        /// # Errors
        /// [`Truncated`](DecodeErrorKind::Truncated).
        #[inline]
        pub fn $name(&mut self, field: Field) -> Result<$name, DecodeError> {
            self.take_array(field).map($name::from_be_bytes)
        }
    )+};
}

/// Numbers.
impl Reader<'_> {
    fixed_width! {
        /// Reads one signed byte.
        i8;
        /// Reads two bytes, signed.
        i16;
        /// Reads two bytes, unsigned.
        u16;
        /// Reads four bytes, signed.
        i32;
        /// Reads four bytes, unsigned.
        u32;
        /// Reads eight bytes, signed.
        i64;
        /// Reads eight bytes, a floating-point number.
        f64;
    }

    /// Reads one byte; whatever is not zero is true.
    ///
    /// # Errors
    /// [`Truncated`](DecodeErrorKind::Truncated).
    #[inline]
    pub fn bool(&mut self, field: Field) -> Result<bool, DecodeError> {
        self.take_array(field).map(|[byte]| byte != 0)
    }

    /// Reads sixteen bytes.
    ///
    /// # Errors
    /// [`Truncated`](DecodeErrorKind::Truncated).
    #[inline]
    pub fn uuid(&mut self, field: Field) -> Result<Uuid, DecodeError> {
        self.take_array(field).map(Uuid)
    }

    /// Reads an unsigned integer of one to five bytes.
    ///
    /// # Errors
    /// [`Truncated`](DecodeErrorKind::Truncated), or
    /// [`VarintTooLong`](DecodeErrorKind::VarintTooLong) when it holds more than 32 bits.
    #[inline]
    pub fn uvarint(&mut self, field: Field) -> Result<u32, DecodeError> {
        match varint::read_u32(self.rest) {
            Ok((value, rest)) => {
                self.rest = rest;
                Ok(value)
            }
            Err(fault) => Err(self.varint_error(fault, field)),
        }
    }

    /// Reads a signed (zigzag) integer of one to five bytes.
    ///
    /// # Errors
    /// As [`uvarint`](Self::uvarint).
    #[inline]
    pub fn varint(&mut self, field: Field) -> Result<i32, DecodeError> {
        self.uvarint(field).map(varint::unzigzag_u32)
    }

    /// Reads a signed (zigzag) integer of one to ten bytes.
    ///
    /// # Errors
    /// [`Truncated`](DecodeErrorKind::Truncated), or
    /// [`VarintTooLong`](DecodeErrorKind::VarintTooLong) when it holds more than 64 bits.
    #[inline]
    pub fn varlong(&mut self, field: Field) -> Result<i64, DecodeError> {
        match varint::read_u64(self.rest) {
            Ok((value, rest)) => {
                self.rest = rest;
                Ok(varint::unzigzag_u64(value))
            }
            Err(fault) => Err(self.varint_error(fault, field)),
        }
    }

    #[cold]
    #[inline(never)]
    fn varint_error(&self, fault: VarintFault, field: Field) -> DecodeError {
        let kind = match fault {
            VarintFault::Truncated => DecodeErrorKind::Truncated,
            VarintFault::TooLong => DecodeErrorKind::VarintTooLong,
        };
        self.error(kind, field)
    }
}
