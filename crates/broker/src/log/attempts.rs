//! Which transactional batches were on their way here when no transaction was open yet.

use std::collections::BTreeMap;

use super::entry::Numbered;

/// The most producers that are noted: whoever comes later is not.
const MOST: usize = 1000;

/// The lowest sequence that each producer has tried to begin a transaction with.
///
/// A batch that was refused may come again. Until one is appended, none behind the lowest is: it
/// would be in front of the one that comes again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Attempts(BTreeMap<i64, Attempt>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Attempt {
    epoch: i16,
    lowest: i32,
}

impl Attempts {
    /// A batch of this producer, epoch and sequence is about to begin a transaction.
    pub(super) fn note(&mut self, pid: i64, epoch: i16, sequence: i32) {
        let is_full = self.0.len() >= MOST;
        let new = Attempt { epoch, lowest: sequence };
        match self.0.get_mut(&pid) {
            Some(known) if epoch > known.epoch => *known = new,
            Some(known) if epoch == known.epoch => known.lowest = known.lowest.min(sequence),
            Some(_) => {}
            None if is_full => {}
            None => {
                self.0.insert(pid, new);
            }
        }
    }

    /// Whether a batch with a lower sequence was seen and is not in the log.
    pub(super) fn is_behind_another(&self, batch: &Numbered) -> bool {
        let noted = self.0.get(&batch.pid).filter(|_| batch.is_transactional);
        noted.is_some_and(|attempt| batch.first_sequence() > attempt.lowest)
    }

    /// The transaction of this producer has begun, or ended.
    pub(super) fn forget(&mut self, pid: i64) {
        self.0.remove(&pid);
    }
}
