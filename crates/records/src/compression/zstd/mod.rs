//! Zstandard frames, RFC 8878, without C: the encoder is a crate, the decoder our own.

mod encoder;
#[allow(dead_code, reason = "the writer of blocks is to use it")]
mod parsed;
#[allow(dead_code, reason = "the writer of blocks is to use it")]
mod search;

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
