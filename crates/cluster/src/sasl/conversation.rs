//! The conversation of any mechanism: each call consumes it and says what comes next.

use super::credentials::{Credentials, Token, TokenError};
use super::error::SaslError;
use super::job::{HashJob, Salted};
use super::nonce::Nonce;
use crate::secret::Secret;

/// A conversation that is not at its end.
#[derive(Debug)]
pub struct Conversation {}

/// What comes next.
#[derive(Debug)]
pub enum Step {
    /// This token must be sent, and the answer handed to [`Conversation::received`].
    Send(Secret, Conversation),
    /// This work must be done, and its result handed to [`Conversation::hashed`].
    Hash(HashJob, Conversation),
    /// A token must be provided to [`Conversation::provided`].
    NeedToken(Conversation),
    /// The broker believes us, and has shown what the mechanism makes it show.
    Done,
    /// It is over.
    Failed(SaslError),
}

impl Conversation {
    /// Begins: the first thing to do.
    pub fn begin(credentials: &Credentials, nonce: Nonce) -> Step {
        let _ = (credentials, nonce);
        Step::Failed(SaslError::NoCredentials)
    }

    /// The broker accepted the last token and answered with one of its own, which may be empty.
    pub fn received(self, token: &[u8]) -> Step {
        let _ = token;
        Step::Failed(SaslError::NoCredentials)
    }

    /// A password was hashed.
    pub fn hashed(self, salted: Salted) -> Step {
        let _ = salted;
        Step::Failed(SaslError::NoCredentials)
    }

    /// A token was provided, or was not.
    pub fn provided(self, token: Result<Token, TokenError>) -> Step {
        let _ = token;
        Step::Failed(SaslError::NoCredentials)
    }
}
