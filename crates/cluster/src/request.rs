//! Requests on their way down: what a layer above wants sent, before anybody knows to whom.

use std::fmt;

use klamm_protocol::frame::{EncodeFrameError, encode_request_within};
use klamm_protocol::negotiate::{Conditions, Negotiated, UnsupportedVersion};
use klamm_protocol::{ApiKey, Request, Segments};
use klamm_wire::{NodeId, Time};

use crate::names::ConnId;

/// A request that can be encoded for whichever connection it ends up on.
///
/// The connection decides version and correlation id, so a request stays a value until then. It is
/// encoded once per connection that it is given to, which is once unless it was never written.
pub trait Payload: Send {
    /// The API.
    fn key(&self) -> ApiKey;

    /// What holds for the request beyond what both sides speak.
    fn conditions(&self) -> Conditions {
        Conditions::NONE
    }

    /// The version to send it at on a connection.
    ///
    /// # Errors
    /// When the two sides have none in common that the conditions allow.
    fn version(&self, negotiated: &Negotiated) -> Result<i16, UnsupportedVersion> {
        negotiated.version(self.key(), self.conditions())
    }

    /// The whole frame.
    ///
    /// # Errors
    /// When the version cannot carry the request, or the frame would be too long.
    fn encode(&self, head: &Head<'_>) -> Result<Segments, EncodeFrameError>;

    /// Whether the broker answers it; it does not answer Produce with acks=0.
    fn is_answered(&self) -> bool {
        true
    }
}

/// What the connection adds to a request.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// The longest frame, without its length, that may be sent.
    pub limit: usize,
    /// The version to encode at.
    pub version: i16,
    /// The number by which the answer is recognised.
    pub correlation_id: i32,
    /// What the client calls itself.
    pub client_id: Option<&'a str>,
}

/// A generated request as a [`Payload`], with what holds for it.
#[derive(Debug, Clone)]
pub struct Typed<R> {
    request: R,
    conditions: Conditions,
    is_answered: bool,
}

impl<R: Request<'static> + Send> Typed<R> {
    /// A request that is answered, under no special condition.
    pub fn new(request: R) -> Self {
        Self { request, conditions: Conditions::NONE, is_answered: true }
    }

    /// The same under conditions.
    #[must_use]
    pub fn under(self, conditions: impl Into<Conditions>) -> Self {
        Self { conditions: conditions.into(), ..self }
    }

    /// The same, for which no answer comes.
    #[must_use]
    pub fn unanswered(self) -> Self {
        Self { is_answered: false, ..self }
    }
}

impl<R: Request<'static> + Send> Payload for Typed<R> {
    fn key(&self) -> ApiKey {
        R::KEY
    }

    fn conditions(&self) -> Conditions {
        self.conditions
    }

    fn encode(&self, head: &Head<'_>) -> Result<Segments, EncodeFrameError> {
        let Head { limit, version, correlation_id, client_id } = *head;
        encode_request_within(limit, &self.request, version, correlation_id, client_id)
    }

    fn is_answered(&self) -> bool {
        self.is_answered
    }
}

/// Whom a request is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    /// One connection that is known to be up; if it is gone, the request fails unsent.
    Connection(ConnId),
    /// Whoever has least to do.
    Any,
    /// One broker.
    Node(NodeId),
    /// The controller.
    Controller,
    /// The coordinator of a group or of a transactional id.
    Coordinator(CoordinatorKey),
}

impl Destination {
    /// Whether only one connection will do, so that the request ends with it.
    pub const fn is_one_connection(&self) -> bool {
        matches!(self, Self::Connection(_))
    }
}

/// Whose coordinator is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CoordinatorKey {
    /// That of a consumer group.
    Group(String),
    /// That of a transactional id.
    Transaction(String),
}

/// A request with its destination and the time by which it must have ended.
pub struct Asking {
    /// Whom it is for.
    pub to: Destination,
    /// When it fails at the latest, sent or not.
    pub deadline: Time,
    /// The request.
    pub payload: Box<dyn Payload>,
}

impl fmt::Debug for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asking")
            .field("to", &self.to)
            .field("deadline", &self.deadline)
            .field("key", &self.payload.key())
            .finish()
    }
}
