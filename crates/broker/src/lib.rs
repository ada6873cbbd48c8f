#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod defects;
mod group;
mod log;
pub mod security;
pub mod topic;
mod txn;

pub use defects::{Defect, Defects};
pub use topic::{TopicPartition, TopicSettings};
