//! What all servers share: settings, dice, the names that are given once, and the orders.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use klamm_wire::Time;

use super::machine::{Order, Target};
use crate::address::{Address, HostPort};
use crate::dice::{Dice, backoff};
use crate::drive::DnsLookup;
use crate::failure::ConnFailure;
use crate::names::{ConnId, LookupId};
use crate::settings::DialSettings;

/// The shortest time-out and wait: without one, settings of zero would spin.
const SHORTEST: Duration = Duration::from_millis(1);

/// What a server needs for taking a step.
#[derive(Debug)]
pub(super) struct Desk {
    settings: DialSettings,
    dice: Dice,
    last_conn: ConnId,
    last_lookup: LookupId,
    /// Not yet taken. At most one Resolve or Connect and one Failed of a server, and an Abandon
    /// for each Connect that was taken.
    orders: VecDeque<Order>,
    /// Connections that are being opened or are open.
    conns: BTreeMap<ConnId, Target>,
}

impl Desk {
    pub(super) fn new(settings: DialSettings, seed: u64) -> Self {
        Self {
            settings,
            dice: Dice::new(seed),
            last_conn: ConnId::default(),
            last_lookup: LookupId::default(),
            orders: VecDeque::new(),
            conns: BTreeMap::new(),
        }
    }

    /// Orders a look-up. Canonical names are for bootstrap servers alone, as the setting says.
    pub(super) fn resolve(&mut self, target: Target, host: &HostPort) -> LookupId {
        self.last_lookup = self.last_lookup.next();
        let how = match target {
            Target::Bootstrap(_) => self.settings.lookup,
            Target::Node(_) => DnsLookup::UseAllDnsIps,
        };
        let lookup = self.last_lookup;
        self.orders.push_back(Order::Resolve { lookup, host: host.clone(), how });
        lookup
    }

    /// Orders a connection.
    pub(super) fn connect(&mut self, target: Target, host: &HostPort, address: Address) -> ConnId {
        self.last_conn = self.last_conn.next();
        let conn = self.last_conn;
        self.conns.insert(conn, target);
        self.orders.push_back(Order::Connect { conn, target, host: host.clone(), address });
        conn
    }

    /// Nobody waits for the answer: an order that was not taken is taken back.
    pub(super) fn drop_lookup(&mut self, gone: LookupId) {
        self.orders
            .retain(|order| !matches!(order, Order::Resolve { lookup, .. } if *lookup == gone));
    }

    /// Gives up opening a connection: by taking the order back, or by another one.
    pub(super) fn abandon(&mut self, gone: ConnId) {
        if !self.drop_conn(gone) {
            self.orders.push_back(Order::Abandon(gone));
        }
    }

    /// A connection is over; whether nobody had taken the order to open it.
    pub(super) fn drop_conn(&mut self, gone: ConnId) -> bool {
        self.conns.remove(&gone);
        let before = self.orders.len();
        self.orders.retain(|order| !matches!(order, Order::Connect { conn, .. } if *conn == gone));
        self.orders.len() < before
    }

    /// A round failed; of several that nobody heard of, the last is told.
    pub(super) fn tell_failed(&mut self, target: Target, failure: ConnFailure) {
        self.drop_failed(target);
        self.orders.push_back(Order::Failed { target, failure });
    }

    /// Nothing more is said of a server, or known of its connections.
    pub(super) fn forget_target(&mut self, gone: Target) {
        self.drop_failed(gone);
        self.conns.retain(|_, target| *target != gone);
        // Also of a connection that is said to be open although nobody was asked to open it.
        self.orders
            .retain(|order| !matches!(order, Order::Connect { target, .. } if *target == gone));
    }

    fn drop_failed(&mut self, gone: Target) {
        self.orders
            .retain(|order| !matches!(order, Order::Failed { target, .. } if *target == gone));
    }

    /// When an attempt that begins now has taken too long, after so many that failed in a row.
    pub(super) fn setup_deadline(&mut self, now: Time, failed: u32) -> Time {
        let DialSettings { setup_timeout, setup_timeout_max, .. } = self.settings;
        let wait = backoff(&mut self.dice, failed, setup_timeout, setup_timeout_max);
        now.saturating_add(wait.max(SHORTEST))
    }

    /// Until when a server is rested from, after so many failures in a row before this one.
    pub(super) fn rest_end(&mut self, now: Time, failures: u32) -> Time {
        let DialSettings { backoff: first, backoff_max, .. } = self.settings;
        let wait = backoff(&mut self.dice, failures, first, backoff_max);
        now.saturating_add(wait.max(SHORTEST))
    }

    pub(super) fn next_order(&mut self) -> Option<Order> {
        self.orders.pop_front()
    }

    pub(super) fn target_of(&self, conn: ConnId) -> Option<Target> {
        self.conns.get(&conn).copied()
    }

    #[cfg(test)]
    pub(super) fn queued(&self) -> usize {
        self.orders.len()
    }
}
