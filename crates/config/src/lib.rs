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
mod partitioners;
mod producing;
mod profile;
mod proxy;
mod read;
mod row;
mod table;
mod warning;

pub use config::{Config, Options};
pub use error::ConfigError;
pub use explain::Explanation;
pub use family::Family;
pub use producing::Producing;
pub use profile::Profile;
pub use source::{Origin, Source};
pub use token::{Claim, TokenSource, UnsecuredToken};
pub use warning::Warning;

/// Whether the value of a property is for nobody's eyes, by its name, which may be mistyped.
///
/// ```
/// assert!(klamm_config::is_secret("sasl.jaas.config"));
/// assert!(!klamm_config::is_secret("sasl.username"));
/// ```
pub fn is_secret(name: &str) -> bool {
    table::is_secret(name)
}

#[cfg(test)]
mod tests;
