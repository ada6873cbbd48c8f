//! What the cluster does of its own accord: the picture, coordinators, dialling, waking.

use klamm_wire::{Now, Time};

use super::requests::Purpose;
use super::{Cluster, News};
use crate::address::HostPort;
use crate::coordinators::Found;
use crate::dial::{Order, Target};
use crate::drive::Command;
use crate::failure::{Cause, ConnFailure, Fate, Reason, Stage};
use crate::metadata;
use crate::names::{ConnId, RequestId};

impl Cluster {
    /// Does everything that can be done until another event.
    pub(super) fn turn(&mut self, now: Now) {
        if self.known.is_closed {
            for id in self.requests.asked() {
                self.fail(id, Reason::Closed, Fate::NotWritten);
            }
            return;
        }
        loop {
            // What an answer said comes first: who is in the picture can be dialled only then.
            let mut moved = self.read_picture(now);
            moved |= self.read_coordinators();
            // Our own requests go before those who would take all room for ever. They come again
            // behind them, because a wish of theirs alone moves nothing.
            moved |= self.mind_own_business(now);
            moved |= self.route(now);
            moved |= self.mind_own_business(now);
            moved |= self.follow_orders(now);
            moved |= self.let_go();
            // Beginning again moves nothing but the picture.
            moved |= self.read_picture(now);
            if !moved {
                break;
            }
        }
        self.known.turned = now.mono;
    }

    /// Passes on what `dial` wants.
    fn follow_orders(&mut self, now: Now) -> bool {
        let mut moved = false;
        while let Some(order) = self.dial.poll() {
            moved = true;
            match order {
                Order::Resolve { lookup, host, how } => {
                    self.commands.push_back(Command::Resolve { lookup, host, how });
                }
                Order::Connect { conn, target, host, address } => {
                    self.links.dialled(conn, target, host.clone());
                    self.commands.push_back(Command::Connect { conn, host, address });
                }
                Order::Abandon(conn) => {
                    self.links.undialled(conn);
                    self.commands.push_back(Command::Close(conn));
                }
                Order::Failed { target, failure } => self.unreachable(now, target, failure),
            }
        }
        moved
    }

    /// Follows the changes of the picture, and passes them on.
    fn read_picture(&mut self, now: Now) -> bool {
        let mut moved = false;
        while let Some(event) = self.metadata.poll() {
            moved = true;
            match &event {
                metadata::Event::BrokerAt { node, host } => {
                    let target = Target::Node(*node);
                    self.leave(now, target, Some(host));
                    self.dial.place(target, host);
                    if self.known.wished.contains(&target) {
                        self.dial.want(now.mono, target);
                    }
                }
                metadata::Event::BrokerGone(node) => {
                    self.leave(now, Target::Node(*node), None);
                    self.removed(Target::Node(*node));
                    self.coordinators.forget_node(*node);
                }
                metadata::Event::RebootstrapRequired if self.may_begin_again(now.mono) => {
                    self.rebootstrap(now);
                }
                // The picture is asked for again after its own wait.
                metadata::Event::RebootstrapRequired => {}
                metadata::Event::TopicKnown { .. }
                | metadata::Event::TopicRecreated { .. }
                | metadata::Event::PartitionsAdded { .. }
                | metadata::Event::PartitionsGone { .. }
                | metadata::Event::TopicIdLearnt { .. }
                | metadata::Event::TopicGone { .. }
                | metadata::Event::Leader { .. } => {}
            }
            self.news.push_back(News::Metadata(event));
        }
        for conn in self.links.left() {
            moved = true;
            self.hang_up(now, conn, Cause::AddressChanged);
        }
        moved
    }

    /// A broker is elsewhere now, or gone. Java goes on with a connection that is open until
    /// somebody closes it; but another process may answer there by now, which would say for ever
    /// that it leads nothing. So nothing new is sent there, and what is open may end.
    fn leave(&mut self, now: Now, target: Target, host: Option<&HostPort>) {
        if let Some(conn) = self.links.leave(target, host) {
            let (stage, cause) = (Stage::Ready, Cause::AddressChanged);
            self.dial.lost(now.mono, conn, &ConnFailure { stage, cause });
        }
    }

    /// Follows what was found out of coordinators.
    fn read_coordinators(&mut self) -> bool {
        let mut moved = false;
        while let Some(found) = self.coordinators.poll() {
            moved = true;
            match found {
                // The picture may not know the broker yet.
                Found::At { node, host, .. } => self.dial.place(Target::Node(node), &host),
                Found::Refused { key, code } => {
                    for id in self.requests.waiting() {
                        if self.requests.coordinator_of(id) == Some(&key) {
                            self.fail(id, Reason::CoordinatorRefused(code), Fate::NotWritten);
                        }
                    }
                }
            }
        }
        moved
    }

