//! Who holds a transactional id, and every step that its transaction can take.

use std::collections::BTreeSet;

use klamm_wire::ErrorCode;

use super::Member;
use crate::model::produce::{Generation, Identity};

/// The last epoch that a producer is given. The one after it is left for fencing.
pub(super) const LAST_EPOCH: i64 = 32_766;

/// Where a transactional id stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TxnState {
    /// A producer was initialised and has not begun anything.
    Empty,
    /// A transaction has members.
    Ongoing,
    /// A commit is decided, and the members do not know.
    PrepareCommit,
    /// An abort is decided, and the members do not know.
    PrepareAbort,
    /// The last transaction is committed everywhere.
    CompleteCommit,
    /// The last transaction is aborted everywhere.
    CompleteAbort,
}

/// Who holds the transactional id, and the transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Tenure {
    pub(super) who: Identity,
    /// The epoch that may still be named in a retry; `None` once nobody else may come back.
    pub(super) last_epoch: Option<i64>,
    /// The producer id of the step before, if it was another one. It is good for recognising the
    /// retry of that very step, so every further step forgets it.
    pub(super) previous_pid: Option<i64>,
    /// The producer id that takes over when the transaction is complete.
    pub(super) next_pid: Option<i64>,
    pub(super) state: TxnState,
    pub(super) members: BTreeSet<Member>,
}

impl TxnState {
    pub(super) const fn prepare(commit: bool) -> Self {
        if commit { Self::PrepareCommit } else { Self::PrepareAbort }
    }

    pub(super) const fn complete(commit: bool) -> Self {
        if commit { Self::CompleteCommit } else { Self::CompleteAbort }
    }

    /// Whether the transaction will be committed, if it is decided and not complete.
    pub(super) const fn prepared(self) -> Option<bool> {
        match self {
            Self::PrepareCommit => Some(true),
            Self::PrepareAbort => Some(false),
            Self::Empty | Self::Ongoing | Self::CompleteCommit | Self::CompleteAbort => None,
        }
    }

    /// Whether the last transaction was committed, if it is complete.
    pub(super) const fn completed(self) -> Option<bool> {
        match self {
            Self::CompleteCommit => Some(true),
            Self::CompleteAbort => Some(false),
            Self::Empty | Self::Ongoing | Self::PrepareCommit | Self::PrepareAbort => None,
        }
    }
}

impl Tenure {
    /// Whether exactly this identity may act.
    pub(super) fn check(&self, who: Identity) -> Result<(), ErrorCode> {
        if who.pid != self.who.pid {
            Err(ErrorCode::INVALID_PRODUCER_ID_MAPPING)
        } else if who.epoch != self.who.epoch {
            Err(ErrorCode::PRODUCER_FENCED)
        } else {
            Ok(())
        }
    }

    pub(super) const fn is_exhausted(&self) -> bool {
        self.who.epoch >= LAST_EPOCH
    }

    /// Every move that stays with the producer id.
    pub(super) const fn step(&mut self, state: TxnState) {
        self.previous_pid = None;
        self.state = state;
    }

    /// Every move that changes the producer id.
    pub(super) const fn hand_over(&mut self, to: i64, state: TxnState) {
        self.previous_pid = Some(self.who.pid);
        self.who = Identity { pid: to, epoch: 0 };
        self.state = state;
    }

    /// Takes the next epoch. There is one beyond the last that a producer may have, and none
    /// beyond that.
    pub(super) fn bump(&mut self) {
        self.who.epoch = self.who.epoch.saturating_add(1).min(LAST_EPOCH.saturating_add(1));
    }

    /// Decides to abort, under the next epoch.
    //= B16 generation 1 forgets the epoch before, so that its owner cannot come back
    pub(super) fn fence(&mut self, generation: Generation) {
        self.last_epoch = match generation {
            Generation::Tv1 => None,
            Generation::Tv2 => Some(self.who.epoch),
        };
        self.bump();
        self.step(TxnState::PrepareAbort);
    }

    pub(super) fn conclude(&mut self, commit: bool) {
        let state = TxnState::complete(commit);
        match self.next_pid.take() {
            Some(pid) => self.hand_over(pid, state),
            None => self.step(state),
        }
    }
}

/// A producer id that nobody has had.
pub(super) const fn take_pid(fresh: &mut i64) -> i64 {
    let pid = *fresh;
    *fresh = pid.saturating_add(1);
    pid
}
