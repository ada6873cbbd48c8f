//! Why the two sides could not agree on who the client is.

use std::fmt;

use klamm_wire::ErrorCode;

use super::credentials::{Mechanism, TokenError};
use crate::failure::Blame;

/// Why the two sides could not agree on who the client is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SaslError {
    /// The broker does not take the mechanism.
    UnsupportedMechanism {
        /// The one that we asked for.
        asked: Mechanism,
        /// Those that the broker takes, as it names them.
        offered: Vec<String>,
    },
    /// The broker does not believe us.
    Refused {
        /// The mechanism.
        mechanism: Mechanism,
        /// The name that we gave, where there is one.
        username: Option<String>,
        /// What the broker answered; nothing where it closed without a word.
        code: Option<ErrorCode>,
        /// The broker's own words, if it had any.
        message: String,
    },
    /// The server could not show that it knows the password, or broke the rules of the mechanism.
    Misbehaved(&'static str),
    /// The server's demand is outside of what is safe: in words.
    Unsafe(String),
    /// The name, the password or the token is nothing that the mechanism can carry: in words.
    Unprepared(&'static str),
    /// There is no token.
    NoToken(TokenError),
    /// The broker asks who we are, and the settings do not say.
    NoCredentials,
    /// Our own program handed in what the conversation had not asked for: in words.
    OutOfTurn(&'static str),
}

impl SaslError {
    /// Whose fault it is.
    pub fn blame(&self) -> Blame {
        match self {
            Self::UnsupportedMechanism { .. } | Self::Unprepared(_) | Self::NoCredentials => {
                Blame::Settings
            }
            Self::Refused { .. } => Blame::Credentials,
            Self::NoToken(_) => Blame::Network,
            Self::Misbehaved(_) | Self::Unsafe(_) => Blame::Peer,
            Self::OutOfTurn(_) => Blame::Nobody,
        }
    }
}

impl fmt::Display for SaslError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnsupportedMechanism { asked, offered } => {
                write!(f, "the broker does not take {asked} but {}", offered.join(", "))
            }
            Self::Refused { mechanism, username, code, message } => {
                write!(f, "the broker refused {mechanism}")?;
                if let Some(username) = username {
                    write!(f, " for `{username}`")?;
                }
                if let Some(code) = code {
                    write!(f, " with {code}")?;
                }
                if message.is_empty() { Ok(()) } else { write!(f, ": {message}") }
            }
            Self::Misbehaved(what) => write!(f, "the server cannot be trusted: {what}"),
            Self::Unsafe(what) => write!(f, "the server asks for something unsafe: {what}"),
            Self::Unprepared(what) => write!(f, "who we are cannot be said: {what}"),
            Self::NoToken(error) => write!(f, "there is no token: {error}"),
            Self::NoCredentials => f.write_str("the broker wants to know who we are"),
            Self::OutOfTurn(what) => write!(f, "the client cannot go on: {what}"),
        }
    }
}

impl std::error::Error for SaslError {}
