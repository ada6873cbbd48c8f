//! Why the two sides could not agree on who the client is.

use std::fmt;

use klamm_wire::ErrorCode;

use super::credentials::{Mechanism, TokenError};
use super::words;
use crate::failure::Blame;

/// Why the two sides could not agree on who the client is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SaslError {
    /// The broker does not take the mechanism.
    UnsupportedMechanism {
        /// The one that we asked for.
        asked: Mechanism,
        /// Those that the broker takes, as it names them: not fit to be shown before they are
        /// cleaned, as `Display` does.
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
                let offered: Vec<String> = offered.iter().map(|name| words::shown(name)).collect();
                match offered.as_slice() {
                    [] => write!(f, "the broker does not take {asked} and names no other"),
                    some => write!(f, "the broker does not take {asked} but {}", some.join(", ")),
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn said(offered: &[&str]) -> String {
        let offered = offered.iter().map(|name| (*name).to_owned()).collect();
        SaslError::UnsupportedMechanism { asked: Mechanism::Plain, offered }.to_string()
    }

    #[test]
    fn mechanisms_are_told_without_what_moves_a_cursor() {
        let words = said(&["SCRAM-SHA-512", "\u{1b}[2J\u{202e}GSSAPI\u{200b}\n"]);
        let wanted = "SCRAM-SHA-512, \u{fffd}[2J\u{fffd}GSSAPI\u{fffd}\u{fffd}";
        assert_eq!(words, format!("the broker does not take PLAIN but {wanted}"));
    }

    #[test]
    fn a_broker_that_names_no_mechanism_is_told_so() {
        assert_eq!(said(&[]), "the broker does not take PLAIN and names no other");
    }
}
