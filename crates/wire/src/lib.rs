#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod array;
pub mod error;
pub mod error_code;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub mod ids;
pub mod piece;
pub mod reader;
pub mod size;
pub mod tagged;
pub mod time;
pub mod uuid;
pub mod varint;
pub mod writer;

mod cut;

pub use array::{Fixed, FixedArray};
pub use error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind, Field};
pub use error_code::{ErrorClass, ErrorCode};
pub use ids::{Epoch, NodeId, PartitionIndex, ProducerId, Sequence, TopicId};
pub use piece::Piece;
pub use reader::Reader;
pub use size::Sizer;
pub use tagged::{Tagged, UnknownTag, UnknownTags};
pub use time::{Clock, Now, Time, WallMillis};
pub use uuid::{Uuid, UuidError};
pub use writer::{Splice, TagSection, Writer};
