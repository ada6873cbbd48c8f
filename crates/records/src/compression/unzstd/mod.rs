//! A reader of Zstandard frames (RFC 8878) that writes straight into the caller's slice.
//!
//! What was written is the window, so a frame needs no memory beyond its output but the tables
//! and the literals of one block. No input makes it write past the output, and none of the code
//! that meets hostile bytes is unsafe.

mod bits;
mod block;
mod frame;
mod fse;
mod huffman;
mod literals;
mod sequences;
mod xxh64;

#[cfg(test)]
mod tests;

use super::DecompressErrorKind;
use block::BlockDecoder;
#[cfg(any(test, not(feature = "zstd-c")))]
pub(super) use frame::expected;

/// Whether the input starts with a frame, or something skippable, that may be read.
#[cfg(feature = "zstd-c")]
pub(super) fn check_head(input: &[u8]) -> Result<(), DecompressErrorKind> {
    frame::check_head(input).map_err(Fault::told)
}

/// What tests of the encoder read the parts of a block with.
#[cfg(test)]
pub(super) mod parts {
    use super::fse::{Distribution, Limits};
    use super::huffman::Codes;

    /// The points of a distribution of up to 2⁹, their logarithm, and how much was read.
    pub(in super::super) fn points(input: &[u8]) -> (Vec<i16>, u32, usize) {
        let limits = Limits { log: 9, symbol: 52 };
        let (distribution, rest) = Distribution::read(input, limits).unwrap();
        let (points, log) = distribution.parts();
        (points.to_vec(), log, input.len() - rest.len())
    }

    /// The lengths of codes, and how much was read.
    pub(in super::super) fn lengths(input: &[u8]) -> ([u8; 256], usize) {
        let (codes, rest) = Codes::read(input).unwrap();
        (codes.lengths(), input.len() - rest.len())
    }
}

/// What keeps a frame from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The input ends inside the frame.
    Truncated,
    /// A rule of the format is broken.
    Malformed(&'static str),
    /// The content's checksum is another one.
    Checksum,
    /// Nobody may send it in a record batch.
    Unsupported(&'static str),
    /// There is more than the output has room for.
    Full,
}

/// The state of a decoder: tables and a buffer that are reused from block to block.
#[derive(Debug, Default)]
pub(super) struct FrameDecoder {
    blocks: BlockDecoder,
}

impl FrameDecoder {
    /// Writes the content of all frames in `input` to the front of `output`: its length, or `None`
    /// when there is more than the output has room for.
    pub(super) fn decompress(
        &mut self,
        input: &[u8],
        output: &mut [u8],
    ) -> Result<Option<usize>, DecompressErrorKind> {
        match frame::decode_all(&mut self.blocks, input, output) {
            Ok(len) => Ok(Some(len)),
            Err(Fault::Full) => Ok(None),
            Err(fault) => Err(fault.told()),
        }
    }
}

impl Fault {
    /// The fault in the words that all codecs share.
    const fn told(self) -> DecompressErrorKind {
        match self {
            Self::Truncated => DecompressErrorKind::Truncated,
            Self::Checksum => DecompressErrorKind::Checksum,
            Self::Malformed(what) => DecompressErrorKind::Malformed(what),
            Self::Unsupported(what) => DecompressErrorKind::Unsupported(what),
            Self::Full => DecompressErrorKind::Malformed("more content than there is room for"),
        }
    }
}
