//! One transactional id: its identity, its state, and the only places where they change.

use std::collections::BTreeSet;
use std::time::Duration;

use klamm_wire::{ErrorCode, Now, Time};

use crate::topic::TopicPartition;

/// The last epoch that a client may hold. The one above it is the coordinator's, to fence with.
pub(super) const LAST_EPOCH: i16 = i16::MAX - 1;

/// A producer id and its epoch; both -1 for "none".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Identity {
    /// The producer id.
    pub(crate) pid: i64,
    /// Its epoch.
    pub(crate) epoch: i16,
}

impl Identity {
    /// No identity: what a client sends that has none yet.
    pub(crate) const NONE: Self = Self { pid: -1, epoch: -1 };

    /// Whether this is the identity before its epoch was raised to `now`.
    pub(super) fn is_just_before(self, now: Self) -> bool {
        self.pid == now.pid && self.epoch.checked_add(1) == Some(now.epoch)
    }
}

/// How a transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Commit,
    Abort,
}

impl Outcome {
    pub(super) fn of(commit: bool) -> Self {
        if commit { Self::Commit } else { Self::Abort }
    }
}

/// What becomes of the identity when a transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bump {
    /// Generation one: it stays.
    Keep,
    /// Generation two: the epoch is raised.
    Raise,
    /// Generation two with no epoch left: raised once more for the markers, then this new id.
    Rotate(i64),
}

/// Where a transactional id stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    Empty,
    Ongoing,
    Prepare(Ending),
    Complete(Outcome),
}

/// An end that is decided and not yet written everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) outcome: Outcome,
    /// The producer id that replaces the exhausted one with the last marker.
    pub(super) next_pid: Option<i64>,
    /// It raised the epoch: markers of generation two are above the records that they end.
    pub(super) raises: bool,
    /// The partitions whose marker is not written yet.
    pub(super) left: BTreeSet<TopicPartition>,
}

/// A transactional id. Everything but `last_epoch` and `Ending::left` is in the coordinator's log.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) identity: Identity,
    /// The producer id before the last change of anything: a repeated request may still name it.
    pub(super) previous_pid: i64,
    /// The epoch before the last raise that its own producer asked for; -1 when another did.
    pub(super) last_epoch: i16,
    pub(super) timeout_ms: i32,
    pub(super) state: State,
    pub(super) partitions: BTreeSet<TopicPartition>,
    /// When the transaction began, by the wall clock; -1 when none has since `InitProducerId`.
    pub(super) started_ms: i64,
    /// Ongoing: when the transaction began. Otherwise: when anything changed last.
    since: Time,
}

impl Entry {
    /// An id seen for the first time: it has a producer id, and gets its first epoch by the raise
    /// that every `InitProducerId` is.
    pub(super) fn new(pid: i64, timeout_ms: i32, now: Now) -> Self {
        Self {
            identity: Identity { pid, epoch: -1 },
            previous_pid: -1,
            last_epoch: -1,
            timeout_ms,
            state: State::Empty,
            partitions: BTreeSet::new(),
            started_ms: -1,
            since: now.mono,
        }
    }

    pub(super) fn is_ending(&self) -> bool {
        matches!(self.state, State::Prepare(_))
    }

    /// Whether the producer id has no epoch left for another client.
    pub(super) fn is_exhausted(&self) -> bool {
        self.identity.epoch >= LAST_EPOCH
    }

    /// `InitProducerId` succeeded: nothing is open, and this identity is the one that counts.
    pub(super) fn become_empty(&mut self, identity: Identity, last_epoch: i16, now: Now) {
        self.change_identity(identity);
        self.last_epoch = last_epoch;
        self.state = State::Empty;
        self.started_ms = -1;
        self.since = now.mono;
    }

    /// Partitions join the transaction, and begin it if none is open.
    pub(super) fn join(&mut self, partitions: &[TopicPartition], now: Now) {
        self.change_identity(self.identity);
        if self.state != State::Ongoing {
            self.state = State::Ongoing;
            self.started_ms = now.wall.0;
            self.since = now.mono;
        }
        self.partitions.extend(partitions.iter().cloned());
    }

