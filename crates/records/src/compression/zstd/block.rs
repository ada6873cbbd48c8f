//! Blocks: as they are, one byte that is repeated, or compressed.

use std::ops::Range;

use super::literals::{Literals, put};
use super::parsed::Parsed;
use super::sequences::Sequences;

/// The longest block.
pub(super) const MOST: usize = 1 << 17;
/// What is written beyond a block that becomes longer before that is noticed.
const SLACK: usize = 32;

const STORED: u32 = 0;
const REPEATED: u32 = 1;
const COMPRESSED: u32 = 2;

/// What blocks of one frame pass on to each other, and room for one of them.
#[derive(Debug)]
pub(super) struct Blocks {
    literals: Literals,
    sequences: Sequences,
    buffer: Vec<u8>,
}

impl Blocks {
    pub(super) fn new() -> Self {
        Self { literals: Literals::new(), sequences: Sequences::new(), buffer: Vec::new() }
    }

    pub(super) const fn start_frame(&mut self) {
        self.literals.start_frame();
        self.sequences.start_frame();
    }

    /// Writes a block from `place` on, in the shortest form: the place behind it, or `None` for
    /// lack of room.
    pub(super) fn write(
        &mut self,
        block: &Block<'_>,
        parsed: &Parsed,
        output: &mut [u8],
        place: usize,
    ) -> Option<usize> {
        let bytes = block.bytes;
        // Programs of before 2019 cannot read on behind a first block that is repeated.
        if let Some(byte) = repeated(bytes).filter(|_| !block.is_first) {
            let place = put_head(output, place, block.head(REPEATED, bytes.len()))?;
            return put(output, place, &[byte]);
        }
        if let Some(range) = self.compress(parsed, block) {
            let place = put_head(output, place, block.head(COMPRESSED, range.len()))?;
            let end = put(output, place, self.buffer.get(range)?)?;
            self.literals.keep();
            self.sequences.keep();
            return Some(end);
        }
        let place = put_head(output, place, block.head(STORED, bytes.len()))?;
        put(output, place, bytes)
    }

    /// Compresses into the buffer, if that is shorter.
    fn compress(&mut self, parsed: &Parsed, block: &Block<'_>) -> Option<Range<usize>> {
        let room = block.bytes.len() + SLACK;
        if self.buffer.len() < room {
            self.buffer.resize(room.next_power_of_two().min(MOST + SLACK), 0);
        }
        let buffer = self.buffer.get_mut(..room)?;
        let place = self.literals.write(&parsed.literals, block.has_codes, buffer, 0)?;
        let end = self.sequences.write(&parsed.steps, buffer, place)?;
        (end < block.bytes.len()).then_some(0..end)
    }
}

/// A block of a frame.
pub(super) struct Block<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) is_first: bool,
    pub(super) is_last: bool,
    /// Whether its literals may stand in codes.
    pub(super) has_codes: bool,
}

impl Block<'_> {
    fn head(&self, kind: u32, len: usize) -> u32 {
        // At most 2¹⁷.
        let len = u32::try_from(len).unwrap_or(0);
        u32::from(self.is_last) | kind << 1 | len << 3
    }
}

fn put_head(output: &mut [u8], place: usize, head: u32) -> Option<usize> {
    let [head @ .., _] = head.to_le_bytes();
    put(output, place, &head)
}

/// The byte that a block repeats, if it is nothing else and longer than that takes.
fn repeated(bytes: &[u8]) -> Option<u8> {
    let (first, rest) = bytes.split_first()?;
    (!rest.is_empty() && rest == bytes.get(..rest.len())?).then_some(*first)
}
