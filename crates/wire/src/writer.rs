//! Writes what the sizer counted; nothing here can fail.
//!
//! This file holds what has a length; numbers are in `numbers`, tagged fields in `tags`.

mod numbers;
mod tags;

use bytes::Bytes;

pub use self::tags::TagSection;
use crate::{Fixed, FixedArray};

/// Appends primitives to a buffer of its own, and notes where large pieces go in between.
///
/// Values that [`Sizer`](crate::Sizer) refuses must not be written: a length that does not fit
/// its prefix is asserted against in debug builds and clamped in others.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
    /// In ascending order of position.
    splices: Vec<Splice>,
    /// The bytes of all splices.
    spliced: usize,
}

/// A piece that is sent from where it lies, between the fixed bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splice {
    /// The index into the fixed bytes before which the piece goes.
    pub at: usize,
    /// The piece, never empty.
    pub piece: Bytes,
}

/// The buffer.
impl Writer {
    /// An empty writer with room for `n` fixed bytes.
    #[inline]
    #[must_use]
    pub fn with_capacity(n: usize) -> Self {
        Self { out: Vec::with_capacity(n), splices: Vec::new(), spliced: 0 }
    }

    /// An empty writer with room for `copied` fixed bytes and for `pieces` between them.
    #[inline]
    #[must_use]
    pub fn with_room(copied: usize, pieces: usize) -> Self {
        let splices = Vec::with_capacity(pieces);
        Self { out: Vec::with_capacity(copied), splices, spliced: 0 }
    }

    /// The bytes so far, those of pieces included.
    #[inline]
    #[must_use]
    pub const fn len(&self) -> usize {
        self.out.len() + self.spliced
    }

    /// Whether nothing was written.
    #[inline]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends bytes as they are.
    #[inline]
    pub fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Lets a piece pass through uncopied; an empty one is dropped.
    pub fn splice(&mut self, piece: Bytes) {
        if !piece.is_empty() {
            self.spliced += piece.len();
            self.splices.push(Splice { at: self.out.len(), piece });
        }
    }

    /// The fixed bytes, and the pieces between them in ascending order of position.
    #[inline]
    #[must_use]
    pub fn into_parts(self) -> (Vec<u8>, Vec<Splice>) {
        (self.out, self.splices)
    }
}

/// Values after a length, and arrays after a count; `flexible` chooses the compact form.
impl Writer {
    /// Writes a string.
    #[inline]
    pub fn string(&mut self, value: &str, flexible: bool) {
        if flexible {
            self.compact_len(value.len());
        } else {
            self.i16(clamped(i16::try_from(value.len()), i16::MAX));
        }
        self.raw(value.as_bytes());
    }

    /// Writes a string or null.
    #[inline]
    pub fn nullable_string(&mut self, value: Option<&str>, flexible: bool) {
        match value {
            Some(value) => self.string(value, flexible),
            None if flexible => self.uvarint(0),
            None => self.i16(-1),
        }
    }

    /// Writes bytes.
    #[inline]
    pub fn bytes(&mut self, value: &[u8], flexible: bool) {
        self.bytes_len(value.len(), flexible);
        self.raw(value);
    }

    /// Writes bytes or null.
    #[inline]
    pub fn nullable_bytes(&mut self, value: Option<&[u8]>, flexible: bool) {
        match value {
            Some(value) => self.bytes(value, flexible),
            None => self.nullable_bytes_len(None, flexible),
        }
    }

    /// Writes the length before bytes that follow by other means.
    #[inline]
    pub fn bytes_len(&mut self, len: usize, flexible: bool) {
        self.array_len(len, flexible);
    }

    /// Writes the length before bytes that follow by other means, or null.
    #[inline]
    pub fn nullable_bytes_len(&mut self, len: Option<usize>, flexible: bool) {
        self.nullable_array_len(len, flexible);
    }

    /// Writes the count before the elements of an array.
    #[inline]
    pub fn array_len(&mut self, count: usize, flexible: bool) {
        if flexible {
            self.compact_len(count);
        } else {
            self.i32(clamped(i32::try_from(count), i32::MAX));
        }
    }

    /// Writes the count before the elements of an array, or null.
    #[inline]
    pub fn nullable_array_len(&mut self, count: Option<usize>, flexible: bool) {
        match count {
            Some(count) => self.array_len(count, flexible),
            None if flexible => self.uvarint(0),
            None => self.i32(-1),
        }
    }

    /// Writes an array of fixed-width elements; one that was read is copied as a whole.
    #[inline]
    pub fn fixed_array<T: Fixed>(&mut self, array: &FixedArray<'_, T>, flexible: bool) {
        self.array_len(array.len(), flexible);
        array.put(&mut self.out);
    }

    /// Writes an array of fixed-width elements, or null.
    #[inline]
    pub fn nullable_fixed_array<T: Fixed>(
        &mut self,
        array: Option<&FixedArray<'_, T>>,
        flexible: bool,
    ) {
        match array {
            Some(array) => self.fixed_array(array, flexible),
            None => self.nullable_array_len(None, flexible),
        }
    }

    #[inline]
    fn compact_len(&mut self, len: usize) {
        self.uvarint(clamped(u32::try_from(len), u32::MAX - 1) + 1);
    }
}

/// The number, or `most` if it does not fit: the sizer has refused that before.
#[inline]
fn clamped<N, E>(number: Result<N, E>, most: N) -> N {
    debug_assert!(number.is_ok(), "the sizer refuses lengths that do not fit");
    number.unwrap_or(most)
}
