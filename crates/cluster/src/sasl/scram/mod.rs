//! SCRAM: both sides show that they know the password, and neither says it.
//!
//! The messages follow each other as types; each is made from the one before it, so that none can
//! be left out. There is no channel binding, which Kafka's brokers do not offer.

mod client_final;
mod client_first;
pub(super) mod keys;
mod server_final;
mod server_first;

use super::credentials::ScramHash;
use super::job::{HashJob, Salted};
use super::nonce::Nonce;
use super::prep;
use super::step::{Fault, Move, State};
use crate::secret::Secret;
use client_first::ClientFirst;
use server_final::Expected;
use server_first::ServerFirst;

/// What a message of a server may come to; Kafka's stay below two hundred bytes.
const MOST_BYTES: usize = 8 * 1024;

/// How far the mechanism has come.
pub(super) enum Stage {
    /// We said our name and our nonce.
    Named(ScramHash, ClientFirst),
    /// The server said how to hash the password.
    Hashing(ScramHash, ClientFirst, ServerFirst),
    /// We showed that we know the password; the server has to show the same.
    Proven(Expected),
}

/// Says the name and a nonce.
pub(super) fn begin(
    hash: ScramHash,
    username: &str,
    password: &Secret,
    nonce: Nonce,
) -> Result<Move, Fault> {
    prep::check(username, password)?;
    let first = ClientFirst::new(username, nonce);
    let message = Secret::concat(&[client_first::GS2_HEADER, first.bare().as_bytes()]);
    Ok(Move::Send(message, State::Scram(Stage::Named(hash, first))))
}

impl Stage {
    pub(super) fn received(self, token: &[u8], password: &Secret) -> Result<Move, Fault> {
        match self {
            Self::Named(hash, ours) => {
                let theirs = ServerFirst::read(text(token)?, ours.nonce(), password)?;
                let (salt, iterations) = (theirs.salt().to_vec(), theirs.iterations());
                let job = HashJob { hash, password: password.clone(), salt, iterations };
                Ok(Move::Hash(job, State::Scram(Self::Hashing(hash, ours, theirs))))
            }
            Self::Hashing(..) => Err(Fault::misbehaved("it answers before a proof was sent")),
            Self::Proven(expected) => expected.verify(text(token)?, password),
        }
    }

    pub(super) fn hashed(self, salted: Salted) -> Result<Move, Fault> {
        match self {
            Self::Hashing(hash, ours, theirs) => {
                let (message, expected) = client_final::make(hash, salted, &ours, &theirs);
                Ok(Move::Send(message, State::Scram(Self::Proven(expected))))
            }
            Self::Named(..) | Self::Proven(_) => Err(Fault::out_of_turn("nobody asked for a hash")),
        }
    }

    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Named(..) => "named",
            Self::Hashing(..) => "hashing",
            Self::Proven(_) => "proven",
        }
    }
}

/// The message as text, which is not too long.
fn text(token: &[u8]) -> Result<&str, Fault> {
    if token.len() > MOST_BYTES {
        return Err(Fault::misbehaved("its SCRAM message is too long"));
    }
    std::str::from_utf8(token).map_err(|_| Fault::misbehaved("its SCRAM message is not UTF-8"))
}
