//! Which connection a waiting request goes to, or why none ever will do.

use std::collections::BTreeSet;

use klamm_wire::{NodeId, Now};

use super::reach::Way;
use super::requests::Purpose;
use super::{Cluster, News};
use crate::dial::Target;
use crate::failure::{Fate, Reason, RequestFailure};
use crate::names::{ConnId, RequestId};
use crate::request::{CoordinatorKey, Destination};

/// What is to be done with a waiting request.
enum Route {
    To(ConnId),
    Wait,
    Fail(Reason),
}

impl Cluster {
    /// Sends what can be sent, oldest first, and fails what never can be; whether anything moved.
    pub(super) fn route(&mut self, now: Now) -> bool {
        let mut full = BTreeSet::new();
        let mut moved = false;
        for id in self.requests.waiting() {
            match self.route_of(now, id) {
                // A younger request must not overtake an older one on the same connection.
                Route::To(conn) if !full.contains(&conn) => {
                    let taken = self.send(now, id, conn);
                    if !taken {
                        full.insert(conn);
                    }
                    moved |= taken;
                }
                Route::To(_) | Route::Wait => {}
                Route::Fail(reason) => {
                    self.fail(id, reason, Fate::NotWritten);
                    moved = true;
                }
            }
        }
        moved
    }

    fn route_of(&mut self, now: Now, id: RequestId) -> Route {
        let Some(open) = self.requests.get(id) else { return Route::Wait };
        let Purpose::Asked { to, .. } = &open.purpose else { return Route::Wait };
        match to.clone() {
            Destination::Connection(conn) if self.links.get(conn).is_some() => Route::To(conn),
            Destination::Connection(_) => Route::Fail(Reason::NoSuchConnection),
            Destination::Any => self.route_to_any(now),
            Destination::Node(node) => self.route_to_node(now, id, node),
            Destination::Controller => match self.metadata.controller() {
                Some(node) => self.route_to_node(now, id, node),
                None => self.wait_for_picture(now, id),
            },
            Destination::Coordinator(key) => self.route_to_coordinator(now, id, &key),
        }
    }

    fn route_to_any(&mut self, now: Now) -> Route {
        match self.links.least_loaded() {
            Some(conn) => Route::To(conn),
            None => match self.reach_out(now) {
                Some(reason) => Route::Fail(reason),
                None => Route::Wait,
            },
        }
    }

    fn route_to_node(&mut self, now: Now, id: RequestId, node: NodeId) -> Route {
        let target = Target::Node(node);
        if let Some(conn) = self.links.of(target) {
            return Route::To(conn);
        }
        if let Some(refusal) = self.reach.refusal(target, &self.dial) {
            return Route::Fail(Reason::NotAccepted(refusal.clone()));
        }
        self.dial.want(now.mono, target);
        if self.dial.knows(target) { Route::Wait } else { self.wait_for_picture(now, id) }
    }

    /// A request that needs what the picture lacks has it refreshed, once.
    fn wait_for_picture(&mut self, now: Now, id: RequestId) -> Route {
        if self.requests.lacks_picture(id) && self.metadata.is_known() {
            self.metadata.refresh(now.mono, None);
        }
        Route::Wait
    }

    fn route_to_coordinator(&mut self, now: Now, id: RequestId, key: &CoordinatorKey) -> Route {
        match self.coordinators.want(now.mono, key) {
            Some(node) => self.route_to_node(now, id, node),
            None => Route::Wait,
        }
    }

    /// Dials somebody when no connection has room and none is to be expected soon, whoever it is; a
    /// reason if nobody accepts us.
    pub(super) fn reach_out(&mut self, now: Now) -> Option<Reason> {
        // Who failed before is no hope: several that are dead would be dialled in turn for ever.
        let may_come = |target| self.reach.failure(Some(target)).is_none();
        if self.reaching.is_some() || self.links.coming().any(may_come) {
            return None;
        }
        let may_begin_again = self.may_begin_again(now.mono);
        let way = self.reach.way(&self.metadata, (&self.dial, &self.links), may_begin_again);
        match way {
            Way::Dial(target) => {
                self.dial.want(now.mono, target);
                self.reaching = Some(target);
                None
            }
            Way::Rest => None,
            Way::Rebootstrap => {
                self.rebootstrap(now);
                None
            }
            Way::Refused(failure) => Some(Reason::NotAccepted(failure)),
        }
    }

    /// Hands a request to a connection; whether anything came of that.
    fn send(&mut self, now: Now, id: RequestId, conn: ConnId) -> bool {
        let Some(link) = self.links.get_mut(conn) else { return false };
        let Some(open) = self.requests.get(id) else { return false };
        let Purpose::Asked { to, payload, .. } = &open.purpose else { return false };
        let is_final =
            |reason: &Reason| to.is_one_connection() || *reason != Reason::NoSuchConnection;
        match link.connection.send(now, id, payload.as_ref()) {
            Ok(()) => self.requests.sent(id, conn),
            Err(Some(reason)) if is_final(&reason) => self.fail(id, reason, Fate::NotWritten),
            Err(_) => {
                // It may have found that its own time is over, and have ended.
                self.pump(now, conn);
                return self.links.get(conn).is_none();
            }
        }
        self.pump(now, conn);
        true
    }

    /// Who a request waits for, if that is a certain server.
    pub(super) fn awaited(&self, id: RequestId) -> Option<Target> {
        let Purpose::Asked { to, .. } = &self.requests.get(id)?.purpose else { return None };
        let node = match to {
            Destination::Node(node) => Some(*node),
            Destination::Controller => self.metadata.controller(),
            Destination::Coordinator(key) => self.coordinators.known(key),
            Destination::Connection(_) | Destination::Any => None,
        };
        node.map(Target::Node)
    }

    /// A request of a layer above ends without an answer.
    pub(super) fn fail(&mut self, id: RequestId, reason: Reason, fate: Fate) {
        let wanted = self.requests.coordinator_of(id).cloned();
        if self.requests.end(id).is_some() {
            let failure = RequestFailure { reason, fate };
            self.news.push_back(News::Failed { request: id, failure });
        }
        if let Some(key) = wanted.filter(|key| !self.requests.anybody_wants(key)) {
            self.coordinators.unwant(&key);
        }
    }

    /// Wants no connection any more that nobody waits for: who waited may have ended, or waits for
    /// another server by now. Whether there was one.
    pub(super) fn let_go(&mut self) -> bool {
        let mut idle: BTreeSet<Target> = self.dial.wanted().collect();
        if !idle.is_empty() {
            idle.retain(|target| {
                self.reaching != Some(*target) && !self.known.wished.contains(target)
            });
            for target in self.requests.waiting().into_iter().filter_map(|id| self.awaited(id)) {
                idle.remove(&target);
            }
        }
        idle.iter().for_each(|target| self.dial.unwant(*target));
        !idle.is_empty()
    }
}
