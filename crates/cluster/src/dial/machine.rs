//! The machine: one state per server that anybody wants to reach.

use klamm_wire::{NodeId, Time};

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
    /// Give up opening a connection: it took too long, or nobody wants it any more.
    Abandon(ConnId),
    /// A server could not be reached at any of its addresses; it is tried again after a wait, if
    /// it is still wanted.
    Failed {
        /// Which.
        target: Target,
        /// The last failure.
        failure: ConnFailure,
    },
}

/// The servers that are dialled, connected, or rested from.
#[derive(Debug)]
pub struct Dial {
    settings: DialSettings,
}

impl Dial {
    /// Dials nobody yet.
    pub fn new(settings: DialSettings, seed: u64) -> Self {
        let _ = seed;
        Self { settings }
    }

    /// Where a server is. One that moved is resolved anew when it is next dialled; an attempt to
    /// reach the old address is abandoned.
    pub fn place(&mut self, target: Target, host: &HostPort) {
        let _ = (target, host);
    }

    /// A server is no longer part of anything: an attempt to reach it is abandoned.
    pub fn remove(&mut self, target: Target) {
        let _ = target;
    }

    /// Wants a connection to a server: dials, unless it is being dialled or rested from.
    pub fn want(&mut self, now: Time, target: Target) {
        let _ = (now, target);
    }

    /// A name was looked up.
    pub fn resolved(&mut self, now: Time, lookup: LookupId, result: Result<Vec<Address>, Cause>) {
        let _ = (now, lookup, result);
    }

    /// The transport is open; the time for setting it up is over.
    pub fn connected(&mut self, now: Time, conn: ConnId) {
        let _ = (now, conn);
    }

    /// The transport could not be opened.
    pub fn failed(&mut self, now: Time, conn: ConnId, failure: ConnFailure) {
        let _ = (now, conn, failure);
    }

    /// The connection can be used: failures in a row are forgotten.
    pub fn ready(&mut self, conn: ConnId) {
        let _ = conn;
    }

    /// A connection that was open is gone; one that was never [ready](Self::ready) counts as a
    /// failure of its server, and the next attempt waits longer.
    pub fn lost(&mut self, now: Time, conn: ConnId, failure: &ConnFailure) {
        let _ = (now, conn, failure);
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Time) {
        let _ = now;
    }

    /// The next thing to do or to know.
    pub fn poll(&mut self) -> Option<Order> {
        None
    }

    /// When [`tick`](Self::tick) is due, if ever.
    pub fn next_wake(&self) -> Option<Time> {
        let _ = self.settings.backoff;
        None
    }

    /// Whose connection this is.
    pub fn target_of(&self, conn: ConnId) -> Option<Target> {
        let _ = conn;
        None
    }

    /// Until when a server is rested from after failures; `None` when it may be dialled.
    pub fn resting_until(&self, target: Target) -> Option<Time> {
        let _ = target;
        None
    }
}
