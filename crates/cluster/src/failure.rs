//! What went wrong with a connection or a request: where, why, whose fault, and what to believe.

use std::fmt;

use klamm_protocol::frame::FrameError;
use klamm_protocol::negotiate::{NegotiationError, UnsupportedVersion};
use klamm_wire::{DecodeError, ErrorCode, NodeId};

use crate::sasl::SaslError;

mod advice;
mod tls;
pub use advice::{Provider, next_step_for};
pub use tls::TlsFailure;

/// How far a connection had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The name was being looked up.
    Resolve,
    /// The transport was being opened, through a proxy or not.
    Connect,
    /// TLS was being agreed on.
    Tls,
    /// We asked for the versions that the broker speaks.
    Versions,
    /// We were saying who we are.
    Authenticate,
    /// Requests could be sent.
    Ready,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 6] =
        [Self::Resolve, Self::Connect, Self::Tls, Self::Versions, Self::Authenticate, Self::Ready];
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tls => "TLS",
            Self::Versions => "ApiVersions",
            Self::Authenticate => "SASL",
            Self::Ready => "ready",
        })
    }
}

/// Why a connection ended, or never came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnFailure {
    /// How far it had come.
    pub stage: Stage,
    /// Why it ended.
    pub cause: Cause,
}

/// Why a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The name service does not know the host.
    NoSuchHost,
    /// The name service could not be asked; its words.
    LookupFailed(String),
    /// Nobody listens there.
    Refused,
    /// There is no way there; the system's words.
    Unreachable(String),
    /// It took longer than the settings allow.
    TimedOut,
    /// The peer closed in order.
    ClosedByPeer,
    /// The peer closed without order.
    Reset,
    /// The system said something else; its words.
    Io(String),
    /// The proxy said no, or was no proxy; in words.
    Proxy(String),
    /// TLS could not be agreed on.
    Tls(TlsFailure),
    /// The peer's stream is not one of frames.
    Frame(FrameError),
    /// The peer's answer is not one to our request.
    Malformed(DecodeError),
    /// An answer came that bears the number of another request.
    OutOfStep {
        /// The number of the request that was due.
        expected: i32,
        /// The number that came.
        got: i32,
    },
    /// An answer came although nothing was asked.
    Unsolicited {
        /// The number that it bears.
        got: i32,
    },
    /// The two sides could not agree on versions.
    Negotiation(NegotiationError),
    /// The broker lacks what the connection itself needs.
    Unsupported(UnsupportedVersion),
    /// The broker did not believe who we are, or could not show who it is.
    Sasl(SaslError),
    /// A request had no answer in time.
    RequestTimedOut,
    /// A request could not be handed over in time: the peer does not read.
    NotFlushed,
    /// It was idle for as long as the settings allow.
    Idle,
    /// We closed it: nobody needs it.
    Unneeded,
    /// We closed it: the broker has another address now, or is gone.
    AddressChanged,
    /// Our own program cannot go on: in words.
    Internal(&'static str),
}

/// Whose fault a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Blame {
    /// The way there: trying again may help.
    Network,
    /// The peer broke the protocol.
    Peer,
    /// Somebody has to change a setting, here or there.
    Settings,
    /// The broker does not accept who we are; trying again with the same credentials cannot help.
    Credentials,
    /// Nobody: it was meant to end.
    Nobody,
}

/// What may be believed of a request that was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// The broker cannot have had all of it: its last byte was never handed to the writer.
    NotWritten,
    /// The broker may have had it, and may have done what it asks.
    Unknown,
}

/// A request that ended without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestFailure {
    /// Why.
    pub reason: Reason,
    /// What may be believed.
    pub fate: Fate,
}

/// Why a request ended without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// Its connection ended.
    Lost(ConnFailure),
    /// Its deadline came first; the last failure on the way, if there was one.
    DeadlinePassed(Option<ConnFailure>),
    /// Its connection was gone before it was sent.
    NoSuchConnection,
    /// The cluster has no such broker; unless one comes by the deadline, this is the end.
    NoSuchNode(NodeId),
    /// The broker speaks no version of the API that would do.
    Unsupported(UnsupportedVersion),
    /// It could not be encoded; in words.
    NotEncoded(String),
    /// The coordinator could not be had; what the broker said.
    CoordinatorRefused(ErrorCode),
    /// No broker accepts who we are: asking again with the same credentials cannot help.
    NotAccepted(ConnFailure),
    /// The client was closed.
    Closed,
}

