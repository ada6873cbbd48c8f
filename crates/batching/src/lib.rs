#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(clippy::arithmetic_side_effects)]

pub mod completion;
pub mod doorbell;
pub mod job;
pub mod memory;
pub mod names;
pub mod notes;
pub mod partitioner;
pub mod settings;
pub mod sizing;
pub mod slot;
pub mod topic;

mod accumulator;
mod shared;
mod sync;

pub use accumulator::{Accumulator, Surroundings};
pub use completion::{Completion, Delivery, Receipt, Resolution, Written};
pub use doorbell::Bell;
pub use job::Job;
pub use memory::{Budget, Permit};
pub use names::{Generation, Tag, Ticket};
pub use notes::{Left, Note, Outlet, SettledBatch};
pub use partitioner::Partitioner;
pub use settings::Settings;
pub use slot::{Append, News, Ready, Refused, Slot, Why};
pub use topic::{PartitionView, Topic, TopicView};
