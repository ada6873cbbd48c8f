//! The rules of dialling one by one, and what holds whatever happens.

#![allow(clippy::wildcard_enum_match_arm, reason = "a test names what it wants, not all there is")]
#![allow(clippy::arithmetic_side_effects)]

mod anything;
mod rules;

use core::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use klamm_wire::{NodeId, Time};

use super::{Dial, Order, Target};
use crate::address::{Address, HostPort};
use crate::failure::{Cause, ConnFailure, Stage};
use crate::names::{ConnId, LookupId};
use crate::settings::DialSettings;

const NODE: Target = Target::Node(NodeId(1));
const REFUSED: ConnFailure = ConnFailure { stage: Stage::Connect, cause: Cause::Refused };

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn host(name: &str) -> HostPort {
    HostPort::new(name, 9092).unwrap()
}

fn ip(last: u8) -> Address {
    Address::Ip(IpAddr::V4(Ipv4Addr::new(10, 0, 0, last)))
}

/// A dial and a clock, in the words of the rules.
struct Scene {
    dial: Dial,
    now: Time,
}

impl Scene {
    /// With Java's defaults, and one broker that has a place.
    fn new() -> Self {
        Self::with(DialSettings::default())
    }

    fn with(settings: DialSettings) -> Self {
        let mut dial = Dial::new(settings, 7);
        dial.place(NODE, &host("one"));
        Self { dial, now: Time(1) }
    }

    fn want(&mut self) {
        self.dial.want(self.now, NODE);
    }

    fn orders(&mut self) -> Vec<Order> {
        std::iter::from_fn(|| self.dial.poll()).collect()
    }

    /// The one order that there is.
    fn order(&mut self) -> Order {
        let mut orders = self.orders();
        assert_eq!(orders.len(), 1, "{orders:?}");
        orders.remove(0)
    }

    fn asked(&mut self) -> LookupId {
        match self.order() {
            Order::Resolve { lookup, .. } => lookup,
            other => panic!("no look-up: {other:?}"),
        }
    }

    fn dialled(&mut self) -> (ConnId, Address) {
        match self.order() {
            Order::Connect { conn, address, target: NODE, .. } => (conn, address),
            other => panic!("no connection: {other:?}"),
        }
    }

    /// Wants the broker, which has these addresses; the connection that is then dialled.
    fn dial_at(&mut self, addresses: &[u8]) -> ConnId {
        self.want();
        let lookup = self.asked();
        self.resolve(lookup, addresses);
        self.dialled().0
    }

    fn resolve(&mut self, lookup: LookupId, addresses: &[u8]) {
        let found = addresses.iter().map(|last| ip(*last)).collect();
        self.dial.resolved(self.now, lookup, Ok(found));
    }

    fn refuse(&mut self, conn: ConnId) {
        self.dial.failed(self.now, conn, REFUSED);
    }

    /// A connection that became ready.
    fn open(&mut self, conn: ConnId) {
        self.dial.connected(self.now, conn);
        self.dial.ready(conn);
    }

    fn lose(&mut self, conn: ConnId, cause: Cause) {
        self.dial.lost(self.now, conn, &ConnFailure { stage: Stage::Ready, cause });
    }

    /// Goes to the next wake-up, and says how long that took.
    fn wait(&mut self) -> Duration {
        let wake = self.dial.next_wake().expect("invariant: something is waited for");
        let waited = wake.saturating_duration_since(self.now);
        self.now = self.now.max(wake);
        self.dial.tick(self.now);
        waited
    }
}

/// Whether a duration lies within a fifth of so many milliseconds.
#[track_caller]
fn assert_about(waited: Duration, around: u64) {
    let range = millis(around * 8 / 10)..=millis(around * 12 / 10);
    assert!(range.contains(&waited), "{waited:?} is not about {around} ms");
}
