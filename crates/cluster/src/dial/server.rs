//! One server: how far the attempt to reach it has come, and what its failures have taught.
//!
//! ```text
//!          want               resolved             connected
//! Idle ──────────▶ Resolving ──────────▶ Connecting ────────▶ Open
//!  ▲  ╲ addresses left ╲ failed           │  ▲ │ failed,       │ lost
//!  │   ╲────────────────╲─────────────────┼──┘ │ none left     │
//!  │ over, not wanted    ╲────────────────┼────▼───────────────▼
//!  └──────────────────────────────────────┴─ Resting ── over, wanted ──▶ as from Idle
//! ```

use std::collections::VecDeque;

use klamm_wire::Time;

use super::desk::Desk;
use super::machine::Target;
use crate::address::{Address, HostPort};
use crate::failure::{Blame, Cause, ConnFailure, Stage};
use crate::names::{ConnId, LookupId};

/// How many addresses of one look-up are tried.
const MAX_ADDRESSES: usize = 64;

/// How far the one attempt has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// May be dialled; if it is wanted, the next tick does so.
    Idle,
    Resolving {
        lookup: LookupId,
        until: Time,
    },
    Connecting {
        conn: ConnId,
        until: Time,
    },
    Open {
        conn: ConnId,
    },
    Resting {
        until: Time,
    },
}

/// A server that has a place.
#[derive(Debug)]
pub(super) struct Server {
    target: Target,
    host: HostPort,
    /// Those of the last look-up that were not tried yet, in order. At most [`MAX_ADDRESSES`].
    addresses: VecDeque<Address>,
    /// Whether the round under way has had its look-up: each has at most one.
    looked_up: bool,
    /// From the wish until the connection is ready.
    is_wanted: bool,
    /// Rounds and connections that failed in a row: waits grow with it.
    failures: u32,
    /// Attempts that failed in a row: time-outs grow with it.
    failed_attempts: u32,
    state: State,
}

impl Server {
    pub(super) fn new(target: Target, host: HostPort) -> Self {
        Self {
            target,
            host,
            addresses: VecDeque::new(),
            looked_up: false,
            is_wanted: false,
            failures: 0,
            failed_attempts: 0,
            state: State::Idle,
        }
    }

    /// It moved: what was learnt of the old place says nothing of the new one. An open connection
    /// is its owner's to close.
    pub(super) fn move_to(&mut self, host: &HostPort, desk: &mut Desk) {
        if self.host == *host {
            return;
        }
        self.host = host.clone();
        self.addresses.clear();
        self.failures = 0;
        self.failed_attempts = 0;
        self.abandon(desk);
        if matches!(self.state, State::Resting { .. }) {
            self.state = State::Idle;
        }
    }

    /// Nobody wants it any more; a rest goes on.
    pub(super) fn unwant(&mut self, desk: &mut Desk) {
        self.is_wanted = false;
        self.abandon(desk);
    }

    /// Ends an attempt that has not come to an open connection.
    pub(super) fn abandon(&mut self, desk: &mut Desk) {
        match self.state {
            State::Resolving { lookup, .. } => desk.drop_lookup(lookup),
            State::Connecting { conn, .. } => desk.abandon(conn),
            State::Idle | State::Open { .. } | State::Resting { .. } => return,
        }
        self.state = State::Idle;
    }

    pub(super) fn want(&mut self, now: Time, desk: &mut Desk) {
        if !matches!(self.state, State::Open { .. }) {
            self.is_wanted = true;
        }
        self.begin_if_due(now, desk);
    }

    pub(super) fn tick(&mut self, now: Time, desk: &mut Desk) {
        match self.state {
            State::Resolving { lookup, until } if until <= now => {
                desk.drop_lookup(lookup);
                self.attempt_failed(now, too_long(Stage::Resolve), desk);
            }
            State::Connecting { conn, until } if until <= now => {
                desk.abandon(conn);
                self.attempt_failed(now, too_long(Stage::Connect), desk);
            }
            State::Resolving { .. } | State::Connecting { .. } | State::Open { .. } => {}
            State::Idle | State::Resting { .. } => self.begin_if_due(now, desk),
        }
    }

