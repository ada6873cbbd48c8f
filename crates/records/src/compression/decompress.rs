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

/// The longest buffer that is kept between streams that need much less.
const KEPT_BUFFER: usize = 1024 * 1024;
/// What "much less" means.
const MUCH_LESS: usize = 4;

/// The state of all decoders and a buffer, made when they are first needed and reused from then on.
///
/// A buffer above 1 MiB is given back when a stream comes that seems to need less than a quarter of
/// it. While a stream is read there is never more than one buffer, and none above the caller's
/// limit is made: one that turns out too short is freed before its successor is made, and reading
/// begins again.
#[derive(Default)]
pub struct Decompressors {
    /// By the codec's number.
    made: [Option<Box<dyn Decompressor + Send>>; Codec::ALL.len()],
    /// Initialised to its end, so that nothing has to be cleared when it is reused.
    buffer: Vec<u8>,
}

impl fmt::Debug for Decompressors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made = Codec::ALL.into_iter().zip(&self.made).filter(|(_, made)| made.is_some());
        f.debug_struct("Decompressors")
            .field("made", &made.map(|(codec, _)| codec).collect::<Vec<_>>())
            .field("buffer", &self.buffer.len())
            .finish()
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
        input: &[u8],
        cap: usize,
    ) -> Result<&[u8], DecompressError> {
        let Self { made, buffer } = self;
        let decompressed = match (codec, made.get_mut(usize::from(codec.id()))) {
            (Codec::None, _) => copied(input, buffer, cap),
            (_, None) => Err(DecompressErrorKind::NotBuiltIn),
            (_, Some(made)) => {
                if made.is_none() {
                    *made = new_decompressor(codec);
                }
                match made {
                    Some(made) => within(made.as_mut(), input, buffer, cap),
                    None => Err(DecompressErrorKind::NotBuiltIn),
                }
            }
        };
        self.result(codec, decompressed)
    }

    /// Like [`decompress`](Self::decompress), for batches of magic 0: there the checksum in the
    /// header of an LZ4 frame covers the frame's magic number as well, and Java ignores it.
    pub(crate) fn decompress_magic_0(
        &mut self,
        codec: Codec,
        input: &[u8],
        cap: usize,
    ) -> Result<&[u8], DecompressError> {
        #[cfg(feature = "lz4")]
        if codec == Codec::Lz4 {
            use super::lz4::{HeaderChecksum, Lz4Decompressor};

            let mut lenient = Lz4Decompressor::new(HeaderChecksum::Ignored);
            let decompressed = within(&mut lenient, input, &mut self.buffer, cap);
            return self.result(codec, decompressed);
        }
        self.decompress(codec, input, cap)
    }

    fn result(
        &self,
        codec: Codec,
        decompressed: Result<usize, DecompressErrorKind>,
    ) -> Result<&[u8], DecompressError> {
        match decompressed {
            Ok(len) => Ok(self.buffer.get(..len).unwrap_or_default()),
            Err(kind) => Err(DecompressError { codec, kind }),
        }
    }
}

/// Decompresses with a decoder of the caller's: the length, within the buffer.
fn within(
    decompressor: &mut dyn Decompressor,
    input: &[u8],
    buffer: &mut Vec<u8>,
    cap: usize,
) -> Result<usize, DecompressErrorKind> {
    let mut wanted = decompressor.expected(input).min(cap);
    loop {
        prepare(buffer, wanted);
        let room = buffer.len().min(cap);
        let space = buffer.get_mut(..room).unwrap_or_default();
        match decompressor.decompress(input, space)? {
            Some(len) => return Ok(len),
            None if room >= cap => return Err(DecompressErrorKind::OverCap { cap }),
            None => wanted = room.saturating_mul(2).max(LEAST_BUFFER).min(cap),
        }
    }
}

/// No buffer is made shorter than this unless it is known to be enough.
const LEAST_BUFFER: usize = 1024;

/// Makes the buffer at least as long as wanted, and not much longer if it is long.
fn prepare(buffer: &mut Vec<u8>, wanted: usize) {
    let is_wasteful = buffer.len() > KEPT_BUFFER && wanted < buffer.len().wrapping_div(MUCH_LESS);
    if buffer.len() < wanted || is_wasteful {
        // The old one goes first: both together could be more than the caller allows.
        *buffer = Vec::new();
        *buffer = vec![0; wanted];
    }
}

/// Copies what is not compressed.
fn copied(input: &[u8], buffer: &mut Vec<u8>, cap: usize) -> Result<usize, DecompressErrorKind> {
    if input.len() > cap {
        return Err(DecompressErrorKind::OverCap { cap });
    }
    prepare(buffer, input.len());
    if let Some(front) = buffer.get_mut(..input.len()) {
        front.copy_from_slice(input);
    }
    Ok(input.len())
}

/// New state of a codec, if this build has it.
fn new_decompressor(codec: Codec) -> Option<Box<dyn Decompressor + Send>> {
    match codec {
        Codec::None => None,
        #[cfg(feature = "gzip")]
        Codec::Gzip => Some(Box::<super::gzip::GzipDecompressor>::default()),
        #[cfg(feature = "snappy")]
        Codec::Snappy => Some(Box::<super::snappy::SnappyDecompressor>::default()),
        #[cfg(feature = "lz4")]
        Codec::Lz4 => Some(Box::<super::lz4::Lz4Decompressor>::default()),
        #[cfg(any(feature = "zstd", feature = "zstd-c"))]
        Codec::Zstd => Some(Box::<super::zstd::ZstdDecompressor>::default()),
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
