//! Frames: a head that tells the length of the content, and blocks.

use std::ops::Range;

use super::block::{Block, Blocks, MOST};
use super::literals::put;
use super::parsed::Parsed;

const MAGIC: u32 = 0xfd2f_b528;
const SINGLE_SEGMENT: u8 = 0x20;
/// The smallest window that a frame can name.
const LEAST_WINDOW: usize = 1 << 10;
/// The last one, stored.
const EMPTY_BLOCK: [u8; 3] = [1, 0, 0];

/// Whoever finds the steps of the blocks, each in turn.
pub(super) type Parse<'p> = dyn FnMut(Range<usize>, &mut Parsed) + 'p;

/// What a frame is made of.
pub(super) struct Frame<'a> {
    pub(super) input: &'a [u8],
    /// How far back a distance reaches: a power of two, or the whole input.
    pub(super) window: usize,
    /// Whether literals may stand in codes.
    pub(super) has_codes: bool,
}

/// What is reused from frame to frame.
#[derive(Debug)]
pub(super) struct FrameWriter {
    blocks: Blocks,
    parsed: Parsed,
}

impl FrameWriter {
    pub(super) fn new() -> Self {
        Self { blocks: Blocks::new(), parsed: Parsed::default() }
    }

    /// Writes a frame to the front of `output`: its length, or `None` for lack of room.
    pub(super) fn write(
        &mut self,
        frame: &Frame<'_>,
        parse: &mut Parse<'_>,
        output: &mut [u8],
    ) -> Option<usize> {
        self.blocks.start_frame();
        let mut place = frame.write_head(output)?;
        if frame.input.is_empty() {
            return put(output, place, &EMPTY_BLOCK);
        }
        let mut start = 0;
        for bytes in frame.input.chunks(frame.window.clamp(1, MOST)) {
            let end = start + bytes.len();
            parse(start..end, &mut self.parsed);
            let block = Block {
                bytes,
                is_first: start == 0,
                is_last: end == frame.input.len(),
                has_codes: frame.has_codes,
            };
            place = self.blocks.write(&block, &self.parsed, output, place)?;
            start = end;
        }
        Some(place)
    }
}

impl Frame<'_> {
    fn write_head(&self, output: &mut [u8]) -> Option<usize> {
        let place = put(output, 0, &MAGIC.to_le_bytes())?;
        let len = self.input.len();
        let is_single = len <= self.window;
        let (flag, bytes, content) = match len as u64 {
            len @ 0..256 if is_single => (0, 1, len),
            len @ 256..65_792 => (1, 2, len - 256),
            len @ 0..0x1_0000_0000 => (2, 4, len),
            len => (3, 8, len),
        };
        let place = if is_single {
            put(output, place, &[flag << 6 | SINGLE_SEGMENT])?
        } else {
            let log = self.window.max(LEAST_WINDOW).next_power_of_two().ilog2() - 10;
            put(output, place, &[flag << 6, log.to_le_bytes()[0] << 3])?
        };
        put(output, place, content.to_le_bytes().get(..bytes)?)
    }
}
