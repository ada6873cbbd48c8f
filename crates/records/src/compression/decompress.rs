//! Decompression that never makes more bytes than its caller allows, whatever a stream claims.

use std::fmt;

use super::Codec;

/// What a codec does to get the bytes back; its state is reused from batch to batch.
pub(crate) trait Decompressor {
    /// How many bytes the stream will probably give, by what it says of itself and by what its
    /// length can hold at most. A guess that is too low costs time, one too high memory.
    fn expected(&self, input: &[u8]) -> usize;

    /// Decompresses the whole of `input` into the front of `output`: the length it took, or
    /// `None` when there is more than `output` has room for.
    ///
    /// # Errors
    /// When the stream is malformed.
    fn decompress(
        &mut self,
        input: &[u8],
        output: &mut [u8],
    ) -> Result<Option<usize>, DecompressErrorKind>;
}

/// The state of all decoders and a buffer, made when they are first needed and reused from then on.
#[derive(Default)]
pub struct Decompressors {}

impl fmt::Debug for Decompressors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decompressors").finish_non_exhaustive()
    }
}

impl Decompressors {
    /// No state yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Decompresses `input`, which must not give more than `cap` bytes.
    ///
    /// The result stands in the buffer that the next call reuses.
    ///
    /// # Errors
    /// When the codec is not in this build, the stream is malformed, or it gives more than `cap`.
    pub fn decompress(
        &mut self,
        codec: Codec,
        _input: &[u8],
        _cap: usize,
    ) -> Result<&[u8], DecompressError> {
        Err(DecompressError { codec, kind: DecompressErrorKind::NotBuiltIn })
    }
}

/// Why a stream could not be decompressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecompressError {
    /// The codec whose stream it is.
    pub codec: Codec,
    /// What is wrong.
    pub kind: DecompressErrorKind,
}

/// The ways in which decompression fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecompressErrorKind {
    /// This build was made without the codec.
    NotBuiltIn,
    /// The stream ends before it is complete.
    Truncated,
    /// The stream breaks a rule of its format, which the text names.
    Malformed(&'static str),
    /// A checksum within the stream does not match.
    Checksum,
    /// The stream uses what readers of record batches do not support; the text names it.
    Unsupported(&'static str),
    /// The stream gives more bytes than the caller allows.
    OverCap {
        /// What the caller allows.
        cap: usize,
    },
}

impl fmt::Display for DecompressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.codec, self.kind)
    }
}

impl fmt::Display for DecompressErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBuiltIn => {
                f.write_str("this build lacks the codec: switch on the cargo feature of its name")
            }
            Self::Truncated => f.write_str("the compressed stream ends too early"),
            Self::Malformed(what) => write!(f, "the compressed stream is malformed: {what}"),
            Self::Checksum => f.write_str("a checksum within the compressed stream is wrong"),
            Self::Unsupported(what) => {
                write!(f, "the compressed stream uses what nobody may send: {what}")
            }
            Self::OverCap { cap } => {
                write!(f, "the compressed stream gives more than the {cap} bytes allowed")
            }
        }
    }
}

impl std::error::Error for DecompressError {}
