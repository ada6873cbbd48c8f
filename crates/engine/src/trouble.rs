//! What stands in the way, for a person who asks why nothing could be sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use klamm_cluster::ConnFailure;
use klamm_cluster::dial::Target;

/// The last failure of each server since it could last be used.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    servers: BTreeMap<Target, Arc<ConnFailure>>,
    last: Option<Arc<ConnFailure>>,
    up: usize,
}

impl Trouble {
    /// A server could not be reached.
    pub(crate) fn failed(&mut self, target: Target, failure: ConnFailure) {
        let failure = Arc::new(failure);
        self.last = Some(Arc::clone(&failure));
        self.servers.insert(target, failure);
    }

    /// A server can be used.
    pub(crate) fn up(&mut self, target: Target) {
        self.servers.remove(&target);
        self.up = self.up.saturating_add(1);
    }

    /// A connection is gone.
    pub(crate) fn down(&mut self, target: Target, failure: ConnFailure) {
        self.up = self.up.saturating_sub(1);
        self.failed(target, failure);
    }

    /// A server is no longer part of the cluster.
    pub(crate) fn gone(&mut self, target: Target) {
        self.servers.remove(&target);
    }

    /// What stands between us and a server.
    pub(crate) fn between(&self, target: Target) -> Option<Arc<ConnFailure>> {
        self.servers.get(&target).cloned().or_else(|| self.with_all())
    }

    /// What stands between us and all of them, if nobody is connected.
    pub(crate) fn with_all(&self) -> Option<Arc<ConnFailure>> {
        self.last.clone().filter(|_| self.up == 0)
    }

    /// Whether nobody is connected.
    pub(crate) const fn is_cut_off(&self) -> bool {
        self.up == 0
    }
}
