//! The encoder: one frame for each call, with tables that are kept.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};

use structured_zstd::encoding::{CompressionLevel, FrameCompressor};

use super::super::compress::Compressor;

/// The level of a batch that names none, as Java has it; 0 is another name for it.
const DEFAULT_LEVEL: i32 = 3;
/// How the encoder searches at the default level. Its own level 3 takes twice as long as this one
/// and makes JSON and log lines longer, other data up to 5 % shorter; `CODECS.md` has the figures.
const DEFAULT_SEARCH: i32 = 2;

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

    /// Compresses into the frame; an encoder that panics is replaced by a new one.
    fn compress(&mut self, input: &[u8], level: i32) -> Result<&[u8], &'static str> {
        let mut state = AssertUnwindSafe(&mut *self);
        match panic::catch_unwind(move || state.compress_or_panic(input, level)) {
            Ok(()) => Ok(&self.frame),
            Err(_) => {
                *self = Self::new();
                Err("it panicked")
            }
        }
    }

    fn compress_or_panic(&mut self, input: &[u8], level: i32) {
        let level = if matches!(level, 0 | DEFAULT_LEVEL) { DEFAULT_SEARCH } else { level };
        let wanted = CompressionLevel::from_level(level);
        let (kept, encoder) =
            self.encoder.get_or_insert_with(|| (level, Box::new(FrameCompressor::new(wanted))));
        if *kept != level {
            *kept = level;
            encoder.set_compression_level(wanted);
        }
        encoder.compress_independent_frame_into(input, &mut self.frame);
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
            let frame = state.compress(input, level.unwrap_or(DEFAULT_LEVEL))?;
            let fits = output.get_mut(..frame.len()).map(|front| front.copy_from_slice(frame));
            Ok(fits.map(|()| frame.len()))
        })
    }
}
