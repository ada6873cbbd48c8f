//! The connections that are open, whose they are, and which of them has least to do.

use std::collections::BTreeMap;
use std::time::Duration;

use klamm_protocol::negotiate::FinalizedFeatures;
use klamm_wire::Time;

use crate::address::HostPort;
use crate::connection::Connection;
use crate::dial::Target;
use crate::names::ConnId;

/// An open connection.
pub(super) struct Link {
    pub(super) connection: Connection,
    pub(super) target: Target,
    /// Where it leads, for what is remembered of an address.
    pub(super) host: HostPort,
    /// Whether it could ever be used.
    pub(super) was_ready: bool,
    /// Whether it ever carried an answer to a request.
    pub(super) has_served: bool,
    /// Whether its server is to be met elsewhere, or nowhere: it ends with what is open on it.
    pub(super) is_leaving: bool,
}

/// All connections, from the first order to dial them.
#[derive(Default)]
pub(super) struct Links {
    /// Being dialled: whose they will be.
    dialled: BTreeMap<ConnId, (Target, HostPort)>,
    open: BTreeMap<ConnId, Link>,
    /// The open connection of each server.
    of: BTreeMap<Target, ConnId>,
}

impl Links {
    /// A connection is being dialled.
    pub(super) fn dialled(&mut self, conn: ConnId, target: Target, host: HostPort) {
        self.dialled.insert(conn, (target, host));
    }

    /// A connection is not dialled any more.
    pub(super) fn undialled(&mut self, conn: ConnId) -> Option<(Target, HostPort)> {
        self.dialled.remove(&conn)
    }

    /// No connection is dialled any more; those that were.
    pub(super) fn give_up(&mut self) -> impl Iterator<Item = ConnId> + use<> {
        std::mem::take(&mut self.dialled).into_keys()
    }

    pub(super) fn opened(&mut self, conn: ConnId, link: Link) {
        self.of.insert(link.target, conn);
        self.open.insert(conn, link);
    }

    pub(super) fn closed(&mut self, conn: ConnId) -> Option<Link> {
        let link = self.open.remove(&conn)?;
        if self.of.get(&link.target) == Some(&conn) {
            self.of.remove(&link.target);
        }
        Some(link)
    }

    pub(super) fn get(&self, conn: ConnId) -> Option<&Link> {
        self.open.get(&conn)
    }

    pub(super) fn get_mut(&mut self, conn: ConnId) -> Option<&mut Link> {
        self.open.get_mut(&conn)
    }

    /// The connection of a server.
    pub(super) fn of(&self, target: Target) -> Option<ConnId> {
        self.of.get(&target).copied()
    }

    /// The server of a connection is not to be met there any more: the connection, if there is one
    /// to another place than `host`.
    pub(super) fn leave(&mut self, target: Target, host: Option<&HostPort>) -> Option<ConnId> {
        let conn = self.of(target)?;
        let link = self.open.get_mut(&conn).filter(|link| Some(&link.host) != host)?;
        link.is_leaving = true;
        self.of.remove(&target);
        Some(conn)
    }

    /// The connections that are to end and on which nothing is open.
    pub(super) fn left(&self) -> Vec<ConnId> {
        let left = |link: &Link| link.is_leaving && link.connection.in_flight() == 0;
        self.open.iter().filter(|(_, link)| left(link)).map(|(conn, _)| *conn).collect()
    }

    /// The names of all open connections.
    pub(super) fn names(&self) -> Vec<ConnId> {
        self.open.keys().copied().collect()
    }

    /// The connections being dialled.
    pub(super) fn being_dialled(&self) -> impl Iterator<Item = (ConnId, Target)> {
        self.dialled.iter().map(|(conn, (target, _))| (*conn, *target))
    }

    /// Of the connections that take a request, the one with the fewest open; brokers before
    /// bootstrap servers, which are only known by an address.
    pub(super) fn least_loaded(&self) -> Option<ConnId> {
        let ready = self.open.iter();
        let ready = ready.filter(|(_, link)| !link.is_leaving && link.connection.can_send());
        let load = |link: &Link| {
            (matches!(link.target, Target::Bootstrap(_)), link.connection.in_flight())
        };
        ready.min_by_key(|(conn, link)| (load(link), **conn)).map(|(conn, _)| *conn)
    }

    /// Whether no connection is open that may be of use.
    pub(super) fn is_alone(&self) -> bool {
        self.open.values().all(|link| link.is_leaving)
    }

    /// The servers that may be ready soon.
    pub(super) fn coming(&self) -> impl Iterator<Item = Target> {
        let comes =
            |link: &&Link| !link.was_ready && !link.is_leaving && !link.connection.is_silent();
        let open = self.open.values().filter(comes).map(|link| link.target);
        self.being_dialled().map(|(_, target)| target).chain(open)
    }

    /// Whether a server has a connection, or is being dialled.
    pub(super) fn has(&self, target: Target) -> bool {
        self.of.contains_key(&target) || self.being_dialled().any(|(_, dialled)| dialled == target)
    }

    /// The features that the servers of all connections have agreed on, by the newest word.
    pub(super) fn features(&self) -> FinalizedFeatures {
        let ready = self.open.values().filter(|link| link.was_ready);
        let told = ready.filter_map(|link| link.connection.versions());
        told.fold(FinalizedFeatures::default(), |known, told| known.newest(told.features().clone()))
    }

    /// The connections that nobody used for so long.
    pub(super) fn idle(&self, now: Time, max_idle: Duration) -> Vec<ConnId> {
        let idle = self
            .open
            .iter()
            .filter(|(_, link)| idle_from(link, max_idle).is_some_and(|idle| idle <= now));
        idle.map(|(conn, _)| *conn).collect()
    }

    /// When the next connection will have been idle for so long.
    pub(super) fn next_idle(&self, max_idle: Duration) -> Option<Time> {
        self.open.values().filter_map(|link| idle_from(link, max_idle)).min()
    }

    /// When the next connection wants a tick.
    pub(super) fn next_wake(&self) -> Option<Time> {
        self.open.values().filter_map(|link| link.connection.next_wake()).min()
    }
}

/// From when on a connection is idle; never while something is open on it.
fn idle_from(link: &Link, max_idle: Duration) -> Option<Time> {
    let quiet = link.was_ready && link.connection.in_flight() == 0;
    quiet.then(|| link.connection.last_used().saturating_add(max_idle))
}
