//! PLAIN: name and password as they are, which only TLS keeps from being read.

use super::prep;
use super::step::{Fault, Move, State};
use crate::secret::Secret;

/// The one message of RFC 4616, without an identity to act for.
pub(super) fn begin(username: &str, password: &Secret) -> Result<Move, Fault> {
    prep::check(username, password)?;
    let message = Secret::concat(&[b"\0", username.as_bytes(), b"\0", password.reveal()]);
    Ok(Move::Send(message, State::Plain))
}