    /// The end is decided. Markers carry the identity as it is after this.
    pub(super) fn prepare(&mut self, outcome: Outcome, bump: Bump, now: Now) {
        let Identity { pid, epoch } = self.identity;
        self.change_identity(match bump {
            Bump::Keep => self.identity,
            Bump::Raise | Bump::Rotate(_) => Identity { pid, epoch: epoch.saturating_add(1) },
        });
        if bump != Bump::Keep {
            self.last_epoch = epoch;
        }
        if self.state != State::Ongoing {
            self.started_ms = now.wall.0;
        }
        let next_pid = match bump {
            Bump::Rotate(next) => Some(next),
            Bump::Keep | Bump::Raise => None,
        };
        let (raises, left) = (bump != Bump::Keep, self.partitions.clone());
        self.state = State::Prepare(Ending { outcome, next_pid, raises, left });
    }

    /// Generation one's fence: the open transaction's producer loses its epoch, and no repeated
    /// `InitProducerId` of that producer is recognised.
    pub(super) fn fence(&mut self) {
        self.identity.epoch = self.identity.epoch.saturating_add(1);
        self.last_epoch = -1;
    }

    /// The marker of this partition is written, or there is nothing to write it to.
    pub(super) fn marked(&mut self, partition: &TopicPartition) {
        if let State::Prepare(ending) = &mut self.state {
            ending.left.remove(partition);
        }
    }

    /// Completes a transaction all of whose markers are written.
    pub(super) fn complete_when_marked(&mut self, at: Time) {
        let State::Prepare(ending) = &self.state else { return };
        if !ending.left.is_empty() {
            return;
        }
        let (outcome, next_pid) = (ending.outcome, ending.next_pid);
        self.change_identity(next_pid.map_or(self.identity, |pid| Identity { pid, epoch: 0 }));
        self.state = State::Complete(outcome);
        self.partitions.clear();
        self.since = at;
    }

    /// What a restarted coordinator reads back from its log.
    pub(super) fn reload(&mut self) {
        self.last_epoch = -1;
        if let State::Prepare(ending) = &mut self.state {
            ending.left.clone_from(&self.partitions);
        }
    }

    /// The identity a client has after this end: while it is prepared, the one it will complete to.
    pub(super) fn identity_after(&self) -> Identity {
        match &self.state {
            State::Prepare(Ending { next_pid: Some(pid), .. }) => Identity { pid: *pid, epoch: 0 },
            State::Prepare(_) | State::Empty | State::Ongoing | State::Complete(_) => self.identity,
        }
    }

    /// When something happens to it by itself: its transaction times out, or it is forgotten.
    pub(super) fn due(&self, id_expiration: Duration) -> Option<Time> {
        match &self.state {
            State::Ongoing => {
                let timeout = u64::try_from(self.timeout_ms).unwrap_or(0);
                // A transaction may last as long as its timeout, and no millisecond longer.
                let lasts = Duration::from_millis(timeout.saturating_add(1));
                Some(self.since.saturating_add(lasts))
            }
            State::Prepare(_) => None,
            State::Empty | State::Complete(_) => Some(self.since.saturating_add(id_expiration)),
        }
    }

    /// The partitions it touches: while its end is written, those still without a marker.
    pub(super) fn open_partitions(&self) -> &BTreeSet<TopicPartition> {
        match &self.state {
            State::Prepare(ending) => &ending.left,
            State::Empty | State::Ongoing | State::Complete(_) => &self.partitions,
        }
    }

    /// The state, as Kafka writes it.
    pub(super) fn state_name(&self) -> &'static str {
        match &self.state {
            State::Empty => "Empty",
            State::Ongoing => "Ongoing",
            State::Prepare(Ending { outcome: Outcome::Commit, .. }) => "PrepareCommit",
            State::Prepare(Ending { outcome: Outcome::Abort, .. }) => "PrepareAbort",
            State::Complete(Outcome::Commit) => "CompleteCommit",
            State::Complete(Outcome::Abort) => "CompleteAbort",
        }
    }

    fn change_identity(&mut self, to: Identity) {
        self.previous_pid = self.identity.pid;
        self.identity = to;
    }
}

/// The code for whoever is not the present producer of the id, if any.
pub(super) fn refuse_stranger(entry: &Entry, who: Identity) -> ErrorCode {
    if who.pid != entry.identity.pid {
        ErrorCode::INVALID_PRODUCER_ID_MAPPING
    } else if who.epoch != entry.identity.epoch {
        ErrorCode::PRODUCER_FENCED
    } else {
        ErrorCode::NONE
    }
}
