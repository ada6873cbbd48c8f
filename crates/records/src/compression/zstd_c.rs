//! Zstandard by the C library, in the place of what is written in Rust.
#![deny(clippy::arithmetic_side_effects)]

use zstd_safe::{CCtx, CParameter, DCtx, compress_bound, get_frame_content_size};

use super::compress::Compressor;
use super::decompress::{DecompressErrorKind, Decompressor};
use super::unzstd;

/// The level of a batch that names none, as Java has it.
const DEFAULT_LEVEL: i32 = 3;
/// A stream is expected to expand this much at most, or to fill a block, whatever it claims.
const LIKELY_EXPANSION: usize = 12;
/// See [`LIKELY_EXPANSION`].
const BLOCK: usize = 128 * 1_024;

/// The library's errors are their numbers, below zero.
mod code {
    pub(super) const UNSUPPORTED: usize = 14_usize.wrapping_neg();
    pub(super) const WINDOW_TOO_LARGE: usize = 16_usize.wrapping_neg();
    pub(super) const CHECKSUM: usize = 22_usize.wrapping_neg();
    pub(super) const DICTIONARY: usize = 32_usize.wrapping_neg();
    pub(super) const NO_ROOM: usize = 70_usize.wrapping_neg();
    pub(super) const TRUNCATED: usize = 72_usize.wrapping_neg();
}

/// The library's context, which keeps its tables, and the frame that it wrote last.
pub(super) struct ZstdCompressor {
    context: CCtx<'static>,
    /// As long as the worst case: in less the library may fail although the frame would fit.
    frame: Vec<u8>,
}

impl Default for ZstdCompressor {
    fn default() -> Self {
        Self { context: CCtx::create(), frame: Vec::new() }
    }
}

impl Compressor for ZstdCompressor {
    fn compress(
        &mut self,
        input: &[u8],
        level: Option<i32>,
        output: &mut [u8],
    ) -> Result<Option<usize>, &'static str> {
        let level = CParameter::CompressionLevel(level.unwrap_or(DEFAULT_LEVEL));
        self.context.set_parameter(level).map_err(zstd_safe::get_error_name)?;
        let bound = compress_bound(input.len());
        if self.frame.len() < bound {
            self.frame.resize(bound, 0);
        }
        let frame = self.frame.as_mut_slice();
        let len = self.context.compress2(frame, input).map_err(zstd_safe::get_error_name)?;
        let place = output.get_mut(..len).zip(self.frame.get(..len));
        Ok(place.map(|(to, from)| {
            to.copy_from_slice(from);
            len
        }))
    }
}

/// The library's context. It decompresses into the output, and needs no window.
pub(super) struct ZstdDecompressor {
    context: DCtx<'static>,
}

impl Default for ZstdDecompressor {
    fn default() -> Self {
        Self { context: DCtx::create() }
    }
}

impl Decompressor for ZstdDecompressor {
    fn expected(&self, input: &[u8]) -> usize {
        let likely = input.len().saturating_mul(LIKELY_EXPANSION).max(BLOCK);
        match get_frame_content_size(input) {
            Ok(Some(claimed)) => usize::try_from(claimed).unwrap_or(usize::MAX).min(likely),
            Ok(None) | Err(_) => likely,
        }
    }

    fn decompress(
        &mut self,
        input: &[u8],
        output: &mut [u8],
    ) -> Result<Option<usize>, DecompressErrorKind> {
        // In one call the library takes any window, and nothing at all for a frame.
        unzstd::check_head(input)?;
        match self.context.decompress(output, input) {
            Ok(len) => Ok(Some(len)),
            Err(code::NO_ROOM) => Ok(None),
            Err(code::TRUNCATED) => Err(DecompressErrorKind::Truncated),
            Err(code::CHECKSUM) => Err(DecompressErrorKind::Checksum),
            Err(code @ (code::DICTIONARY | code::UNSUPPORTED | code::WINDOW_TOO_LARGE)) => {
                Err(DecompressErrorKind::Unsupported(zstd_safe::get_error_name(code)))
            }
            Err(code) => Err(DecompressErrorKind::Malformed(zstd_safe::get_error_name(code))),
        }
    }
}
