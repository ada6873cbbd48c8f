#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod admin;
pub mod blocking;
pub mod builder;
pub mod check;
pub mod delivery;
pub mod error;
pub mod metrics;
pub mod producer;
pub mod record;
pub mod serialize;
pub mod topic;
pub mod transaction;

mod directory;
mod inner;
mod shell;

pub use builder::Builder;
pub use check::Checked;
pub use delivery::{Acked, Delivery, DeliverySink};
pub use error::{Error, ErrorKind, Fate, RecordFault};
pub use klamm_config::{Config, Family, Options, Source, Warning};
pub use klamm_engine::batching::partitioner::{self, Partitioner};
pub use klamm_engine::records::Header;
pub use metrics::Metrics;
pub use producer::{Closed, Flushed, Producer, TryEnqueue};
pub use record::Record;
pub use topic::Topic;
pub use transaction::{EndError, GroupMember, Offset, Transaction};

/// The front page of the project: its examples compile.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct FrontPage;
