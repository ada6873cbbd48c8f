//! Bytes of a frame that can outlive the message they were read in.

use std::fmt;

use bytes::Bytes;

/// Bytes where they lie in a frame, and the frame, so that they can be shared.
///
/// Reading one costs nothing: the frame's reference count is touched when someone asks for
/// [`Bytes`].
#[derive(Clone, Copy)]
pub struct Piece<'a> {
    pub(crate) bytes: &'a [u8],
    /// `None` when the reader was given no frame.
    pub(crate) frame: Option<&'a Bytes>,
}

impl<'a> Piece<'a> {
    /// The bytes.
    #[inline]
    #[must_use]
    pub const fn as_slice(&self) -> &'a [u8] {
        self.bytes
    }

    /// The bytes for as long as one likes: they share the frame's memory, or are a copy where
    /// the reader was given none.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        match self.frame {
            Some(frame) => frame.slice_ref(self.bytes),
            None => Bytes::copy_from_slice(self.bytes),
        }
    }
}

impl fmt::Debug for Piece<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes.fmt(f)
    }
}

impl PartialEq for Piece<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Piece<'_> {}