    /// Sends the requests of our own that are due, to whoever has least to do.
    fn mind_own_business(&mut self, now: Now) -> bool {
        self.metadata.end_waits(now.mono);
        let is_due = |wake: Option<Time>| wake.is_some_and(|wake| wake <= now.mono);
        let picture_due = is_due(self.metadata.next_wake());
        if !picture_due && !is_due(self.coordinators.next_wake()) {
            return false;
        }
        let Some(conn) = self.links.least_loaded() else {
            if picture_due {
                self.reach.cut_off(now.mono);
            }
            if self.shunned_until().is_none_or(|until| until <= now.mono) {
                // A refusal is told to those who asked; the picture itself just stays due.
                let _ = self.reach_out(now);
            }
            return false;
        };
        if let Some(query) = self.metadata.due(now.mono) {
            return self.send_own(now, conn, Purpose::Metadata(query));
        }
        let batches = self.versions(conn).is_some_and(|versions| {
            versions
                .theirs(klamm_protocol::ApiKey::FindCoordinator)
                .is_some_and(|range| range.max >= 4)
        });
        match self.coordinators.due(now.mono, batches) {
            Some(lookup) => self.send_own(now, conn, Purpose::Lookup(lookup)),
            None => false,
        }
    }

    /// Sends a request of our own; whether anything came of that.
    fn send_own(&mut self, now: Now, conn: ConnId, purpose: Purpose) -> bool {
        let id = self.requests.draw();
        let payload: &dyn crate::request::Payload = match &purpose {
            Purpose::Metadata(query) => query,
            Purpose::Lookup(lookup) => lookup,
            Purpose::Asked { payload, .. } => payload.as_ref(),
        };
        let sent = self.links.get_mut(conn).map(|link| link.connection.send(now, id, payload));
        self.requests.own(id, purpose, conn);
        let taken = matches!(sent, Some(Ok(())));
        if !taken {
            self.lost_own(now, id);
        }
        // Whether it was taken or not, the connection may have found that its own time is over.
        self.pump(now, conn);
        taken || self.links.get(conn).is_none()
    }

    /// A request of our own will not be answered.
    pub(super) fn lost_own(&mut self, now: Now, id: RequestId) {
        match self.requests.end(id).map(|open| open.purpose) {
            Some(Purpose::Metadata(query)) => {
                self.reach.cut_off(now.mono);
                self.metadata.lost(now.mono, query);
            }
            Some(Purpose::Lookup(lookup)) => self.coordinators.lost(now.mono, lookup),
            Some(Purpose::Asked { .. }) | None => {}
        }
    }

    /// Whether we may begin again from the bootstrap servers.
    pub(super) fn may_begin_again(&self, now: Time) -> bool {
        self.settings.metadata.rebootstrap && self.reach.again() <= now
    }

    /// When we begin again because the picture could not be had for too long. Who knows no broker
    /// is at the beginning.
    fn gives_up(&self) -> Option<Time> {
        let settings = &self.settings.metadata;
        let gives_up = self.reach.gives_up(settings.rebootstrap_trigger)?;
        let has_begun = settings.rebootstrap && self.metadata.brokers().next().is_some();
        has_begun.then_some(gives_up)
    }

    /// Begins again from the bootstrap servers if the picture could not be had for too long.
    pub(super) fn give_up_after_long(&mut self, now: Now) {
        if self.gives_up().is_some_and(|at| at <= now.mono) {
            self.rebootstrap(now);
        }
    }

    /// Begins again from the bootstrap servers: the brokers that we know are forgotten.
    pub(super) fn rebootstrap(&mut self, now: Now) {
        let brokers: Vec<Target> =
            self.metadata.brokers().map(|(node, _)| Target::Node(node)).collect();
        for target in brokers {
            self.removed(target);
            if let Some(conn) = self.links.of(target) {
                self.hang_up(now, conn, Cause::AddressChanged);
            }
        }
        let servers = self.reach.bootstrap_servers().zip(self.settings.bootstrap.clone());
        for (target, host) in servers {
            if self.links.of(target).is_none() {
                self.dial.remove(target);
                self.dial.place(target, &host);
            }
            self.reach.removed(target);
        }
        self.reaching = None;
        self.known.features = self.links.features();
        self.reach.begin_again(now.mono);
        self.metadata.rebootstrap(now.mono);
    }

    /// A server is no longer part of anything.
    fn removed(&mut self, target: Target) {
        self.dial.remove(target);
        self.reach.removed(target);
        self.known.wished.remove(&target);
        if self.reaching == Some(target) {
            self.reaching = None;
        }
    }

    /// Until when nobody is dialled for the picture alone, if no server accepts us.
    fn shunned_until(&self) -> Option<Time> {
        self.reach.shunned_until(&self.metadata, self.settings.dial.backoff_max)
    }

    /// When the next tick is due.
    pub(super) fn wake(&self) -> Option<Time> {
        if self.known.is_closed {
            return None;
        }
        let own = [self.metadata.next_wake(), self.coordinators.next_wake()];
        // What was due in the last turn and not possible waits for an event, not for time.
        let own = own.into_iter().flatten().filter(|wake| *wake > self.known.turned);
        let idle = self.settings.dial.max_idle.and_then(|idle| self.links.next_idle(idle));
        let rest =
            [self.dial.next_wake(), self.links.next_wake(), self.requests.next_deadline(), idle];
        let shunned = self.shunned_until().filter(|until| *until > self.known.turned);
        own.chain(rest.into_iter().flatten()).chain(self.gives_up()).chain(shunned).min()
    }
}
