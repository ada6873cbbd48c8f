//! What went wrong, and what to do: whose fault, whether it may be written, whether to try again.

mod calls;
mod clusters;
mod codes;
mod records;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use klamm_engine::wire::ErrorCode;

pub use klamm_engine::idempotence::Fate;

pub(crate) use calls::{Asked, call_error};
pub(crate) use clusters::{request_error, topic_error, unreachable};
pub(crate) use codes::{kind_of, refused};
pub(crate) use records::{narrowed, record_error, why_error};

/// What went wrong. Cheap to clone.
///
/// Its text says what happened, whether the record may be in the log where there is one, and what
/// to do next. What stands behind it, a broken connection for example, is its
/// [`source`](std::error::Error::source).
#[derive(Clone)]
pub struct Error(Arc<Draft>);

/// An error while it is put together.
#[derive(Debug)]
pub(crate) struct Draft {
    kind: ErrorKind,
    fate: Fate,
    text: String,
    next_step: Option<Cow<'static, str>>,
    is_retriable: bool,
    remedy: Remedy,
    code: Option<ErrorCode>,
    fault: RecordFault,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What must come before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    None,
    Abort,
    Close,
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

/// Whether a record was at fault when its batch was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum RecordFault {
    /// The broker did not say which record it was, or nothing was refused.
    #[default]
    NotSaid,
    /// It was this record.
    This,
    /// It was another record of the same batch; this one can be sent again.
    Others,
}

impl Draft {
    pub(crate) fn new(kind: ErrorKind, fate: Fate, text: impl Into<String>) -> Self {
        Self {
            kind,
            fate,
            text: text.into(),
            next_step: None,
            is_retriable: false,
            remedy: Remedy::None,
            code: None,
            fault: RecordFault::NotSaid,
            source: None,
        }
    }

    pub(crate) fn step(mut self, step: impl Into<Cow<'static, str>>) -> Self {
        self.next_step = Some(step.into());
        self
    }

    pub(crate) fn retriable(mut self, is_retriable: bool) -> Self {
        self.is_retriable = is_retriable;
        self
    }

    pub(crate) fn remedy(mut self, remedy: Remedy) -> Self {
        self.remedy = remedy;
        self
    }

    pub(crate) fn code(mut self, code: ErrorCode) -> Self {
        self.code = Some(code);
        self
    }

    pub(crate) fn fault(mut self, fault: RecordFault) -> Self {
        self.fault = fault;
        self
    }

    pub(crate) fn source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    pub(crate) fn done(self) -> Error {
        Error(Arc::new(self))
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, fate: Fate, text: impl Into<String>) -> Self {
        Draft::new(kind, fate, text).done()
    }

    /// Of whoever comes after the end.
    pub(crate) fn closed() -> Self {
        Draft::new(ErrorKind::Closed, Fate::NotWritten, "the producer is closed")
            .step("Build another producer, or close this one later.")
            .done()
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
        self.0.is_retriable
    }

    /// Whether the producer is of no use any more.
    pub fn is_fatal(&self) -> bool {
        self.0.remedy == Remedy::Close
    }

    /// Whether the transaction must be aborted.
    pub fn requires_abort(&self) -> bool {
        self.0.remedy == Remedy::Abort
    }

    /// The broker's error code.
    pub fn broker_code(&self) -> Option<i16> {
        self.0.code.map(|code| code.0)
    }

    /// Whether this record was at fault when a broker refused its batch.
    pub fn record_fault(&self) -> RecordFault {
        self.0.fault
    }

    /// What to do; nothing where the error says all there is.
    pub fn next_step(&self) -> Option<&str> {
        self.0.next_step.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text)?;
        self.next_step().map_or(Ok(()), |step| write!(f, ". {step}"))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Draft { kind, fate, text, next_step, code, .. } = &*self.0;
        let mut shown = f.debug_struct("Error");
        shown.field("kind", kind).field("fate", fate).field("text", text).field("code", code);
        shown.field("next_step", next_step).finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests;
