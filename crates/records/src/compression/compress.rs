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
pub struct Compressors {
    /// By the codec's number.
    made: [Option<Box<dyn Compressor + Send>>; Codec::ALL.len()],
}

impl fmt::Debug for Compressors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made = Codec::ALL.into_iter().zip(&self.made).filter(|(_, made)| made.is_some());
        f.debug_list().entries(made.map(|(codec, _)| codec)).finish()
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
        compression: Compression,
        input: &[u8],
        output: &mut [u8],
    ) -> Result<Option<usize>, CompressError> {
        let codec = compression.codec();
        if codec == Codec::None {
            let fits = output.get_mut(..input.len()).map(|front| front.copy_from_slice(input));
            return Ok(fits.map(|()| input.len()));
        }
        let compressor = self.compressor(codec).ok_or(CompressError::NotBuiltIn(codec))?;
        let compressed = compressor.compress(input, compression.level(), output);
        compressed.map_err(|reason| CompressError::Encoder(codec, reason))
    }

    /// The state of a codec that this build has.
    fn compressor(&mut self, codec: Codec) -> Option<&mut (dyn Compressor + Send)> {
        let made = self.made.get_mut(usize::from(codec.id()))?;
        if made.is_none() {
            *made = new_compressor(codec);
        }
        Some(made.as_mut()?.as_mut())
    }
}

/// New state of a codec, if this build has it.
fn new_compressor(codec: Codec) -> Option<Box<dyn Compressor + Send>> {
    match codec {
        Codec::None => None,
        #[cfg(feature = "gzip")]
        Codec::Gzip => Some(Box::<super::gzip::GzipCompressor>::default()),
        #[cfg(feature = "snappy")]
        Codec::Snappy => Some(Box::<super::snappy::SnappyCompressor>::default()),
        #[cfg(feature = "lz4")]
        Codec::Lz4 => Some(Box::<super::lz4::Lz4Compressor>::default()),
        #[cfg(any(feature = "zstd", feature = "zstd-c"))]
        Codec::Zstd => Some(Box::<super::zstd::ZstdCompressor>::default()),
        #[cfg(not(feature = "gzip"))]
        Codec::Gzip => None,
        #[cfg(not(feature = "snappy"))]
        Codec::Snappy => None,
        #[cfg(not(feature = "lz4"))]
        Codec::Lz4 => None,
        #[cfg(not(any(feature = "zstd", feature = "zstd-c")))]
        Codec::Zstd => None,
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
