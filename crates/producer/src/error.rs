//! What went wrong, and what to do: whose fault, whether it may be written, whether to try again.

use std::fmt;
use std::sync::Arc;

pub use klamm_engine::idempotence::Fate;

/// What went wrong. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Error(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    fate: Fate,
    text: String,
}

/// What sort of error it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting is wrong.
    Config,
    /// A record cannot be sent as it is: too large, no such partition, an impossible timestamp.
    InvalidRecord,
    /// The topic is not there, its name is impossible, or it was made anew.
    Topic,
    /// No server could be reached, or none answered.
    Unreachable,
    /// We are not who we say, or TLS does not hold.
    Authentication,
    /// We may not do that.
    Authorization,
    /// The time was over.
    TimedOut,
    /// There was no memory in time.
    BufferFull,
    /// A broker refused.
    Refused,
    /// The transaction cannot be committed: abort it.
    TransactionAborted,
    /// Another producer has the same transactional id.
    Fenced,
    /// The call is not possible now.
    IllegalState,
    /// The producer was closed or dropped.
    Closed,
    /// Something in the producer is broken.
    Internal,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, fate: Fate, text: impl Into<String>) -> Self {
        Self(Arc::new(Inner { kind, fate, text: text.into() }))
    }

    /// What sort of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What may be believed of the record, or of what else was asked.
    pub fn fate(&self) -> Fate {
        self.0.fate
    }

    /// Whether the same may succeed if it is tried again, by a caller who can bear a repetition
    /// when the fate is [`Fate::Unknown`].
    pub fn is_retriable(&self) -> bool {
        false
    }

    /// Whether the producer is of no use any more.
    pub fn is_fatal(&self) -> bool {
        false
    }

    /// Whether the transaction must be aborted.
    pub fn requires_abort(&self) -> bool {
        false
    }

    /// The broker's error code.
    pub fn broker_code(&self) -> Option<i16> {
        None
    }

    /// What to do.
    pub fn next_step(&self) -> &str {
        ""
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text)
    }
}

impl std::error::Error for Error {}
