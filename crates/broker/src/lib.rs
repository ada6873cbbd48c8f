#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod api;
pub mod cluster;
pub mod defects;
pub mod faults;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod group;
mod log;
#[cfg(feature = "server")]
pub mod null;
pub mod personas;
pub mod security;
#[cfg(feature = "server")]
pub mod server;
#[cfg(test)]
mod testing;
pub mod topic;
mod txn;

pub use cluster::{Cluster, ClusterSettings, ConnectionId, Output};
pub use defects::{Defect, Defects};
pub use personas::Persona;
pub use topic::{TopicPartition, TopicSettings};
