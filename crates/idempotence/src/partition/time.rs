//! Deadlines: what is not finished in time fails, with the fate that its attempts allow.

use klamm_wire::{ErrorCode, Time};

use super::Partition;
use super::resolve::Failure;
use crate::output::Reason;
use crate::settings::Settings;
use crate::turn::Turn;

impl Partition {
    /// Ends what has waited long enough.
    pub(crate) fn on_time(&mut self, turn: &mut Turn<'_>) {
        let now = turn.now;
        while let Some(at) = self.queue.iter().position(|queued| queued.owed.deadline <= now) {
            self.take_back(at, Reason::DeadlinePassed, turn);
        }
        let mut at = self.unresolved.len();
        while let Some(before) = at.checked_sub(1) {
            at = before;
            self.expire(at, turn);
        }
        if self.route.is_gone(turn) {
            self.fail_all(Reason::TopicMissing, turn);
        }
    }

    fn expire(&mut self, at: usize, turn: &mut Turn<'_>) {
        let Some(stamped) = self.unresolved.get(at) else { return };
        let Some(owed) = &stamped.owed else { return };
        if owed.deadline <= turn.now {
            self.fail(at, Failure::of(Reason::DeadlinePassed), turn);
        } else if stamped.is_idle() && stamped.story.grace.is_some_and(|end| end <= turn.now) {
            let reason = Reason::Refused(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
            self.fail(at, Failure::of(reason), turn);
        }
    }

    /// When time means something to this partition.
    pub(crate) fn next_wake(&self, now: Time, settings: &Settings) -> Option<Time> {
        let queued = self.queue.iter().map(|queued| queued.owed.deadline);
        let owed = self.unresolved.iter().filter_map(|one| one.owed.as_ref());
        let deadlines = queued.chain(owed.map(|owed| owed.deadline)).min();
        let missing = self.route.missing_until(settings).filter(|_| deadlines.is_some());
        [deadlines, self.next_retry(now), missing].into_iter().flatten().min()
    }
}
