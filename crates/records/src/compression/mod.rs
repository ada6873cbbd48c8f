//! The five codecs: what they are called, which levels they take, and one door to all of them.
//!
//! Each codec has a file of its own behind two small traits. State is kept and reused from batch to
//! batch: a thread that compresses owns one [`Compressors`], one that reads one [`Decompressors`].

mod codec;
mod compress;
mod decompress;
mod level;

pub use codec::{Codec, UnknownCodec};
pub use compress::{CompressError, Compressors};
pub use decompress::{DecompressError, DecompressErrorKind, Decompressors};
pub use level::{Compression, LevelError};
