//! What became of the records that a flush waits for.

use klamm_idempotence::{CallId, Done};

use super::Answer;

/// Counts records for the flushes that are not answered.
///
/// The state machine counts batches; how many records they have, it is not told of each.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// How many batches were announced.
    announced: u64,
    flushes: Vec<Flush>,
}

/// A flush that is not answered.
#[derive(Debug)]
struct Flush {
    call: CallId,
    /// Batches with a lower number are waited for.
    before: u64,
    acked: u64,
    failed: u64,
}

impl Tally {
    /// The number of the next batch.
    pub(crate) fn announce(&mut self) -> u64 {
        let number = self.announced;
        self.announced = number.saturating_add(1);
        number
    }

    /// A batch has ended, for so many of its records well.
    pub(crate) fn ended(&mut self, number: u64, acked: u32, failed: u32) {
        for flush in self.flushes.iter_mut().filter(|flush| number < flush.before) {
            flush.acked = flush.acked.saturating_add(u64::from(acked));
            flush.failed = flush.failed.saturating_add(u64::from(failed));
        }
    }

    /// A flush begins.
    pub(super) fn flush(&mut self, call: CallId) {
        let before = self.announced;
        self.flushes.push(Flush { call, before, acked: 0, failed: 0 });
    }

    /// An answer, with records in the place of batches if it is that of a flush.
    pub(super) fn told(&mut self, call: CallId, answer: Answer) -> Answer {
        let Some(at) = self.flushes.iter().position(|flush| flush.call == call) else {
            return answer;
        };
        let Flush { acked, failed, .. } = self.flushes.swap_remove(at);
        answer.map(|_| Done::Flushed { acked, failed })
    }
}
