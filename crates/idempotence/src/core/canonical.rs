//! The machine's part in being counted by models.

use super::Machine;
use super::slots::Slots;
use crate::canonical::{Naming, Rename};
use crate::names::{AttemptId, CtrlId};
use crate::writer::Writer;

impl Machine {
    /// The machine under other names, for nothing but comparison.
    #[must_use]
    pub fn canonical(&self, naming: &Naming<'_>) -> Self {
        let mut same = self.clone();
        same.now.rename(naming);
        same.slots.rename(naming);
        same.links.rename(naming);
        same.attempts.rename(naming);
        same.ledger.rename(naming);
        match &mut same.writer {
            Writer::Plain(_) => {}
            Writer::Idempotent(ids) => ids.rename(naming),
            Writer::Transactional(all) => all.rename(naming),
        }
        same
    }

    /// The attempts without an end, oldest first.
    #[must_use]
    pub fn open_attempts(&self) -> Vec<AttemptId> {
        self.attempts.names()
    }
}

impl Rename for Slots {
    fn rename(&mut self, naming: &Naming<'_>) {
        self.forget_wakes();
        for partition in self.partitions_mut() {
            partition.rename(naming);
        }
    }
}

impl Machine {
    /// The control request whose answer is awaited in transactional mode.
    #[must_use]
    pub fn open_ctrl(&self) -> Option<CtrlId> {
        match &self.writer {
            Writer::Plain(_) | Writer::Idempotent(_) => None,
            Writer::Transactional(all) => all.open_ctrl(),
        }
    }
}
