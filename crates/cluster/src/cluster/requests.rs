//! The requests that are open: waiting for a connection, or sent and not answered.

use std::collections::{BTreeMap, BTreeSet};

use klamm_wire::Time;

use crate::coordinators::Lookup;
use crate::failure::ConnFailure;
use crate::metadata::Query;
use crate::names::{ConnId, RequestId};
use crate::request::{Asking, CoordinatorKey, Destination, Payload};

/// What a request is for.
pub(super) enum Purpose {
    /// Somebody above asked.
    Asked { to: Destination, deadline: Time, payload: Box<dyn Payload> },
    /// The picture of the cluster is due.
    Metadata(Query),
    /// Coordinators are looked for.
    Lookup(Lookup),
}

/// An open request.
pub(super) struct Open {
    pub(super) purpose: Purpose,
    /// The connection that has it; `None` while it waits.
    pub(super) conn: Option<ConnId>,
    /// The last failure on its way.
    pub(super) met: Option<ConnFailure>,
    /// Whether a refresh of the picture was asked for on its behalf; once is enough.
    refreshed: bool,
}

/// All open requests.
#[derive(Default)]
pub(super) struct Requests {
    open: BTreeMap<RequestId, Open>,
    /// Those without a connection, oldest first.
    waiting: BTreeSet<RequestId>,
    /// Those that somebody above asked, by the time that they must have ended.
    deadlines: BTreeSet<(Time, RequestId)>,
    last: RequestId,
}

impl Requests {
    /// A request of a layer above; it waits.
    pub(super) fn ask(&mut self, asking: Asking) -> RequestId {
        let Asking { to, deadline, payload } = asking;
        let id = self.draw();
        let purpose = Purpose::Asked { to, deadline, payload };
        self.open.insert(id, Open { purpose, conn: None, met: None, refreshed: false });
        self.waiting.insert(id);
        self.deadlines.insert((deadline, id));
        id
    }

    /// A request of our own, which is sent at once or not at all.
    pub(super) fn own(&mut self, id: RequestId, purpose: Purpose, conn: ConnId) {
        self.open.insert(id, Open { purpose, conn: Some(conn), met: None, refreshed: false });
    }

    /// A name for a request.
    pub(super) fn draw(&mut self) -> RequestId {
        self.last = self.last.next();
        self.last
    }

    pub(super) fn get(&self, id: RequestId) -> Option<&Open> {
        self.open.get(&id)
    }

    /// The requests that wait, oldest first.
    pub(super) fn waiting(&self) -> Vec<RequestId> {
        self.waiting.iter().copied().collect()
    }

    /// A request has a connection.
    pub(super) fn sent(&mut self, id: RequestId, conn: ConnId) {
        if let Some(open) = self.open.get_mut(&id) {
            open.conn = Some(conn);
            self.waiting.remove(&id);
        }
    }

    /// A request that was certainly not written waits for another connection.
    pub(super) fn returned(&mut self, id: RequestId, met: Option<ConnFailure>) {
        if let Some(open) = self.open.get_mut(&id) {
            open.conn = None;
            open.met = met;
            self.waiting.insert(id);
        }
    }

    /// The picture lacks what a request needs; whether it is the first time that this is said.
    pub(super) fn lacks_picture(&mut self, id: RequestId) -> bool {
        self.open.get_mut(&id).is_some_and(|open| !std::mem::replace(&mut open.refreshed, true))
    }

    /// A request ended.
    pub(super) fn end(&mut self, id: RequestId) -> Option<Open> {
        let open = self.open.remove(&id)?;
        self.waiting.remove(&id);
        if let Purpose::Asked { deadline, .. } = &open.purpose {
            self.deadlines.remove(&(*deadline, id));
        }
        Some(open)
    }

    /// The next request whose time has come.
    pub(super) fn overdue(&self, now: Time) -> Option<RequestId> {
        self.deadlines.first().filter(|(deadline, _)| *deadline <= now).map(|(_, id)| *id)
    }

    pub(super) fn next_deadline(&self) -> Option<Time> {
        self.deadlines.first().map(|(deadline, _)| *deadline)
    }

    /// Whether anybody waits for a coordinator.
    pub(super) fn anybody_wants(&self, key: &CoordinatorKey) -> bool {
        self.waiting.iter().any(|id| self.coordinator_of(*id) == Some(key))
    }

    /// Whose coordinator a waiting request is for.
    pub(super) fn coordinator_of(&self, id: RequestId) -> Option<&CoordinatorKey> {
        match &self.open.get(&id)?.purpose {
            Purpose::Asked { to: Destination::Coordinator(key), .. } => Some(key),
            Purpose::Asked { .. } | Purpose::Metadata(_) | Purpose::Lookup(_) => None,
        }
    }

    /// Every open request of the layers above.
    pub(super) fn asked(&self) -> Vec<RequestId> {
        self.deadlines.iter().map(|(_, id)| *id).collect()
    }
}