    pub(super) fn resolved(
        &mut self,
        now: Time,
        result: Result<Vec<Address>, Cause>,
        desk: &mut Desk,
    ) {
        if let State::Resolving { lookup, .. } = self.state {
            desk.drop_lookup(lookup);
        }
        let failure = |cause| ConnFailure { stage: Stage::Resolve, cause };
        match result {
            Ok(found) => {
                self.addresses = found.into_iter().take(MAX_ADDRESSES).collect();
                if !self.step(now, desk) {
                    self.attempt_failed(now, failure(Cause::NoSuchHost), desk);
                }
            }
            Err(cause) => self.attempt_failed(now, failure(cause), desk),
        }
    }

    pub(super) fn connected(&mut self, conn: ConnId) {
        if self.is_connecting(conn) {
            self.state = State::Open { conn };
        }
    }

    pub(super) fn failed(&mut self, now: Time, conn: ConnId, why: ConnFailure, desk: &mut Desk) {
        if self.is_connecting(conn) {
            desk.drop_conn(conn);
            self.attempt_failed(now, why, desk);
        }
    }

    pub(super) fn ready(&mut self, conn: ConnId) {
        if self.state == (State::Open { conn }) {
            self.is_wanted = false;
            self.failures = 0;
            self.failed_attempts = 0;
        }
    }

    /// The next attempt waits, unless it was our own wish that the connection ended. Who is not
    /// believed is not insisted upon: too many wrong passwords lock accounts.
    pub(super) fn lost(&mut self, now: Time, conn: ConnId, why: &ConnFailure, desk: &mut Desk) {
        if self.state != (State::Open { conn }) {
            return;
        }
        desk.drop_conn(conn);
        if matches!(why.cause, Cause::Idle | Cause::Unneeded | Cause::AddressChanged) {
            self.state = State::Idle;
            return;
        }
        if why.cause.blame() == Blame::Credentials {
            self.is_wanted = false;
        }
        self.rest(now, desk);
    }

    pub(super) fn next_wake(&self) -> Option<Time> {
        match self.state {
            State::Idle => self.is_wanted.then_some(Time(0)),
            State::Resolving { until, .. }
            | State::Connecting { until, .. }
            | State::Resting { until } => Some(until),
            State::Open { .. } => None,
        }
    }

    pub(super) fn resting_until(&self) -> Option<Time> {
        if let State::Resting { until } = self.state { Some(until) } else { None }
    }

    pub(super) const fn is_wanted(&self) -> bool {
        self.is_wanted
    }

    pub(super) fn is_resolving(&self, asked: LookupId) -> bool {
        matches!(self.state, State::Resolving { lookup, .. } if lookup == asked)
    }

    fn is_connecting(&self, asked: ConnId) -> bool {
        matches!(self.state, State::Connecting { conn, .. } if conn == asked)
    }

    fn begin_if_due(&mut self, now: Time, desk: &mut Desk) {
        match self.state {
            State::Resting { until } if until <= now => self.state = State::Idle,
            State::Idle => {}
            State::Resolving { .. }
            | State::Connecting { .. }
            | State::Open { .. }
            | State::Resting { .. } => return,
        }
        if self.is_wanted {
            self.looked_up = false;
            self.step(now, desk);
        }
    }

    /// The next attempt of a round; false when there is none left.
    fn step(&mut self, now: Time, desk: &mut Desk) -> bool {
        if let Some(address) = self.addresses.pop_front() {
            let conn = desk.connect(self.target, &self.host, address);
            let until = desk.setup_deadline(now, self.failed_attempts);
            self.state = State::Connecting { conn, until };
            return true;
        }
        if self.looked_up {
            return false;
        }
        self.looked_up = true;
        let lookup = desk.resolve(self.target, &self.host);
        let until = desk.setup_deadline(now, self.failed_attempts);
        self.state = State::Resolving { lookup, until };
        true
    }

    fn attempt_failed(&mut self, now: Time, failure: ConnFailure, desk: &mut Desk) {
        self.failed_attempts = self.failed_attempts.saturating_add(1);
        if !self.step(now, desk) {
            desk.tell_failed(self.target, failure);
            self.rest(now, desk);
        }
    }

    fn rest(&mut self, now: Time, desk: &mut Desk) {
        let until = desk.rest_end(now, self.failures);
        self.failures = self.failures.saturating_add(1);
        self.state = State::Resting { until };
    }
}

fn too_long(stage: Stage) -> ConnFailure {
    ConnFailure { stage, cause: Cause::TimedOut }
}
