//! An encoded message: fixed bytes interleaved with pieces that were never copied.

use std::io::IoSlice;

use bytes::{Buf, Bytes};
use klamm_wire::{Splice, Writer};

/// The bytes of an encoded message or frame, as a vectored write wants them.
///
/// What the encoder wrote itself lies in one buffer; the pieces of `records` fields stand between
/// its parts, as the caller handed them in: the same memory, not a copy.
#[derive(Clone, Debug, Default)]
pub struct Segments {
    fixed: Vec<u8>,
    /// In ascending order of `at`, which is at most `fixed.len()`; no piece is empty.
    splices: Vec<Splice>,
}

impl Segments {
    /// The number of bytes.
    pub fn len(&self) -> usize {
        self.fixed.len() + self.splices.iter().map(|splice| splice.piece.len()).sum::<usize>()
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.fixed.is_empty() && self.splices.is_empty()
    }

    /// The segments in order; none is empty.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.splices.iter().map(|splice| splice.at));
        let ends = self.splices.iter().map(|splice| splice.at).chain([self.fixed.len()]);
        let pieces = self.splices.iter().map(|splice| splice.piece.as_ref());
        let parts = starts.zip(ends).map(|(from, to)| self.fixed.get(from..to).unwrap_or_default());
        let both = parts.zip(pieces.chain([&[][..]]));
        both.flat_map(|(part, piece)| [part, piece]).filter(|segment| !segment.is_empty())
    }

    /// The segments as a vectored write takes them.
    pub fn io_slices(&self) -> Vec<IoSlice<'_>> {
        let mut slices = Vec::with_capacity(self.splices.len().saturating_mul(2).saturating_add(1));
        let mut written = 0;
        let mut fixed = |to| {
            let part = self.fixed.get(written..to).filter(|part| !part.is_empty());
            written = to;
            part.map(IoSlice::new)
        };
        for splice in &self.splices {
            slices.extend(fixed(splice.at));
            slices.push(IoSlice::new(&splice.piece));
        }
        slices.extend(fixed(self.fixed.len()));
        slices
    }

    /// The pieces that were passed through, in order.
    pub fn pieces(&self) -> impl Iterator<Item = &Bytes> {
        self.splices.iter().map(|splice| &splice.piece)
    }

    /// All bytes copied into one buffer: for tests and small messages.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.len());
        self.iter().for_each(|segment| all.extend_from_slice(segment));
        all
    }

    /// A cursor for writing the bytes out bit by bit.
    pub fn into_buf(self) -> SegmentsBuf {
        SegmentsBuf { remaining: self.len(), segments: self, fixed: 0, spliced: 0, within: 0 }
    }
}

impl From<Writer> for Segments {
    fn from(writer: Writer) -> Self {
        let (fixed, splices) = writer.into_parts();
        Self { fixed, splices }
    }
}

/// How far the bytes of some [`Segments`] have been handed over.
///
/// [`Buf::chunks_vectored`] fills the slices of a vectored write, [`Buf::advance`] takes away what
/// was written, however little that was.
#[derive(Clone, Debug)]
pub struct SegmentsBuf {
    segments: Segments,
    /// How much of the fixed bytes is gone. Never beyond the next splice.
    fixed: usize,
    /// How many pieces are gone.
    spliced: usize,
    /// How much of the current piece is gone; 0 while fixed bytes stand before it.
    within: usize,
    remaining: usize,
}

impl SegmentsBuf {
    /// The segments that are left, in order; none is empty.
    fn rest(&self) -> impl Iterator<Item = &[u8]> {
        let splices = self.segments.splices.get(self.spliced..).unwrap_or_default();
        let ends = splices.iter().map(|splice| splice.at).chain([self.segments.fixed.len()]);
        let starts = std::iter::once(self.fixed).chain(splices.iter().map(|splice| splice.at));
        let fixed = |(from, to)| self.segments.fixed.get::<std::ops::Range<usize>>(from..to);
        let parts = starts.zip(ends).map(move |range| fixed(range).unwrap_or_default());
        let gone = std::iter::once(self.within).chain(std::iter::repeat(0));
        let pieces = splices.iter().map(|splice| splice.piece.as_ref());
        let pieces = pieces.zip(gone).map(|(piece, gone)| piece.get(gone..).unwrap_or_default());
        let both = parts.zip(pieces.chain([&[][..]]));
        both.flat_map(|(part, piece)| [part, piece]).filter(|segment| !segment.is_empty())
    }

    /// Takes up to `count` bytes of the segment in front, and says how many they were.
    fn step(&mut self, count: usize) -> usize {
        let splice = self.segments.splices.get(self.spliced);
        let end = splice.map_or(self.segments.fixed.len(), |splice| splice.at);
        let before = end.saturating_sub(self.fixed);
        if before > 0 {
            let step = before.min(count);
            self.fixed += step;
            return step;
        }
        let left = splice.map_or(0, |splice| splice.piece.len().saturating_sub(self.within));
        let step = left.min(count);
        self.within += step;
        if step == left {
            self.spliced += 1;
            self.within = 0;
        }
        step
    }
}

impl Buf for SegmentsBuf {
    fn remaining(&self) -> usize {
        self.remaining
    }

    fn chunk(&self) -> &[u8] {
        self.rest().next().unwrap_or_default()
    }

    /// Advances by at most what is left; more is ignored rather than a reason to panic.
    fn advance(&mut self, count: usize) {
        let mut left = count.min(self.remaining);
        self.remaining -= left;
        while left > 0 {
            left -= self.step(left);
        }
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let pairs = slices.iter_mut().zip(self.rest());
        pairs.map(|(slice, segment)| *slice = IoSlice::new(segment)).count()
    }
}
