//! Zstandard frames, RFC 8878, without C.
#![deny(clippy::arithmetic_side_effects)]

mod encoder;

use structured_zstd::decoding::FrameDecoder;

pub(super) use self::encoder::ZstdCompressor;
use super::decompress::{DecompressErrorKind, Decompressor};

#[derive(Default)]
pub(super) struct ZstdDecompressor;

impl Decompressor for ZstdDecompressor {
    fn expected(&self, input: &[u8]) -> usize {
        input.len().saturating_mul(8)
    }

    fn decompress(
        &mut self,
        input: &[u8],
        output: &mut [u8],
    ) -> Result<Option<usize>, DecompressErrorKind> {
        match FrameDecoder::new().decode_all(input, output) {
            Ok(len) => Ok(Some(len)),
            Err(_) => Err(DecompressErrorKind::Malformed("an invalid frame")),
        }
    }
}
