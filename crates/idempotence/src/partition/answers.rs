//! What an attempt told, and what is done about it.

use std::time::Duration;

use klamm_wire::{ErrorCode, Time};

use super::Partition;
use super::batch::{Stage, Stamped};
use super::resolve::Failure;
use crate::backoff;
use crate::fate::{Evidence, Known};
use crate::names::AttemptId;
use crate::output::{Acked, Output, Reason};
use crate::turn::Turn;
use crate::verdict::produce::{
    Again, CHARGED_LIMIT, Case, Ending, Scope, TABLE, Verdict, look_up, resolve,
};

/// The wait for the end of another transaction, which is a matter of milliseconds.
const SOON: Duration = Duration::from_millis(20);

/// The end of an attempt.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) ending: Ending,
    /// Where and when, if it was written.
    pub(crate) acked: Acked,
    /// The records at fault.
    pub(crate) culprits: Vec<u32>,
}

impl Heard {
    /// An end without an answer.
    pub(crate) const fn without_answer(ending: Ending) -> Self {
        let acked = Acked { offset: None, append_time: None };
        Self { ending, acked, culprits: Vec::new() }
    }

    /// Why a batch failed that ends like this.
    const fn reason(&self) -> Reason {
        match self.ending {
            Ending::Code(code) => Reason::Refused(code),
            Ending::Absent => Reason::Refused(ErrorCode::UNKNOWN_SERVER_ERROR),
            Ending::Lost | Ending::Cut => Reason::Refused(ErrorCode::NETWORK_EXCEPTION),
        }
    }
}

impl Partition {
    /// Takes the end of an attempt: a live one decides, a detached one can only bring good news.
    pub(crate) fn attempt_ended(&mut self, attempt: AttemptId, heard: Heard, turn: &mut Turn<'_>) {
        let cell = look_up(TABLE, heard.ending, turn.writer.column());
        let Some(evidence) = cell.evidence else { return };
        turn.attempts.close(attempt);
        let live = self.unresolved.iter().position(|one| one.stage == Stage::Out(attempt));
        match live {
            Some(at) => self.live_ended(at, evidence, heard, turn),
            None => self.detached_ended(attempt, evidence, heard.acked, turn),
        }
    }

    fn live_ended(&mut self, at: usize, evidence: Evidence, heard: Heard, turn: &mut Turn<'_>) {
        let head = self.is_head(at);
        let Some(stamped) = self.unresolved.get_mut(at) else { return };
        let before = stamped.story.known;
        stamped.stage = Stage::Idle;
        stamped.story.known = before.join(evidence);
        let case = Case {
            clean: stamped.story.known.is_clean(),
            head,
            many: stamped.piece.records > 1,
            spent: stamped.story.charged >= CHARGED_LIMIT,
        };
        let told = stamped.owed.is_none();
        if evidence == Evidence::Persisted {
            self.success(turn);
        } else {
            self.trouble();
        }
        if told {
            return self.told_ended(at, before, evidence);
        }
        let cell = look_up(TABLE, heard.ending, turn.writer.column());
        self.act(at, resolve(cell.rule, case), heard, turn);
    }

    /// Whether nothing older is unresolved, but for what only another epoch can help.
    fn is_head(&self, at: usize) -> bool {
        self.unresolved.iter().take(at).all(|older| older.stage == Stage::Stuck)
    }

    /// The last attempt of a batch has ended whose caller was told before: the lane may be whole
    /// after all.
    fn told_ended(&mut self, at: usize, before: Known, evidence: Evidence) {
        self.unresolved.remove(at);
        if before != Known::Persisted && evidence == Evidence::Persisted {
            self.lane.mend();
        }
    }

    fn act(&mut self, at: usize, verdict: Verdict, heard: Heard, turn: &mut Turn<'_>) {
        match verdict {
            Verdict::Acknowledge { offset_known } => {
                let Acked { offset, append_time } = heard.acked;
                let acked = Acked { offset: offset.filter(|_| offset_known), append_time };
                self.acknowledge(at, acked, turn);
            }
            Verdict::Ignore | Verdict::Wait => {}
            Verdict::Retry(again) => self.retry(at, again, turn),
            Verdict::Grace => self.grace(at, heard, turn),
            Verdict::Restamp => self.restamp(at, turn),
            Verdict::Split => self.begin_split(at, turn),
            Verdict::Fail(scope) => {
                let (reason, culprits) = (heard.reason(), heard.culprits);
                self.fail(at, Failure { reason, scope, culprits }, turn);
            }
        }
    }

