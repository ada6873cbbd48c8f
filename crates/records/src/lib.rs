#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod checksum;
pub mod compression;
pub mod error;
pub mod layout;
pub mod legacy;
pub mod view;

mod cursor;

pub use error::{BatchError, BatchErrorKind};
