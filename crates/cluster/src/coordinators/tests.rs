//! The rules of looking coordinators up one by one, and what holds whatever happens.

#![allow(clippy::arithmetic_side_effects)]

mod anything;
mod requests;
mod rules;

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use klamm_protocol::ApiKey;
use klamm_protocol::find_coordinator::FindCoordinatorResponse;
use klamm_protocol::find_coordinator::response::Coordinator;
use klamm_protocol::frame::{LENGTH_PREFIX, ResponseFrame, encode_response};
use klamm_wire::{DecodeError, ErrorCode, NodeId, Time};

use super::{Coordinators, Found, Lookup};
use crate::address::HostPort;
use crate::request::CoordinatorKey;

/// What an answer says of one key: a node that is there, or a code.
type Said = Result<i32, ErrorCode>;

fn group(name: &str) -> CoordinatorKey {
    CoordinatorKey::Group(name.to_owned())
}

fn transaction(name: &str) -> CoordinatorKey {
    CoordinatorKey::Transaction(name.to_owned())
}

fn at(key: CoordinatorKey, node: i32) -> Found {
    let host = HostPort::new("broker", 9000 + node).unwrap();
    Found::At { key, node: NodeId(node), host }
}

/// An answer with a list, as from version 4 on.
fn listed(said: &[(&str, Said)]) -> ResponseFrame {
    let coordinators = said.iter().map(|(name, said)| {
        let (node, host, port, error_code) = place(*said);
        let key = Cow::Owned((*name).to_owned());
        Coordinator { key, node_id: node, host, port, error_code, ..Coordinator::default() }
    });
    let coordinators = coordinators.collect();
    frame(&FindCoordinatorResponse { coordinators, ..FindCoordinatorResponse::default() }, 4)
}

/// An answer about one key, as of old brokers.
fn single(said: Said) -> ResponseFrame {
    let (node_id, host, port, error_code) = place(said);
    let answer = FindCoordinatorResponse {
        error_code,
        node_id,
        host,
        port,
        ..FindCoordinatorResponse::default()
    };
    frame(&answer, 3)
}

fn place(said: Said) -> (NodeId, Cow<'static, str>, i32, ErrorCode) {
    match said {
        Ok(node) => (NodeId(node), Cow::Borrowed("broker"), 9000 + node, ErrorCode::NONE),
        Err(code) => (NodeId::NONE, Cow::Borrowed(""), -1, code),
    }
}

fn frame(answer: &FindCoordinatorResponse<'_>, version: i16) -> ResponseFrame {
    let bytes = encode_response(answer, version, 7).unwrap().to_vec();
    let bytes = Bytes::from(bytes).slice(LENGTH_PREFIX..);
    ResponseFrame { key: ApiKey::FindCoordinator, version, bytes }
}

/// Coordinators and a clock.
struct Scene {
    all: Coordinators,
    now: Time,
}

impl Scene {
    fn new() -> Self {
        let all = Coordinators::new(Duration::from_millis(100), Duration::from_secs(1), 7);
        Self { all, now: Time(1) }
    }

    fn wanting(keys: &[CoordinatorKey]) -> Self {
        let mut scene = Self::new();
        keys.iter().for_each(|key| assert_eq!(scene.want(key), None));
        scene
    }

    fn want(&mut self, key: &CoordinatorKey) -> Option<NodeId> {
        self.all.want(self.now, key)
    }

    fn due(&mut self) -> Lookup {
        self.all.due(self.now, true).expect("invariant: a look-up is due")
    }

    fn answer(&mut self, lookup: Lookup, frame: &ResponseFrame) -> Result<(), DecodeError> {
        self.all.answered(self.now, lookup, frame)
    }

    fn found(&mut self) -> Vec<Found> {
        std::iter::from_fn(|| self.all.poll()).collect()
    }

    /// Goes to the next wake-up, and says how long that took.
    fn wait(&mut self) -> Duration {
        let wake = self.all.next_wake().expect("invariant: something is waited for");
        let waited = wake.saturating_duration_since(self.now);
        self.now = self.now.max(wake);
        waited
    }
}

fn names(lookup: &Lookup) -> Vec<CoordinatorKey> {
    lookup.keys().collect()
}

/// Whether a duration lies within a fifth of so many milliseconds.
#[track_caller]
fn assert_about(waited: Duration, around: u64) {
    let range = Duration::from_millis(around * 8 / 10)..=Duration::from_millis(around * 12 / 10);
    assert!(range.contains(&waited), "{waited:?} is not about {around} ms");
}
