//! The encoder: one frame for each call, with tables that are kept.

use std::cell::RefCell;

use structured_zstd::encoding::{CompressionLevel, FrameCompressor};

use super::super::compress::Compressor;

/// The level of a batch that names none, as Java has it.
const DEFAULT_LEVEL: i32 = 3;

thread_local! {
    /// The encoder's tables belong to the thread, as its type cannot be moved to another one, and
    /// whoever compresses must be.
    static STATE: RefCell<State> = const { RefCell::new(State::new()) };
}

/// An encoder and the frame that it wrote last.
struct State {
    encoder: Option<(i32, Box<FrameCompressor>)>,
    frame: Vec<u8>,
}

impl State {
    const fn new() -> Self {
        Self { encoder: None, frame: Vec::new() }
    }

    /// Compresses into the frame.
    fn compress(&mut self, input: &[u8], level: i32) -> &[u8] {
        let wanted = CompressionLevel::from_level(level);
        let (kept, encoder) =
            self.encoder.get_or_insert_with(|| (level, Box::new(FrameCompressor::new(wanted))));
        if *kept != level {
            *kept = level;
            encoder.set_compression_level(wanted);
        }
        encoder.compress_independent_frame_into(input, &mut self.frame);
        &self.frame
    }
}

/// A handle to the thread's encoder.
#[derive(Debug, Default)]
pub(in super::super) struct ZstdCompressor;

impl Compressor for ZstdCompressor {
    fn compress(
        &mut self,
        input: &[u8],
        level: Option<i32>,
        output: &mut [u8],
    ) -> Result<Option<usize>, &'static str> {
        STATE.with_borrow_mut(|state| {
            let frame = state.compress(input, level.unwrap_or(DEFAULT_LEVEL));
            let fits = output.get_mut(..frame.len()).map(|front| front.copy_from_slice(frame));
            Ok(fits.map(|()| frame.len()))
        })
    }
}
