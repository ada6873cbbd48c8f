//! The five codecs: what they are called, which levels they take, and one door to all of them.
//!
//! Each codec has a file of its own behind two small traits. State is kept and reused from batch to
//! batch: a thread that compresses owns one [`Compressors`], one that reads one [`Decompressors`].
#![doc = include_str!("../../CODECS.md")]

mod codec;
mod compress;
#[cfg(any(feature = "lz4", feature = "zstd", feature = "zstd-c"))]
mod copy;
mod decompress;
#[cfg(feature = "gzip")]
mod gzip;
mod level;
#[cfg(feature = "lz4")]
mod lz4;
#[cfg(feature = "snappy")]
mod snappy;
#[cfg(any(feature = "zstd", feature = "zstd-c"))]
#[cfg_attr(feature = "zstd-c", allow(dead_code, reason = "only heads are read beside C"))]
mod unzstd;
#[cfg(all(feature = "zstd", not(feature = "zstd-c")))]
mod zstd;
#[cfg(feature = "zstd-c")]
#[path = "zstd_c.rs"]
mod zstd;

pub use codec::{Codec, UnknownCodec};
pub use compress::{CompressError, Compressors};
pub use decompress::{DecompressError, DecompressErrorKind, Decompressors};
pub use level::{Compression, LevelEffect, LevelError};