impl Cause {
    /// Whose fault it is.
    pub fn blame(&self) -> Blame {
        match self {
            Self::NoSuchHost | Self::Unsupported(_) => Blame::Settings,
            Self::Tls(failure) => failure.blame(),
            Self::Sasl(error) => error.blame(),
            Self::LookupFailed(_)
            | Self::Refused
            | Self::Unreachable(_)
            | Self::TimedOut
            | Self::ClosedByPeer
            | Self::Reset
            | Self::Io(_)
            | Self::Proxy(_)
            | Self::RequestTimedOut
            | Self::NotFlushed => Blame::Network,
            Self::Frame(_)
            | Self::Malformed(_)
            | Self::OutOfStep { .. }
            | Self::Unsolicited { .. }
            | Self::Negotiation(_) => Blame::Peer,
            Self::Idle | Self::Unneeded | Self::AddressChanged | Self::Internal(_) => Blame::Nobody,
        }
    }
}

impl ConnFailure {
    /// Whether trying again cannot help until somebody changes a setting or a right: the two sides
    /// do not accept each other.
    pub fn is_final(&self) -> bool {
        let by_peers = matches!(self.cause, Cause::Tls(_) | Cause::Sasl(_));
        by_peers && matches!(self.cause.blame(), Blame::Settings | Blame::Credentials)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchHost => f.write_str("the name service does not know the host"),
            Self::LookupFailed(words) => write!(f, "the name service could not be asked: {words}"),
            Self::Refused => f.write_str("the connection was refused: nobody listens there"),
            Self::Unreachable(words) => write!(f, "there is no way there: {words}"),
            Self::TimedOut => f.write_str("it took too long"),
            Self::ClosedByPeer => f.write_str("the peer closed the connection"),
            Self::Reset => f.write_str("the peer reset the connection"),
            Self::Io(words) => write!(f, "the connection failed: {words}"),
            Self::Proxy(words) => write!(f, "the proxy did not let us through: {words}"),
            Self::Tls(failure) => failure.fmt(f),
            Self::Frame(error) => error.fmt(f),
            Self::Malformed(error) => write!(f, "the broker's answer is malformed: {error}"),
            Self::OutOfStep { expected, got } => {
                write!(f, "the broker answered request {got} where {expected} was due")
            }
            Self::Unsolicited { got } => {
                write!(f, "the broker answered request {got}, and none was open")
            }
            Self::Negotiation(error) => error.fmt(f),
            Self::Unsupported(error) => error.fmt(f),
            Self::Sasl(error) => error.fmt(f),
            Self::RequestTimedOut => f.write_str("the broker did not answer in time"),
            Self::NotFlushed => f.write_str("the broker did not take what was sent in time"),
            Self::Idle => f.write_str("nothing was sent for as long as the settings allow"),
            Self::Unneeded => f.write_str("the client closed it, as nobody needs it"),
            Self::AddressChanged => f.write_str("the broker moved to another address or is gone"),
            Self::Internal(words) => write!(f, "the client cannot go on: {words}"),
        }
    }
}

impl fmt::Display for ConnFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.stage, self.cause)
    }
}

impl std::error::Error for ConnFailure {}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotWritten => "it was not written",
            Self::Unknown => "it may have been processed",
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(failure) => write!(f, "the connection was lost ({failure})"),
            Self::DeadlinePassed(None) => f.write_str("its deadline passed"),
            Self::DeadlinePassed(Some(failure)) => {
                write!(f, "its deadline passed; the last failure before it: {failure}")
            }
            Self::NoSuchConnection => f.write_str("its connection was gone"),
            Self::NoSuchNode(node) => write!(f, "the cluster has no broker {node}"),
            Self::Unsupported(error) => error.fmt(f),
            Self::NotEncoded(words) => write!(f, "it cannot be encoded: {words}"),
            Self::CoordinatorRefused(code) => write!(f, "there is no coordinator for it: {code}"),
            Self::NotAccepted(failure) => write!(f, "no broker accepts this client ({failure})"),
            Self::Closed => f.write_str("the client was closed"),
        }
    }
}

impl fmt::Display for RequestFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.reason, self.fate)
    }
}

impl std::error::Error for RequestFailure {}
