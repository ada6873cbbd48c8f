//! Tests of the transaction coordinator, in a small language of producers and their requests.

mod chart;
mod codes;
mod defects;
mod ends;
mod ids;
mod marking;
mod time;
mod walk;

use std::time::Duration;

use klamm_wire::{ErrorCode, Now, Time, WallMillis};

use super::{Coordinator, Identity, MarkerWrite, TxnRules};
use crate::defects::{Defect, Defects};
use crate::topic::TopicPartition;

/// The transactional id of most tests.
const TX: &str = "tx";

/// What cannot go wrong answers this.
const OK: ErrorCode = ErrorCode::NONE;

fn part(partition: i32) -> TopicPartition {
    TopicPartition { topic: "orders".to_owned(), partition }
}

/// A coordinator, its cluster's settings, and a clock.
struct World {
    coordinator: Coordinator,
    defects: Defects,
    two: bool,
    now: Now,
}

impl World {
    /// A cluster that has finalized generation one.
    fn one() -> Self {
        let now = Now { mono: Time(0), wall: WallMillis(1_000_000) };
        Self { coordinator: Coordinator::new(7), defects: Defects::default(), two: false, now }
    }

    /// A cluster that has finalized generation two.
    fn two() -> Self {
        Self { two: true, ..Self::one() }
    }

    fn with(mut self, defect: Defect) -> Self {
        self.defects.switch_on(defect);
        self
    }

    fn ask<T>(&mut self, request: impl FnOnce(&mut Coordinator, &TxnRules<'_>) -> T) -> T {
        let rules = TxnRules {
            defects: &self.defects,
            max_timeout_ms: 900_000,
            two: self.two,
            now: self.now,
            id_expiration_ms: 604_800_000,
        };
        request(&mut self.coordinator, &rules)
    }

    /// `InitProducerId` of a producer that has no identity yet.
    fn init(&mut self) -> Result<Identity, ErrorCode> {
        self.init_from(Identity::NONE)
    }

    fn init_from(&mut self, known: Identity) -> Result<Identity, ErrorCode> {
        self.ask(|coordinator, rules| {
            coordinator.init_producer_id(Some(TX), 60_000, known, 5, rules)
        })
    }

    fn add(&mut self, who: Identity, partition: i32) -> ErrorCode {
        self.ask(|c, rules| c.add_partitions(TX, who, &[part(partition)], 3, rules))
    }

    fn verify(&mut self, who: Identity, partition: i32) -> ErrorCode {
        self.ask(|c, rules| c.verify(TX, who, &part(partition), rules))
    }

    fn commit(&mut self, who: Identity, version: i16) -> Result<Option<Identity>, ErrorCode> {
        self.ask(|c, rules| c.end(TX, who, true, version, rules))
    }

    fn abort(&mut self, who: Identity, version: i16) -> Result<Option<Identity>, ErrorCode> {
        self.ask(|c, rules| c.end(TX, who, false, version, rules))
    }

    fn written(&mut self, write: &MarkerWrite) {
        self.ask(|c, rules| c.marker_written(write, rules));
    }

    /// Writes every marker that is ready; gives those that were written.
    fn write_markers(&mut self) -> Vec<MarkerWrite> {
        let mut all = Vec::new();
        while let Some(write) = self.coordinator.poll_marker() {
            self.written(&write);
            all.push(write);
        }
        all
    }

    fn pass(&mut self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap();
        self.now.mono = self.now.mono.saturating_add(time);
        self.now.wall.0 += millis;
        self.ask(Coordinator::expire);
    }

    fn state(&self) -> &'static str {
        self.coordinator.describe(TX).map_or("unknown", |facts| facts.state)
    }

    fn identity(&self) -> Identity {
        let facts = self.coordinator.describe(TX).unwrap();
        Identity { pid: facts.pid, epoch: facts.epoch }
    }

    /// A producer with an open transaction over the first partition.
    fn ongoing(&mut self) -> Identity {
        let who = self.init().unwrap();
        assert_eq!(self.add(who, 0), OK);
        who
    }

    /// Lets the id's epochs run until this one.
    fn age(&mut self, epoch: i16) -> Identity {
        let entry = self.coordinator.book.txns.get_mut(TX).unwrap();
        entry.identity.epoch = epoch;
        entry.identity
    }
}

/// One epoch later.
fn raised(who: Identity) -> Identity {
    Identity { epoch: who.epoch + 1, ..who }
}

/// One epoch earlier.
fn before(who: Identity) -> Identity {
    Identity { epoch: who.epoch - 1, ..who }
}

/// Another producer, at the same epoch.
fn stranger(who: Identity) -> Identity {
    Identity { pid: who.pid + 1_000_000, ..who }
}
