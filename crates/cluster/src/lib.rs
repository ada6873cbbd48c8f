#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(clippy::arithmetic_side_effects)]

pub mod address;
pub mod cluster;
pub mod connection;
pub mod coordinators;
pub mod dial;
pub mod dice;
pub mod drive;
pub mod failure;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub mod metadata;
pub mod names;
pub mod request;
pub mod sasl;
pub mod secret;
pub mod settings;
pub mod transport;

pub use address::{Address, AddressError, HostPort};
pub use cluster::{Cluster, News};
pub use drive::{Command, DnsLookup, Drive, Event};
pub use failure::{Blame, Cause, ConnFailure, Fate, Reason, RequestFailure, Stage, TlsFailure};
pub use names::{ConnId, LookupId, RequestId};
pub use request::{Asking, CoordinatorKey, Destination, Head, Payload, Typed};
pub use secret::Secret;
pub use settings::Settings;
pub use transport::TransportSettings;

pub use klamm_protocol::frame::ResponseFrame;
