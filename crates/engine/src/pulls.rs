//! Which open batches are due, and which of them are worth a look.
//!
//! Due is not sealed: a batch that is due and cannot go stays open and fills. It is looked at again
//! when something happened to its partition, and all are when something happened to many.

use std::collections::BTreeSet;

use klamm_wire::Time;

/// Which open batches are due.
#[derive(Debug, Default)]
pub(crate) struct Pulls {
    /// Partitions with an open batch that is not due, by the end of its linger.
    lingering: BTreeSet<(Time, u32)>,
    /// Partitions with an open batch that is.
    due: BTreeSet<u32>,
    /// Those of them that may be able to go.
    worth: BTreeSet<u32>,
    /// All of them may.
    all: bool,
}

impl Pulls {
    /// A batch was opened.
    pub(crate) fn opened(&mut self, part: u32, due: Time) {
        self.lingering.insert((due, part));
    }

    /// The open batch of a partition is none any more, or has ended.
    pub(crate) fn closed(&mut self, part: u32, due: Time) {
        self.lingering.remove(&(due, part));
        self.due.remove(&part);
        self.worth.remove(&part);
    }

    /// The linger of some is over.
    pub(crate) fn on_time(&mut self, now: Time) {
        while let Some((due, part)) = self.lingering.first().copied().filter(|one| one.0 <= now) {
            self.lingering.remove(&(due, part));
            self.due.insert(part);
            self.worth.insert(part);
        }
    }

    /// Nothing waits for more records.
    pub(crate) fn hurry(&mut self) {
        self.on_time(Time(u64::MAX));
    }

    /// Something happened to a partition.
    pub(crate) fn look(&mut self, part: u32) {
        if self.due.contains(&part) {
            self.worth.insert(part);
        }
    }

    /// Something happened to many.
    pub(crate) const fn look_at_all(&mut self) {
        self.all = true;
    }

    /// Those that are worth a look.
    pub(crate) fn take(&mut self) -> BTreeSet<u32> {
        if std::mem::take(&mut self.all) {
            self.worth.clear();
            return self.due.clone();
        }
        std::mem::take(&mut self.worth)
    }

    /// Whether any batch is open.
    pub(crate) fn has_open(&self) -> bool {
        !self.lingering.is_empty() || !self.due.is_empty()
    }

    /// When the next linger ends.
    pub(crate) fn next_wake(&self) -> Option<Time> {
        self.lingering.first().map(|(due, _)| *due)
    }
}
