//! The machine: what to look up when, and what an answer means.

use std::time::Duration;

use klamm_protocol::frame::{EncodeFrameError, ResponseFrame};
use klamm_protocol::negotiate::{Condition, Conditions};
use klamm_protocol::{ApiKey, Segments};
use klamm_wire::{DecodeError, ErrorCode, NodeId, Time};

use crate::address::HostPort;
use crate::request::{CoordinatorKey, Head, Payload};

/// The coordinators that are known or being looked for.
#[derive(Debug)]
pub struct Coordinators {
    backoff: Duration,
}

/// A FindCoordinator request; whoever sent it hands it back with the answer, or with the news that
/// there is none.
#[derive(Debug)]
pub struct Lookup {}

/// What became of a wish; each change is told once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The coordinator, and where it is.
    At {
        /// Whose.
        key: CoordinatorKey,
        /// The broker.
        node: NodeId,
        /// Its address.
        host: HostPort,
    },
    /// There will be none: asking again cannot help.
    Refused {
        /// Whose.
        key: CoordinatorKey,
        /// What the broker said.
        code: ErrorCode,
    },
}

impl Coordinators {
    /// Knows none. Tries are repeated after a wait that doubles from `backoff` to `backoff_max`.
    pub fn new(backoff: Duration, backoff_max: Duration, seed: u64) -> Self {
        let _ = (backoff_max, seed);
        Self { backoff }
    }

    /// The coordinator, if it is known; else it is looked for until an answer, a refusal, or
    /// nobody [wants](Self::unwant) it any more.
    pub fn want(&mut self, now: Time, key: &CoordinatorKey) -> Option<NodeId> {
        let _ = (now, key);
        None
    }

    /// Nobody waits for it any more: it is no longer looked for.
    pub fn unwant(&mut self, key: &CoordinatorKey) {
        let _ = key;
    }

    /// It is not, or no longer, the coordinator.
    pub fn forget(&mut self, key: &CoordinatorKey) {
        let _ = key;
    }

    /// A broker is gone: it coordinates nothing.
    pub fn forget_node(&mut self, node: NodeId) {
        let _ = node;
    }

    /// The request that is due, if one is and none like it is under way.
    pub fn due(&mut self, now: Time, batches: bool) -> Option<Lookup> {
        let _ = (now, batches);
        None
    }

    /// The answer to a request.
    ///
    /// # Errors
    /// When the answer is malformed; the look-up is repeated later.
    pub fn answered(
        &mut self,
        now: Time,
        lookup: Lookup,
        frame: &ResponseFrame,
    ) -> Result<(), DecodeError> {
        let _ = (now, lookup, frame);
        Ok(())
    }

    /// A request will not be answered; it is repeated later.
    pub fn lost(&mut self, now: Time, lookup: Lookup) {
        let _ = (now, lookup);
    }

    /// The next thing that was found out.
    pub fn poll(&mut self) -> Option<Found> {
        None
    }

    /// When [`due`](Self::due) is to be asked again, if ever.
    pub fn next_wake(&self) -> Option<Time> {
        let _ = self.backoff;
        None
    }
}

impl Payload for Lookup {
    fn key(&self) -> ApiKey {
        ApiKey::FindCoordinator
    }

    fn conditions(&self) -> Conditions {
        Conditions::from(Condition::TransactionCoordinator)
    }

    fn encode(&self, head: &Head<'_>) -> Result<Segments, EncodeFrameError> {
        let _ = head;
        Ok(Segments::default())
    }
}
