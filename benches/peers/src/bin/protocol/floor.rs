//! The buffer of the hand-written writers, below which no encoder can be expected to get.

use std::io::IoSlice;

use bytes::Bytes;

/// What ours hands to a vectored write, made by hand: fixed bytes in one buffer, and the pieces
/// that go between them.
///
/// The writers over it know the one version they write, check nothing (no text too long, no null
/// out of place, no field that the version lacks), reserve by a guess instead of a count, and
/// append neighbouring numbers of fixed width as one array. Pieces are cloned and the slices of
/// the vectored write are built, because any encoder must.
#[derive(Debug)]
pub(crate) struct Floor {
    fixed: Vec<u8>,
    pieces: Vec<(usize, Bytes)>,
}

impl Floor {
    pub(crate) fn with_room(bytes: usize, pieces: usize) -> Self {
        Self { fixed: Vec::with_capacity(bytes), pieces: Vec::with_capacity(pieces) }
    }

    #[inline]
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.fixed.extend_from_slice(bytes);
    }

    /// A length or count in the compact form.
    #[inline]
    pub(crate) fn compact(&mut self, len: usize) {
        self.uvarint(len + 1);
    }

    #[inline]
    pub(crate) fn uvarint(&mut self, mut value: usize) {
        while value >= 0x80 {
            self.fixed.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.fixed.push(value as u8);
    }

    #[inline]
    pub(crate) fn text(&mut self, text: &str) {
        self.compact(text.len());
        self.put(text.as_bytes());
    }

    #[inline]
    pub(crate) fn numbers(&mut self, numbers: &[i32]) {
        self.compact(numbers.len());
        for number in numbers {
            self.put(&number.to_be_bytes());
        }
    }

    #[inline]
    pub(crate) fn piece(&mut self, piece: &Bytes) {
        self.pieces.push((self.fixed.len(), piece.clone()));
    }

    pub(crate) fn io_slices(&self) -> Vec<IoSlice<'_>> {
        let mut slices = Vec::with_capacity(2 * self.pieces.len() + 1);
        let mut push = |bytes| slices.push(IoSlice::new(bytes));
        let mut rest = self.fixed.as_slice();
        let mut done = 0;
        for (at, piece) in &self.pieces {
            let (before, after) = rest.split_at(at - done);
            if !before.is_empty() {
                push(before);
            }
            push(piece);
            (rest, done) = (after, *at);
        }
        if !rest.is_empty() {
            push(rest);
        }
        slices
    }
}
