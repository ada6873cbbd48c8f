#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(clippy::arithmetic_side_effects)]

pub mod explain;
pub mod properties;
pub mod source;
pub mod token;

mod assemble;
mod config;
mod draft;
mod error;
mod family;
mod given;
mod jaas;
mod nearest;
mod producing;
mod proxy;
mod read;
mod row;
mod table;
mod warning;

pub use config::{Config, Later, Options};
pub use error::ConfigError;
pub use explain::Explanation;
pub use family::Family;
pub use producing::Producing;
pub use source::{Origin, Source};
pub use token::{Claim, TokenSource, UnsecuredToken};
pub use warning::Warning;

#[cfg(test)]
mod tests;
