//! Sockets and clocks around a [`Cluster`](crate::Cluster): the only impure module.
//!
//! [`TestCluster`] is the face: a builder, addresses, and handles for what a test does to a
//! cluster. Everything runs on the tokio runtime it was started on and ends when it is dropped.

mod builder;
mod connection;
mod hub;
mod listening;
mod null;
mod orders;
#[cfg(test)]
mod tests;
#[cfg(feature = "tls")]
mod tls;
#[cfg(not(feature = "tls"))]
#[path = "without_tls.rs"]
mod tls;

pub use builder::{Builder, Certificate, ClientAuth, StartError};
pub use orders::TestCluster;
