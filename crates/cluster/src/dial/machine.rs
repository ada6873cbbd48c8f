//! The machine: one state per server that anybody wants to reach.

use std::collections::BTreeMap;

use klamm_wire::{NodeId, Time};

use super::desk::Desk;
use super::server::Server;
use crate::address::{Address, HostPort};
use crate::drive::DnsLookup;
use crate::failure::{Cause, ConnFailure};
use crate::names::{ConnId, LookupId};
use crate::settings::DialSettings;

/// A server to reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// One of the bootstrap servers, by its place in the settings.
    Bootstrap(u32),
    /// A broker of the cluster.
    Node(NodeId),
}

/// One thing for the owner to do or to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Look the name up.
    Resolve {
        /// The question.
        lookup: LookupId,
        /// The host.
        host: HostPort,
        /// Which addresses are wanted.
        how: DnsLookup,
    },
    /// Open a connection.
    Connect {
        /// The new connection.
        conn: ConnId,
        /// To whom.
        target: Target,
        /// The server's name.
        host: HostPort,
        /// The address.
        address: Address,
    },
    /// Give up opening a connection: it took too long, or nobody wants it any more. It may have
    /// failed by itself since.
    Abandon(ConnId),
    /// A server could not be reached at any of its addresses; it is tried again after a wait,
    /// unless somebody says that it is [not wanted](Dial::unwant) any more.
    Failed {
        /// Which.
        target: Target,
        /// The last failure.
        failure: ConnFailure,
    },
}

/// The servers that are dialled, connected, or rested from.
///
/// Three families: what is wanted and where it is ([`place`](Self::place),
/// [`want`](Self::want), [`unwant`](Self::unwant), [`remove`](Self::remove)); what happened
/// ([`resolved`](Self::resolved) to [`tick`](Self::tick)); what to do ([`poll`](Self::poll)).
/// There is at most one attempt for a server at any time. What is said of a look-up or connection
/// that is not under way, or is not known, changes nothing.
#[derive(Debug)]
pub struct Dial {
    desk: Desk,
    servers: BTreeMap<Target, Server>,
}

impl Dial {
    /// Dials nobody yet.
    pub fn new(settings: DialSettings, seed: u64) -> Self {
        Self { desk: Desk::new(settings, seed), servers: BTreeMap::new() }
    }

    /// Where a server is. One that moved is resolved anew when it is next dialled, without a wait;
    /// an attempt to reach the old address is abandoned, and if it was wanted, the next
    /// [`tick`](Self::tick) begins another.
    pub fn place(&mut self, target: Target, host: &HostPort) {
        self.servers
            .entry(target)
            .and_modify(|server| server.move_to(host, &mut self.desk))
            .or_insert_with(|| Server::new(target, host.clone()));
    }

    /// A server is no longer part of anything: an attempt to reach it is abandoned, and nothing
    /// more is said of it. A connection that is open is the owner's to close.
    pub fn remove(&mut self, target: Target) {
        if let Some(mut server) = self.servers.remove(&target) {
            server.abandon(&mut self.desk);
            self.desk.forget_target(target);
        }
    }

    /// Whether a server has a place.
    pub fn knows(&self, target: Target) -> bool {
        self.servers.contains_key(&target)
    }

    /// Wants a connection to a server: dials, unless it is being dialled or rested from.
    ///
    /// The wish stands until a connection is [ready](Self::ready), through failures and waits;
    /// a broker that does not believe who we are ends it too, as would nothing else but
    /// [`unwant`](Self::unwant) and [`remove`](Self::remove). One for a server that has no
    /// [place](Self::place), or whose connection is open, is nothing.
    pub fn want(&mut self, now: Time, target: Target) {
        if let Some(server) = self.servers.get_mut(&target) {
            server.want(now, &mut self.desk);
        }
    }

    /// Nobody wants a connection to a server any more: an attempt is abandoned.
    pub fn unwant(&mut self, target: Target) {
        if let Some(server) = self.servers.get_mut(&target) {
            server.unwant(&mut self.desk);
        }
    }

    /// The servers to which a connection is wanted.
    pub fn wanted(&self) -> impl Iterator<Item = Target> {
        let wanted = self.servers.iter().filter(|(_, server)| server.is_wanted());
        wanted.map(|(target, _)| *target)
    }

    /// A name was looked up.
    pub fn resolved(&mut self, now: Time, lookup: LookupId, result: Result<Vec<Address>, Cause>) {
        let asked = self.servers.values_mut().find(|server| server.is_resolving(lookup));
        if let Some(server) = asked {
            server.resolved(now, result, &mut self.desk);
        }
    }

    /// The transport is open; the time for setting it up is over.
    pub fn connected(&mut self, _now: Time, conn: ConnId) {
        if let Some((server, _)) = self.of(conn) {
            server.connected(conn);
        }
    }

    /// The transport could not be opened.
    pub fn failed(&mut self, now: Time, conn: ConnId, failure: ConnFailure) {
        if let Some((server, desk)) = self.of(conn) {
            server.failed(now, conn, failure, desk);
        }
    }

    /// The connection can be used: failures in a row are forgotten.
    pub fn ready(&mut self, conn: ConnId) {
        if let Some((server, _)) = self.of(conn) {
            server.ready(conn);
        }
    }

    /// A connection that was open is gone; one that was never [ready](Self::ready) counts as a
    /// failure of its server, and the next attempt waits longer.
    ///
    /// The next attempt begins with the next address. It waits for no time at all where we closed
    /// the connection for no fault: it was idle or not needed, or the server moved.
    pub fn lost(&mut self, now: Time, conn: ConnId, failure: &ConnFailure) {
        if let Some((server, desk)) = self.of(conn) {
            server.lost(now, conn, failure, desk);
        }
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Time) {
        for server in self.servers.values_mut() {
            server.tick(now, &mut self.desk);
        }
    }

    /// The next thing to do or to know.
    pub fn poll(&mut self) -> Option<Order> {
        self.desk.next_order()
    }

    /// When [`tick`](Self::tick) is due, if ever.
    pub fn next_wake(&self) -> Option<Time> {
        self.servers.values().filter_map(Server::next_wake).min()
    }

    /// Whose connection this is, from the order to open it until it is gone.
    pub fn target_of(&self, conn: ConnId) -> Option<Target> {
        self.desk.target_of(conn)
    }

    /// Until when a server is rested from after failures; `None` when it may be dialled.
    pub fn resting_until(&self, target: Target) -> Option<Time> {
        self.servers.get(&target).and_then(Server::resting_until)
    }

    fn of(&mut self, conn: ConnId) -> Option<(&mut Server, &mut Desk)> {
        let target = self.desk.target_of(conn)?;
        Some((self.servers.get_mut(&target)?, &mut self.desk))
    }

    #[cfg(test)]
    pub(super) fn queued(&self) -> usize {
        self.desk.queued()
    }
}
