//! The encoder: one frame for each call, with tables and buffers that are kept.

use super::super::compress::Compressor;
use super::frame::{Frame, FrameWriter};
use super::search::Search;

/// The level of a batch that names none, as Java has it; 0 is another name for it.
const DEFAULT_LEVEL: i32 = 3;
/// State that was made for content up to this length is kept for good.
const MODEST: usize = 256 << 10;
/// What was made for more is given back after so many inputs in a row that need much less.
const PATIENCE: u32 = 128;

/// Tables, and buffers for the parts of one block.
#[derive(Debug)]
pub(in super::super) struct ZstdCompressor {
    search: Search,
    frames: FrameWriter,
    /// The longest content since the state was made.
    longest: usize,
    /// How many inputs in a row needed less than a quarter of what is kept.
    small_in_row: u32,
}

impl Default for ZstdCompressor {
    fn default() -> Self {
        let (search, frames) = (Search::new(), FrameWriter::new());
        Self { search, frames, longest: 0, small_in_row: 0 }
    }
}

impl Compressor for ZstdCompressor {
    fn compress(
        &mut self,
        input: &[u8],
        level: Option<i32>,
        output: &mut [u8],
    ) -> Result<Option<usize>, &'static str> {
        self.give_back(input.len());
        let level = level.unwrap_or(DEFAULT_LEVEL);
        let Self { search, frames, .. } = self;
        search.begin(level, input.len());
        // Below zero speed is all that counts.
        let frame = Frame { input, window: search.window(), has_codes: level >= 0 };
        let mut parse = |block, parsed: &mut _| search.parse(input, block, parsed);
        Ok(frames.write(&frame, &mut parse, output))
    }
}

impl ZstdCompressor {
    /// Begins anew when too many inputs in a row had no use for what a large one left behind.
    fn give_back(&mut self, len: usize) {
        let is_small = self.longest > MODEST && len < self.longest / 4;
        self.small_in_row = if is_small { self.small_in_row.saturating_add(1) } else { 0 };
        if self.small_in_row > PATIENCE {
            *self = Self::default();
        }
        self.longest = self.longest.max(len);
    }
}
