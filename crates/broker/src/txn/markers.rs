//! The markers to be written, in order, and those that could not be written yet.

use std::collections::VecDeque;
use std::time::Duration;

use klamm_wire::Time;

use super::entry::{Entry, Outcome, State};
use crate::topic::TopicPartition;

/// How long a marker that could not be written rests.
const REST: Duration = Duration::from_millis(100);

/// A marker to write: the end of a transaction in one partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MarkerWrite {
    /// The transactional id.
    pub(crate) id: String,
    /// The producer id in the marker's batch.
    pub(crate) pid: i64,
    /// The epoch in the marker's batch.
    pub(crate) epoch: i16,
    /// COMMIT, or else ABORT.
    pub(crate) commit: bool,
    /// Its epoch is above that of the records that it ends.
    pub(crate) is_raised: bool,
    /// The epoch of the coordinator, by which a partition knows a marker of one that is deposed.
    pub(crate) coordinator_epoch: i32,
    /// Where to write it.
    pub(crate) partition: TopicPartition,
}

/// Markers on their way. Each is in one place: ready, resting, or with the caller.
#[derive(Debug, Default)]
pub(super) struct Markers {
    ready: VecDeque<MarkerWrite>,
    resting: Vec<MarkerWrite>,
    /// When the resting ones are ready again.
    again: Option<Time>,
}

impl Markers {
    /// Makes the markers ready that this transaction's end still lacks.
    pub(super) fn queue(&mut self, id: &str, entry: &Entry, coordinator_epoch: i32) {
        let State::Prepare(ending) = &entry.state else { return };
        self.ready.extend(ending.left.iter().map(|partition| MarkerWrite {
            id: id.to_owned(),
            pid: entry.identity.pid,
            epoch: entry.identity.epoch,
            is_raised: ending.raises,
            commit: ending.outcome == Outcome::Commit,
            coordinator_epoch,
            partition: partition.clone(),
        }));
    }

    pub(super) fn next(&mut self) -> Option<MarkerWrite> {
        self.ready.pop_front()
    }

    /// Lays a marker aside for a while.
    pub(super) fn rest(&mut self, write: &MarkerWrite, now: Time) {
        if !self.resting.contains(write) && !self.ready.contains(write) {
            self.resting.push(write.clone());
            self.again.get_or_insert(now.saturating_add(REST));
        }
    }

    pub(super) fn wake(&mut self, now: Time) {
        if self.again.is_some_and(|again| again <= now) {
            self.again = None;
            self.ready.extend(self.resting.drain(..));
        }
    }

    pub(super) fn next_wake(&self) -> Option<Time> {
        self.again
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