    /// The same stamp once more, after a wait.
    //= R11 each batch has a back-off of its own
    fn retry(&mut self, at: usize, again: Again, turn: &mut Turn<'_>) {
        let Some(stamped) = self.unresolved.get_mut(at) else { return };
        let wait = match again {
            Again::Soon => SOON,
            Again::Later | Again::Charged | Again::Refreshed => {
                backoff::wait(turn.settings, stamped.story.tries, salt(stamped, turn))
            }
        };
        stamped.story.tries = stamped.story.tries.saturating_add(1);
        stamped.story.not_before = turn.now.saturating_add(wait);
        if again == Again::Charged {
            stamped.story.charged = stamped.story.charged.saturating_add(1);
        }
        if again == Again::Refreshed {
            turn.out.push(Output::Refresh(turn.part));
        }
    }

    /// A copy may be on its way and land before the next attempt, which then finds it. For that
    /// one request timeout is waited; after it the batch fails, and nobody knows its fate.
    fn grace(&mut self, at: usize, heard: Heard, turn: &mut Turn<'_>) {
        let Some(stamped) = self.unresolved.get_mut(at) else { return };
        let end = turn.now.saturating_add(turn.settings.request_timeout);
        let until = *stamped.story.grace.get_or_insert(end);
        if until <= turn.now {
            let (reason, culprits) = (heard.reason(), heard.culprits);
            return self.fail(at, Failure { reason, scope: Scope::Lane, culprits }, turn);
        }
        self.retry(at, Again::Later, turn);
    }

    /// Nothing of the batch is in the log, and nothing under this lane will be: it waits for the
    /// next epoch. Behind a known hole that costs no wait; otherwise a back-off keeps a broker
    /// that never accepts from being asked without end.
    fn restamp(&mut self, at: usize, turn: &mut Turn<'_>) {
        let spent = self.lane.is_spent();
        self.lane.condemn();
        if !spent {
            self.retry(at, Again::Later, turn);
        }
        if let Some(stamped) = self.unresolved.get_mut(at) {
            stamped.stage = Stage::Stuck;
        }
    }

    /// An attempt on a connection that the partition has left. A success under the very stamp
    /// that the batch still has is one; anything else says nothing that was not assumed.
    //= R12 a late success from the old leader counts
    fn detached_ended(
        &mut self,
        attempt: AttemptId,
        evidence: Evidence,
        acked: Acked,
        turn: &mut Turn<'_>,
    ) {
        let Some(at) = self.detached.iter().position(|one| one.attempt == attempt) else { return };
        let left = self.detached.remove(at);
        if evidence != Evidence::Persisted {
            return;
        }
        let same = |one: &Stamped| {
            (one.ticket, one.piece, one.stamp) == (left.ticket, left.piece, left.stamp)
        };
        if let Some(at) = self.unresolved.iter().position(same) {
            self.acknowledge(at, acked, turn);
        }
    }

    /// The request of an attempt was written. With acks=0 that is all there will be.
    pub(crate) fn flushed(&mut self, attempt: AttemptId, turn: &mut Turn<'_>) {
        if !turn.writer.takes_flush_for_ack() {
            return;
        }
        let live = self.unresolved.iter().position(|one| one.stage == Stage::Out(attempt));
        turn.attempts.close(attempt);
        self.detached.retain(|one| one.attempt != attempt);
        if let Some(at) = live {
            if let Some(stamped) = self.unresolved.get_mut(at) {
                stamped.stage = Stage::Idle;
            }
            self.acknowledge(at, Acked { offset: None, append_time: None }, turn);
        }
    }

    /// The earliest instant at which a wait or a grace ends.
    pub(super) fn next_retry(&self, now: Time) -> Option<Time> {
        let queued = self.queue.front().map(|queued| queued.story.not_before);
        let idle = self.unresolved.iter().filter(|one| one.is_idle());
        let waits = idle.flat_map(|one| [Some(one.story.not_before), one.story.grace]).flatten();
        waits.chain(queued).filter(|wait| *wait > now).min()
    }
}

/// What tells the waits of one batch from those of others.
fn salt(stamped: &Stamped, turn: &Turn<'_>) -> u64 {
    (u64::from(turn.part.0) << 32) ^ stamped.ticket.0 ^ u64::from(stamped.piece.first)
}
