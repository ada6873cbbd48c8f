//! How a batch ends: its caller is told once, and its lane learns whether a hole is left.

use super::batch::{Owed, Stage, Stamped};
use super::{Partition, Told};
use crate::fate::{Evidence, Fate, Known};
use crate::output::{Acked, Failed, Fatal, Outcome, Output, Reason};
use crate::turn::Turn;
use crate::verdict::produce::Scope;

impl Partition {
    /// Tells the caller that the batch is in the log.
    pub(super) fn acknowledge(&mut self, at: usize, acked: Acked, turn: &mut Turn<'_>) {
        let Some(stamped) = self.unresolved.get_mut(at) else { return };
        stamped.story.known = stamped.story.known.join(Evidence::Persisted);
        if let Some(stamp) = stamped.stamp {
            self.lane.reach(stamp, stamped.piece.records);
        }
        let owed = stamped.owed.take();
        // With an attempt still out the entry stays: nothing may be decided before that has ended.
        if !stamped.is_out() {
            self.unresolved.remove(at);
        }
        if let Some(owed) = owed {
            self.tell(owed, Ok(acked), turn);
        }
    }

    /// Tells the caller that the batch failed, with the fate that its attempts allow.
    ///
    /// With an attempt out it may yet be written; the entry stays until that has ended.
    //= R14 what was written in part or whole may be in the log, whichever attempt it was
    pub(super) fn fail(&mut self, at: usize, failure: Failure, turn: &mut Turn<'_>) {
        let Some(stamped) = self.unresolved.get_mut(at) else { return };
        let Some(owed) = stamped.owed.take() else { return };
        if stamped.is_out() {
            stamped.story.known = stamped.story.known.join(Evidence::Maybe);
        }
        let known = stamped.story.known;
        if let Some(stamp) = stamped.stamp.filter(|_| known == Known::Maybe) {
            self.lane.reach(stamp, stamped.piece.records);
        }
        if !stamped.is_out() {
            self.unresolved.remove(at);
        }
        if known != Known::Persisted {
            self.lane.tear();
        }
        let Failure { reason, scope, culprits } = failure;
        self.spread(scope, reason, turn);
        if let Some(tag) = owed.tag {
            turn.news.failed.get_or_insert((tag, reason));
        }
        let culprits = owed.piece.within_batch(culprits);
        self.tell(owed, Err(Failed { reason, fate: known.fate(), culprits }), turn);
    }

    /// What fails along with a batch.
    fn spread(&mut self, scope: Scope, reason: Reason, turn: &mut Turn<'_>) {
        match scope {
            Scope::Batch | Scope::Lane | Scope::Transaction => {}
            Scope::ProducerId => {
                self.lane.condemn();
                if let Some(lane) = self.lane.open() {
                    turn.writer.forget(lane.identity());
                }
            }
            Scope::Producer => {
                let fatal = if let Reason::Refused(code) = reason {
                    Fatal::Refused(code)
                } else {
                    Fatal::BrokerMisbehaved
                };
                turn.news.fatal.get_or_insert(fatal);
            }
        }
    }

    /// Tells the caller that a batch without a stamp failed.
    pub(super) fn fail_unwritten(&mut self, owed: Owed, reason: Reason, turn: &mut Turn<'_>) {
        if let Some(tag) = owed.tag {
            turn.news.failed.get_or_insert((tag, reason));
        }
        let failed = Failed { reason, fate: Fate::NotWritten, culprits: Vec::new() };
        self.tell(owed, Err(failed), turn);
    }

    /// Fails what no other stamp may be given: what is behind it may be in the log already.
    //= I3 rather fail a batch than write it out of order
    pub(super) fn fail_passed(&mut self, turn: &mut Turn<'_>) {
        let lane = self.lane;
        let passed = |one: &Stamped| one.stamp.is_some_and(|stamp| lane.has_passed(stamp));
        while let Some(at) = self.unresolved.iter().position(passed) {
            self.fail(at, Failure::of(Reason::Overtaken), turn);
        }
    }

    /// Consumes what a caller is owed.
    ///
    /// A batch in pieces is finished when its last piece is.
    fn tell(&mut self, owed: Owed, told: Told, turn: &mut Turn<'_>) {
        let (ticket, piece, tag, number) = owed.redeem();
        let outcome = match self.halved.iter().position(|halved| halved.is_of(ticket)) {
            None => Outcome::Whole(told),
            Some(at) => {
                let finished = self.halved.get_mut(at).is_some_and(|one| one.tell(piece, told));
                if !finished {
                    return;
                }
                Outcome::Pieces(self.halved.remove(at).into_outcomes())
            }
        };
        let acked = match &outcome {
            Outcome::Whole(told) => told.is_ok(),
            Outcome::Pieces(pieces) => pieces.iter().all(|(_, told)| told.is_ok()),
        };
        turn.out.push(Output::Complete { part: turn.part, ticket, outcome });
        turn.ledger.finish(number, tag, acked, turn.out);
    }

    /// Fails everything that is not on a connection, and tells the callers of the rest.
    pub(crate) fn fail_all(&mut self, reason: Reason, turn: &mut Turn<'_>) {
        self.purge(reason, turn);
        let mut at = self.unresolved.len();
        while let Some(before) = at.checked_sub(1) {
            at = before;
            self.fail(at, Failure::of(reason), turn);
        }
    }

    /// Fails what has no attempt out: a transaction is given up.
    pub(crate) fn give_up(&mut self, reason: Reason, turn: &mut Turn<'_>) {
        self.purge(reason, turn);
        let mut at = self.unresolved.len();
        while let Some(before) = at.checked_sub(1) {
            at = before;
            let out = self.unresolved.get(at).is_some_and(|one| matches!(one.stage, Stage::Out(_)));
            if !out {
                self.fail(at, Failure::of(reason), turn);
            }
        }
    }
}

/// A failure of a batch.
pub(super) struct Failure {
    pub(super) reason: Reason,
    pub(super) scope: Scope,
    /// The records at fault, by their index within the batch.
    pub(super) culprits: Vec<u32>,
}

impl Failure {
    /// A failure that is the batch's own.
    pub(super) const fn of(reason: Reason) -> Self {
        Self { reason, scope: Scope::Lane, culprits: Vec::new() }
    }
}
