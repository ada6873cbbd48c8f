#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod checksum;
pub mod compression;
pub mod encoded;
pub mod error;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub mod layout;
pub mod legacy;
pub mod open;
pub mod pool;
pub mod raw;
pub mod record;
pub mod split;
pub mod stamped;
pub mod view;

mod cursor;
mod sync;

pub use compression::{Codec, Compression, Compressors, Decompressors};
pub use encoded::EncodedBatch;

pub use error::{BatchError, BatchErrorKind};
pub use layout::BatchHeader;
pub use open::{Appended, OpenBatch, Refused};
pub use pool::{Buffer, BufferPool, Meter};
pub use raw::{EncodeFailure, Encoder, RawBatch};
pub use record::{Header, Record};
pub use split::SplitError;
pub use stamped::{Identity, Stamp, Stamped};
pub use view::{BatchView, Checksum, Entry, RecordSet, RecordView};
