//! The write side: frames in a row, and how much of them was handed over and has left.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::Buf as _;
use klamm_protocol::Segments;
use klamm_protocol::segments::SegmentsBuf;
use zeroize::Zeroizing;

/// One frame, or what is left of it.
enum Frame {
    /// Pieces of records stand in it as they were handed in.
    Open(SegmentsBuf),
    /// There is a secret in it, which is overwritten once the writer has it.
    Sealed(Zeroizing<Vec<u8>>, usize),
}

/// Frames on their way to the writer.
///
/// Places in the stream are counted from its beginning: `flushed <= handed <= queued`.
#[derive(Default)]
pub(super) struct Outbox {
    frames: VecDeque<Frame>,
    queued: u64,
    handed: u64,
    flushed: u64,
}

impl Outbox {
    /// Puts a frame behind the others; where it ends.
    pub(super) fn push(&mut self, frame: Segments) -> u64 {
        let len = frame.len();
        self.put(Frame::Open(frame.into_buf()), len)
    }

    /// The same for a frame with a secret in it.
    pub(super) fn push_sealed(&mut self, frame: Zeroizing<Vec<u8>>) -> u64 {
        let len = frame.len();
        self.put(Frame::Sealed(frame, 0), len)
    }

    fn put(&mut self, frame: Frame, len: usize) -> u64 {
        if len > 0 {
            self.frames.push_back(frame);
            self.queued = self.queued.saturating_add(wide(len));
        }
        self.queued
    }

    /// Whether the writer has all there is.
    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Fills slices with what is next, across frames; how many.
    pub(super) fn chunks<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let mut filled = 0usize;
        for frame in &self.frames {
            let Some(free) = slices.get_mut(filled..).filter(|free| !free.is_empty()) else {
                break;
            };
            filled = filled.saturating_add(frame.chunks(free));
        }
        filled
    }

    /// The writer took so many bytes; of more than there are, those that there are.
    pub(super) fn hand(&mut self, count: usize) {
        let mut left = count;
        while left > 0
            && let Some(frame) = self.frames.front_mut()
        {
            let step = left.min(frame.remaining());
            frame.advance(step);
            left = left.saturating_sub(step);
            self.handed = self.handed.saturating_add(wide(step));
            if frame.remaining() == 0 {
                self.frames.pop_front();
            }
        }
    }

    /// Takes out the frame that ends at a place, of which nothing was handed over.
    pub(super) fn take_out(&mut self, end: u64) {
        let mut at = self.handed;
        let is_it = |frame: &Frame| {
            at = at.saturating_add(wide(frame.remaining()));
            at == end
        };
        let found = self.frames.iter().position(is_it);
        if let Some(frame) = found.and_then(|place| self.frames.remove(place)) {
            self.queued = self.queued.saturating_sub(wide(frame.remaining()));
        }
    }

    /// What was handed over has left.
    pub(super) fn flush(&mut self) {
        self.flushed = self.handed;
    }

    /// Up to where the writer has the stream.
    pub(super) const fn handed(&self) -> u64 {
        self.handed
    }

    /// Up to where the stream has left.
    pub(super) const fn flushed(&self) -> u64 {
        self.flushed
    }

    /// Lets go of what was not handed over.
    pub(super) fn clear(&mut self) {
        self.frames = VecDeque::new();
    }
}

impl Frame {
    fn remaining(&self) -> usize {
        match self {
            Self::Open(frame) => frame.remaining(),
            Self::Sealed(frame, at) => frame.len().saturating_sub(*at),
        }
    }

    fn advance(&mut self, count: usize) {
        match self {
            Self::Open(frame) => frame.advance(count),
            Self::Sealed(_, at) => *at = at.saturating_add(count),
        }
    }

    fn chunks<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        match self {
            Self::Open(frame) => frame.chunks_vectored(slices),
            Self::Sealed(frame, at) => {
                let rest = frame.get(*at..).filter(|rest| !rest.is_empty());
                let pairs = slices.iter_mut().zip(rest);
                pairs.map(|(slice, rest)| *slice = IoSlice::new(rest)).count()
            }
        }
    }
}

/// A length as a place in the stream is counted.
fn wide(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use klamm_wire::Writer;

    fn frame(text: &[u8]) -> Segments {
        let (head, tail) = text.split_at(text.len() / 2);
        let mut writer = Writer::with_capacity(text.len());
        writer.raw(head);
        writer.splice(bytes::Bytes::copy_from_slice(tail));
        Segments::from(writer)
    }

    fn shown(outbox: &Outbox, slices: usize) -> Vec<u8> {
        let mut space = vec![IoSlice::new(&[]); slices];
        let filled = outbox.chunks(&mut space);
        space.iter().take(filled).flat_map(|slice| slice.to_vec()).collect()
    }

    #[test]
    fn one_write_reaches_across_frames_however_little_is_taken() {
        let whole = b"first.secret.third.";
        for step in 1..=whole.len() {
            let mut outbox = Outbox::default();
            assert_eq!(outbox.push(frame(b"first.")), 6);
            assert_eq!(outbox.push_sealed(Zeroizing::new(b"secret.".to_vec())), 13);
            assert_eq!(outbox.push(frame(b"third.")), 19);
            let mut out = Vec::new();
            while !outbox.is_empty() {
                assert_eq!(shown(&outbox, 8), whole.get(out.len()..).unwrap_or_default());
                let one = shown(&outbox, 2);
                let taken = step.min(one.len());
                out.extend_from_slice(&one[..taken]);
                outbox.hand(taken);
                assert_eq!(outbox.handed(), out.len() as u64);
            }
            assert_eq!(out, whole);
        }
    }

    #[test]
    fn more_than_there_is_counts_as_all() {
        let mut outbox = Outbox::default();
        outbox.push(frame(b"four"));
        outbox.hand(usize::MAX);
        outbox.flush();
        outbox.hand(9);
        assert_eq!((outbox.handed(), outbox.flushed(), outbox.is_empty()), (4, 4, true));
        assert_eq!(outbox.chunks(&mut [IoSlice::new(&[]); 2]), 0);
    }

    #[test]
    fn records_are_shown_where_they_lie() {
        let records = bytes::Bytes::from_static(b"never copied");
        let mut writer = Writer::with_capacity(4);
        writer.raw(b"head");
        writer.splice(records.clone());
        let mut outbox = Outbox::default();
        outbox.push(Segments::from(writer));
        outbox.hand(6);
        let mut space = [IoSlice::new(&[]); 1];
        assert_eq!(outbox.chunks(&mut space), 1);
        assert_eq!(space[0].as_ptr(), records[2..].as_ptr());
    }
}
