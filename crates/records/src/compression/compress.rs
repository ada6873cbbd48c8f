//! Compression into a buffer that must be smaller than the input.

use std::fmt;

use super::{Codec, Compression};

/// What a codec does to make bytes fewer; its state is reused from batch to batch.
pub(crate) trait Compressor {
    /// Compresses `input` as one complete stream into the front of `output`: the length it took,
    /// or `None` when `output` is too small for it.
    ///
    /// # Errors
    /// A text from the encoder, which no input should bring about.
    fn compress(
        &mut self,
        input: &[u8],
        level: Option<i32>,
        output: &mut [u8],
    ) -> Result<Option<usize>, &'static str>;
}

/// The state of all encoders, made when it is first needed and reused from then on.
///
/// Owned by whoever compresses, one for each thread.
#[derive(Default)]
pub struct Compressors {}

impl fmt::Debug for Compressors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compressors").finish_non_exhaustive()
    }
}

impl Compressors {
    /// No state yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Compresses `input` into the front of `output`: the length it took, or `None` when it does
    /// not fit there.
    ///
    /// # Errors
    /// When the codec is not in this build, or its encoder fails. Nothing is lost: the input is
    /// untouched.
    pub fn compress(
        &mut self,
        _compression: Compression,
        _input: &[u8],
        _output: &mut [u8],
    ) -> Result<Option<usize>, CompressError> {
        Ok(None)
    }
}

/// Why nothing could be compressed; the input is untouched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompressError {
    /// This build was made without the codec: switch on the cargo feature of its name.
    NotBuiltIn(Codec),
    /// The encoder failed, which is a defect of it.
    Encoder(Codec, &'static str),
}

impl fmt::Display for CompressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBuiltIn(codec) => {
                write!(f, "this build has no {codec}: switch on its cargo feature `{codec}`")
            }
            Self::Encoder(codec, reason) => write!(f, "the {codec} encoder failed: {reason}"),
        }
    }
}

impl std::error::Error for CompressError {}
