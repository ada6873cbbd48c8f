//! OAUTHBEARER: a token that somebody else vouches for, and extensions that say where it belongs.

use std::collections::BTreeSet;

use super::credentials::Token;
use super::step::{Fault, Move, State};
use super::words;
use crate::secret::Secret;

/// Parts the pairs of a message.
const SEPARATOR: &[u8] = b"\x01";

/// How far the mechanism has come.
pub(super) enum Stage {
    /// A token was asked for.
    Waiting,
    /// The token was sent.
    Sent,
    /// The server said in these words why it does not take the token, and was told to go on.
    Rejected(String),
}

/// Asks for a token.
pub(super) fn begin() -> Move {
    Move::NeedToken(State::Bearer(Stage::Waiting))
}

impl Stage {
    pub(super) fn received(self, token: &[u8], secret: &Secret) -> Result<Move, Fault> {
        match self {
            Self::Waiting => Err(Fault::misbehaved("it answers before a token was sent")),
            Self::Sent if token.is_empty() => Ok(Move::Done),
            Self::Sent => {
                let rejected = Self::Rejected(words::of_peer(token, secret));
                Ok(Move::Send(Secret::new(SEPARATOR), State::Bearer(rejected)))
            }
            Self::Rejected(words) => Err(Fault::Refused(words)),
        }
    }

    pub(super) fn provided(self, token: &Token) -> Result<Move, Fault> {
        match self {
            Self::Waiting => Ok(Move::Send(message(token)?, State::Bearer(Self::Sent))),
            Self::Sent | Self::Rejected(_) => Err(Fault::out_of_turn("nobody asked for a token")),
        }
    }

    /// Why the server does not take the token.
    pub(super) fn note(&self) -> Option<&str> {
        match self {
            Self::Waiting | Self::Sent => None,
            Self::Rejected(words) => Some(words),
        }
    }

    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting for a token",
            Self::Sent => "sent",
            Self::Rejected(_) => "rejected",
        }
    }
}

/// The first message of RFC 7628, in the form that Kafka's brokers read.
fn message(token: &Token) -> Result<Secret, Fault> {
    if !is_token(token.value.reveal()) {
        return Err(Fault::unprepared("the token has characters that no bearer token has"));
    }
    check_extensions(&token.extensions)?;
    let mut parts: Vec<&[u8]> = vec![b"n,,\x01auth=Bearer ", token.value.reveal(), SEPARATOR];
    for (name, value) in &token.extensions {
        parts.extend([name.as_bytes(), b"=", value.as_bytes(), SEPARATOR]);
    }
    parts.push(SEPARATOR);
    Ok(Secret::concat(&parts))
}

/// Whether it is a `b64token` of RFC 6750.
fn is_token(token: &[u8]) -> bool {
    let end = token.iter().rposition(|byte| *byte != b'=').map_or(0, |at| at.saturating_add(1));
    let body = token.get(..end).unwrap_or_default();
    !body.is_empty()
        && body.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(byte))
}

fn check_extensions(extensions: &[(String, String)]) -> Result<(), Fault> {
    let mut seen = BTreeSet::new();
    for (name, value) in extensions {
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Err(Fault::unprepared("an extension's name has other characters than letters"));
        }
        if name.eq_ignore_ascii_case("auth") {
            return Err(Fault::unprepared("an extension cannot be named `auth`"));
        }
        if !seen.insert(name) {
            return Err(Fault::unprepared("an extension is given twice"));
        }
        let carried = |byte| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
        if value.is_empty() || !value.bytes().all(carried) {
            return Err(Fault::unprepared("an extension's value is empty or not printable ASCII"));
        }
    }
    Ok(())
}
