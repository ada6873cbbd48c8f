//! TLS over any stream of bytes: whom to believe, who we are, and why it failed, in facts.
//!
//! [`Connector::new`] reads the settings and their files once; [`Connector::connect`] agrees on TLS
//! with one peer. Whatever goes wrong is a [`TlsFailure`](klamm_cluster::TlsFailure). There are no
//! time limits here: who waits too long drops the future.
//!
//! A refusal of our certificate comes after the handshake of TLS 1.3, as an error of the first
//! read: [`failure_of`] finds it there.

mod alerts;
mod connector;
mod der;
mod facts;
mod failure;
mod identity;
mod key_log;
mod lines;
mod looks;
mod moment;
mod pem;
mod provider;
mod roots;
mod spy;
mod stream;
mod verify;

#[cfg(feature = "encrypted-keys")]
mod encrypted;

pub use connector::{Connector, Refusal};
pub use facts::CertificateFacts;
pub use failure::failure_of;
pub use moment::Moment;
pub use provider::{Architecture, CpuFeatures, choose, probe};
pub use stream::{BUFFER_LIMIT, Peer, TlsStream};

#[cfg(test)]
mod tests;
