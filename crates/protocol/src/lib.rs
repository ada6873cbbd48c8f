#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod api;
pub mod catalogue;
mod generated;
#[cfg(feature = "json")]
pub mod json;
pub mod message;
pub mod records;
pub mod segments;

pub use api::{ApiInfo, ApiKey, Listener};
pub use generated::*;
pub use message::{Message, Request, Response, VersionRange, decode, decode_exact, encode};
pub use records::Records;
pub use segments::Segments;
