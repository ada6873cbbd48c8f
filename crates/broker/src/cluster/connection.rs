//! One connection: the bytes that came, who sends them, and whether its turn is over.

use bytes::Bytes;
use klamm_protocol::frame::{FrameDecoder, FrameError};
use klamm_wire::{NodeId, Time};

use super::listener::Listener;
use super::sizes::Sizes;
use crate::api::Authentication;
use crate::defects::{Defect, Defects};
use crate::faults::{Course, Rest};
use crate::security::Principal;

/// The name of a connection, never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// Who is at the other end, as far as answers depend on it.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: ConnectionId,
    pub(crate) node: NodeId,
    /// The listener that was connected to; answers name the addresses of the same one.
    pub(crate) listener: Listener,
    pub(crate) host: String,
    /// Under which name the client acts.
    pub(crate) principal: Principal,
    pub(crate) sasl: Authentication,
}

impl Session {
    pub(crate) fn new(id: ConnectionId, node: NodeId, listener: Listener, host: &str) -> Self {
        let (principal, sasl) = (Principal::anonymous(), Authentication::new(listener));
        Self { id, node, listener, host: host.to_owned(), principal, sasl }
    }
}

/// What a connection is at. Like Kafka, a node serves one request of a connection at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Free for the next request.
    Free,
    /// A request waits for its answer.
    Waiting,
    /// An answer is on its way into the socket.
    Sending,
}

/// One connection.
pub(crate) struct Connection {
    pub(crate) session: Session,
    decoder: FrameDecoder,
    pub(crate) turn: Turn,
    /// No request is served before then.
    pub(crate) muted_until: Option<Time>,
    /// When something last happened.
    pub(crate) active: Time,
    /// What faults make of the request that is being served.
    pub(crate) course: Option<Course>,
    /// What is still to be written of an answer.
    pub(crate) rest: Option<Rest>,
    /// A request that was overtaken by the next one.
    overtaken: Option<Bytes>,
    /// Takes sizes out of the stream that are none.
    sizes: Option<Sizes>,
}

impl Connection {
    pub(crate) fn new(session: Session, limit: usize, now: Time, defects: &Defects) -> Self {
        Self {
            session,
            decoder: FrameDecoder::with_limit(limit),
            turn: Turn::Free,
            muted_until: None,
            active: now,
            course: None,
            rest: None,
            overtaken: None,
            sizes: defects.has(Defect::SkipsBadSizes).then(Sizes::default),
        }
    }

    /// Serves nothing before then.
    pub(crate) fn mute(&mut self, until: Time) {
        self.muted_until = Some(self.muted_until.map_or(until, |muted| muted.max(until)));
    }

    /// Takes bytes from the socket.
    pub(crate) fn push(&mut self, bytes: Bytes, now: Time) {
        self.active = now;
        match &mut self.sizes {
            Some(sizes) => sizes
                .without_bad_ones(&bytes)
                .into_iter()
                .for_each(|piece| self.decoder.push(piece)),
            None => self.decoder.push(bytes),
        }
    }

    /// How long the next request may be.
    pub(crate) fn set_limit(&mut self, limit: usize) {
        self.decoder.set_limit(limit);
    }

    /// Bytes that came and were not served yet.
    pub(crate) fn backlog(&self) -> usize {
        self.decoder.buffered().saturating_add(self.overtaken.as_ref().map_or(0, Bytes::len))
    }

    /// The next request, if the connection is free for one and all of it is there.
    pub(crate) fn next_request(
        &mut self,
        now: Time,
        defects: &Defects,
    ) -> Result<Option<Bytes>, FrameError> {
        let is_muted = self.muted_until.is_some_and(|until| until > now);
        if self.turn != Turn::Free || is_muted {
            return Ok(None);
        }
        if let Some(overtaken) = self.overtaken.take() {
            return Ok(Some(overtaken));
        }
        let first = self.decoder.next_frame()?;
        if first.is_some() && defects.has(Defect::AnswersOutOfOrder) {
            // What is wrong with the second is found again when it is its turn.
            if let Ok(Some(second)) = self.decoder.next_frame() {
                self.overtaken = first;
                return Ok(Some(second));
            }
        }
        Ok(first)
    }
}
