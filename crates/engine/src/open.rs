//! The requests without an end, and what each was for.

use std::collections::BTreeMap;
use std::sync::Arc;

use klamm_cluster::{ConnFailure, RequestFailure, RequestId, ResponseFrame};
use klamm_idempotence::{CtrlId, Request};
use klamm_wire::{NodeId, Time};

use crate::call::Reply;
use crate::translate::answers::Group;

/// What somebody outside is told of a request of theirs.
pub(crate) type Asked = Reply<Result<ResponseFrame, RequestFailure>>;
/// What somebody is told who wants any server.
pub(crate) type Reached = Reply<Result<(), Option<Arc<ConnFailure>>>>;

/// What a request is for.
pub(crate) enum Purpose {
    /// Batches.
    Produce(Produced),
    /// The state machine's.
    Ctrl(CtrlId, Request),
    /// Somebody outside asked.
    Asked(Asked),
    /// Somebody wants any server.
    Reach(Reached),
    /// Topics are waited for, and perhaps nobody accepts us.
    Probe,
}

/// A Produce request that was handed over.
pub(crate) struct Produced {
    /// By name.
    pub(crate) groups: Vec<Group>,
    pub(crate) to: NodeId,
    pub(crate) since: Time,
}

/// The requests without an end.
#[derive(Default)]
pub(crate) struct Requests {
    open: BTreeMap<RequestId, Purpose>,
    /// The last of [`Purpose::Probe`].
    probe: Option<RequestId>,
}

impl Requests {
    pub(crate) fn insert(&mut self, request: RequestId, purpose: Purpose) {
        if matches!(purpose, Purpose::Probe) {
            self.probe = Some(request);
        }
        self.open.insert(request, purpose);
    }

    pub(crate) fn remove(&mut self, request: RequestId) -> Option<Purpose> {
        if self.probe == Some(request) {
            self.probe = None;
        }
        self.open.remove(&request)
    }

    /// Whether a probe is under way.
    pub(crate) const fn probes(&self) -> bool {
        self.probe.is_some()
    }

    /// A Produce request that is not answered and has left.
    pub(crate) fn flushed(&mut self, request: RequestId, is_answered: bool) -> Option<Produced> {
        if is_answered || !matches!(self.open.get(&request), Some(Purpose::Produce(_))) {
            return None;
        }
        match self.remove(request) {
            Some(Purpose::Produce(produced)) => Some(produced),
            Some(_) | None => None,
        }
    }

    /// The requests that others asked.
    pub(crate) fn give_up(&mut self) -> impl Iterator<Item = Purpose> + use<> {
        std::mem::take(&mut self.open).into_values()
    }
}
