#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod api;
pub mod catalogue;
pub mod frame;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod generated;
#[cfg(feature = "json")]
pub mod json;
pub mod message;
#[cfg(feature = "producer")]
pub mod negotiate;
pub mod records;
pub mod segments;

pub use api::{ApiInfo, ApiKey, Listener};
pub use generated::*;
pub use message::{Message, Request, Response, VersionRange, decode, decode_exact, encode};
pub use records::Records;
pub use segments::Segments;
