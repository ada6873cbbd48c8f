#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(clippy::arithmetic_side_effects)]

pub mod admin;
pub mod call;
pub mod engine;
pub mod failure;
pub mod metrics;
pub mod probe;
pub mod settings;

mod calls;
mod loads;
mod open;
mod outbox;
mod parts;
mod pulls;
mod topics;
mod translate;
mod trouble;

pub use call::{Call, Offset, Reply};
pub use engine::Engine;
pub use failure::{Failure, TopicError};
pub use settings::Settings;

/// What is appended to, with this engine's failures.
pub type Topic = klamm_batching::Topic<Failure>;
/// What all topics share, with this engine's failures.
pub type Accumulator = klamm_batching::Accumulator<Failure>;
/// A record's end, with this engine's failures.
pub type Delivery = klamm_batching::Delivery<Failure>;
/// Encoding work, with this engine's failures.
pub type Job = klamm_batching::Job<Failure>;

pub use klamm_batching as batching;
pub use klamm_cluster as cluster;
pub use klamm_idempotence as idempotence;
pub use klamm_records as records;
pub use klamm_wire as wire;
