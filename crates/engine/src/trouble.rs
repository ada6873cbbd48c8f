//! Whom we are connected to, and what stands between us and the others.

use std::collections::BTreeMap;
use std::sync::Arc;

use klamm_cluster::dial::Target;
use klamm_cluster::{ConnFailure, ConnId};
use klamm_wire::NodeId;

/// Whom we are connected to, and the last failure of each server since it could last be used.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    up: BTreeMap<ConnId, Target>,
    servers: BTreeMap<Target, Arc<ConnFailure>>,
    last: Option<Arc<ConnFailure>>,
}

impl Trouble {
    /// A server could not be reached.
    pub(crate) fn failed(&mut self, target: Target, failure: ConnFailure) {
        let failure = Arc::new(failure);
        self.last = Some(Arc::clone(&failure));
        self.servers.insert(target, failure);
    }

    /// A server can be used.
    pub(crate) fn up(&mut self, conn: ConnId, target: Target) {
        self.servers.remove(&target);
        self.up.insert(conn, target);
    }

    /// A connection is gone.
    pub(crate) fn down(&mut self, conn: ConnId, target: Target, failure: ConnFailure) {
        self.up.remove(&conn);
        self.failed(target, failure);
    }

    /// A server is no longer part of the cluster.
    pub(crate) fn gone(&mut self, target: Target) {
        self.servers.remove(&target);
    }

    /// Whose a connection is; -1 for a server of which only the address is known.
    pub(crate) fn node(&self, conn: ConnId) -> NodeId {
        match self.up.get(&conn) {
            Some(Target::Node(node)) => *node,
            Some(Target::Bootstrap(_)) | None => NodeId(-1),
        }
    }

    /// What stands between us and a server.
    pub(crate) fn between(&self, target: Target) -> Option<Arc<ConnFailure>> {
        self.servers.get(&target).cloned().or_else(|| self.with_all())
    }

    /// What stands between us and all of them, if nobody is connected.
    pub(crate) fn with_all(&self) -> Option<Arc<ConnFailure>> {
        self.last.clone().filter(|_| self.is_cut_off())
    }

    /// Whether nobody is connected.
    pub(crate) fn is_cut_off(&self) -> bool {
        self.up.is_empty()
    }
}
