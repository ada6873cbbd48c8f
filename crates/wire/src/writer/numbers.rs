//! Numbers of fixed and of variable width.

use super::Writer;
use crate::{Uuid, varint};

macro_rules! fixed_width {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        #[inline]
        pub fn $name(&mut self, value: $name) {
            self.out.extend_from_slice(&value.to_be_bytes());
        }
    )+};
}

/// Numbers.
impl Writer {
    fixed_width! {
        /// Writes one signed byte.
        i8;
        /// Writes two bytes, signed.
        i16;
        /// Writes two bytes, unsigned.
        u16;
        /// Writes four bytes, signed.
        i32;
        /// Writes four bytes, unsigned.
        u32;
        /// Writes eight bytes, signed.
        i64;
        /// Writes eight bytes, a floating-point number.
        f64;
    }

    /// Writes one byte: 1 for true, 0 for false.
    #[inline]
    pub fn bool(&mut self, value: bool) {
        self.raw(&[u8::from(value)]);
    }

    /// Writes sixteen bytes.
    #[inline]
    pub fn uuid(&mut self, value: Uuid) {
        self.raw(&value.0);
    }

    /// Writes an unsigned integer of one to five bytes.
    #[inline]
    pub fn uvarint(&mut self, value: u32) {
        varint::put_u32(&mut self.out, value);
    }

    /// Writes a signed (zigzag) integer of one to five bytes.
    #[inline]
    pub fn varint(&mut self, value: i32) {
        varint::put_u32(&mut self.out, varint::zigzag_i32(value));
    }

    /// Writes a signed (zigzag) integer of one to ten bytes.
    #[inline]
    pub fn varlong(&mut self, value: i64) {
        varint::put_u64(&mut self.out, varint::zigzag_i64(value));
    }
}
