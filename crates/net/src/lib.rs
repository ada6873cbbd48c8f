#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod client;
pub mod dial;
pub mod driver;
pub mod settings;
#[cfg(feature = "tls")]
pub mod tls;

pub use client::{Answer, Client, Listener, StartError};
pub use dial::{Connector, TcpConnector, Transport};
pub use driver::{Driver, Knocker, Remote, ShellClock};
pub use settings::{BoxFuture, ShellSettings, TokenProvider};
