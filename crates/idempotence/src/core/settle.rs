//! What one partition's turn means for the others, for transactions, and for the whole.

use super::Machine;
use crate::names::{Part, TxnTag};
use crate::output::{Fatal, Reason};
use crate::transaction::{Effect, Event, Load};
use crate::turn::News;
use crate::writer::Writer;

/// Effects of one input that are carried out at the most; a machine that makes more has a defect,
/// and stops.
const MOST_EFFECTS: usize = 64;

impl Machine {
    /// Passes on what a partition's turn brought to light.
    pub(super) fn take_news(&mut self, part: Part, news: &News) {
        if let Some(fatal) = news.fatal {
            self.die(fatal);
        }
        if let Some((tag, reason)) = news.failed {
            self.transact(Event::SendFailed { tag, reason, fatal: None });
        }
        if news.attempted {
            self.transact(Event::Attempted(part));
        }
        if news.wanted {
            self.transact(Event::Wants(part));
        }
    }

    /// Tells the transactions, if there are any.
    pub(super) fn transact(&mut self, event: Event) {
        let load =
            Load { open: self.ledger.open_in_txn(), outstanding: self.attempts.outstanding() };
        if let Writer::Transactional(all) = &mut self.writer {
            all.step(self.now, event, load, &mut self.out);
        }
    }

    /// Does what is left to do after an input, until nothing is.
    pub(super) fn settle(&mut self) {
        if matches!(self.writer, Writer::Transactional(_)) {
            self.settle_transactions();
        } else if self.dead.is_none() && self.ledger.open() > 0 {
            self.writer.want_identity(self.now, &mut self.out);
        }
        if self.writer.is_settled() {
            self.ledger.answer_close(&mut self.out);
        }
    }

    fn settle_transactions(&mut self) {
        self.transact(Event::Load);
        for _ in 0..MOST_EFFECTS {
            let Writer::Transactional(all) = &mut self.writer else { return };
            let Some(effect) = all.take_effect() else { return };
            self.carry_out(effect);
            self.transact(Event::Load);
        }
        self.die(Fatal::Invariant("I12 effects of one input are bounded"));
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::FailUnsent { reason } => {
                self.all_turns(|partition, turn| partition.give_up(reason, turn));
            }
            Effect::Fatal(fatal) => self.die(fatal),
            // Nothing of a transaction outlives it, whatever became of its last attempts.
            Effect::Ended { .. } => {
                self.all_turns(|partition, turn| partition.give_up(Reason::Aborted, turn));
            }
            Effect::PartitionsWritable | Effect::IdentityChanged => {
                self.all_turns(|_, _| {});
            }
        }
    }

    /// Ends the producer: every batch is finished, and answers mean nothing any more.
    pub(super) fn die(&mut self, fatal: Fatal) {
        if self.dead.is_none() {
            self.dead = Some(fatal);
            let reason = Reason::ProducerClosed(fatal);
            self.transact(Event::SendFailed { tag: TxnTag(0), reason, fatal: Some(fatal) });
            self.all_turns(|partition, turn| partition.fail_all(reason, turn));
        }
    }
}
