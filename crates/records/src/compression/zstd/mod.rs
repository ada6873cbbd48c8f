//! Zstandard frames, RFC 8878: a search for repetitions, and a writer of what it finds.
//!
//! The decoder stands beside it and shares nothing with it, so that no error hides on both sides.

mod bits;
mod block;
mod encoder;
mod frame;
mod fse;
mod huffman;
mod literals;
mod parsed;
mod search;
mod sequences;

#[cfg(test)]
mod tests;

pub(super) use self::encoder::ZstdCompressor;
use super::decompress::{DecompressErrorKind, Decompressor};
use super::unzstd::{self, FrameDecoder};

/// The decoder that meets what others wrote: safe code that fills the caller's slice.
#[derive(Default)]
pub(super) struct ZstdDecompressor(FrameDecoder);

impl Decompressor for ZstdDecompressor {
    fn expected(&self, input: &[u8]) -> usize {
        unzstd::expected(input)
    }

    fn decompress(
        &mut self,
        input: &[u8],
        output: &mut [u8],
    ) -> Result<Option<usize>, DecompressErrorKind> {
        self.0.decompress(input, output)
    }
}
