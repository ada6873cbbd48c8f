//! The partitions under their numbers, and what the engine keeps of each batch.
//!
//! A batch is here from its announcement to its end, under its ticket: the slot has its
//! completion, the state machine its fate, and this place its payload.

mod batch;

use std::collections::VecDeque;
use std::sync::Arc;

use klamm_batching::{Slot, Ticket};
use klamm_cluster::metadata::TopicRef;
use klamm_wire::{PartitionIndex, Time};

pub(crate) use batch::{Batch, Payload, Stage};

use crate::failure::Failure;

/// All partitions that were ever appended to, by their numbers.
#[derive(Default)]
pub(crate) struct Parts {
    all: Vec<Partition>,
}

/// One partition, as the engine sees it.
pub(crate) struct Partition {
    pub(crate) slot: Arc<Slot<Failure>>,
    pub(crate) topic: TopicRef,
    pub(crate) index: PartitionIndex,
    /// Announced and not popped, by ascending ticket from `first` on, without a gap; those in the
    /// middle may have ended.
    batches: VecDeque<Option<Batch>>,
    first: u64,
    /// The batch that takes records.
    pub(crate) open: Option<Ticket>,
    /// Batches that were moved out and never sent.
    pub(crate) unsent: usize,
    /// Attempts without an end.
    pub(crate) out: usize,
}

impl Parts {
    /// The number that the next partition will have.
    pub(crate) fn next_number(&self) -> u32 {
        u32::try_from(self.all.len()).unwrap_or(u32::MAX)
    }

    /// Adds a partition under that number.
    pub(crate) fn push(
        &mut self,
        slot: Arc<Slot<Failure>>,
        topic: TopicRef,
        index: PartitionIndex,
    ) {
        let (batches, first) = (VecDeque::new(), 0);
        let (open, unsent, out) = (None, 0, 0);
        self.all.push(Partition { slot, topic, index, batches, first, open, unsent, out });
    }

    pub(crate) fn get(&self, part: u32) -> Option<&Partition> {
        self.all.get(usize::try_from(part).ok()?)
    }

    pub(crate) fn get_mut(&mut self, part: u32) -> Option<&mut Partition> {
        self.all.get_mut(usize::try_from(part).ok()?)
    }

    /// The numbers of all.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> + use<> {
        0..self.next_number()
    }
}

impl Partition {
    /// Notes a batch that was opened; whether it is the one that was due.
    pub(crate) fn announce(&mut self, ticket: Ticket, batch: Batch) -> bool {
        let next = self.first.saturating_add(count(self.batches.len()));
        let is_next = ticket.0 == next;
        if is_next {
            self.batches.push_back(Some(batch));
            self.open = Some(ticket);
        }
        is_next
    }

    pub(crate) fn batch(&self, ticket: Ticket) -> Option<&Batch> {
        self.batches.get(self.place(ticket)?)?.as_ref()
    }

    pub(crate) fn batch_mut(&mut self, ticket: Ticket) -> Option<&mut Batch> {
        let place = self.place(ticket)?;
        self.batches.get_mut(place)?.as_mut()
    }

    /// A batch was moved out.
    pub(crate) fn sealed(&mut self, ticket: Ticket, records: u32, bytes: usize) {
        if self.open == Some(ticket) {
            self.open = None;
        }
        let Some(batch) = self.batch_mut(ticket) else { return };
        batch.records = records;
        batch.raw = bytes;
        if batch.stage == Stage::Open {
            batch.stage = Stage::Sealed;
            self.unsent = self.unsent.saturating_add(1);
        }
    }

    /// An attempt for a batch begins; whether it is the first.
    pub(crate) fn begins(&mut self, ticket: Ticket) -> bool {
        self.out = self.out.saturating_add(1);
        let Some(batch) = self.batch_mut(ticket) else { return false };
        let is_first = std::mem::replace(&mut batch.stage, Stage::Sent) != Stage::Sent;
        if is_first {
            self.unsent = self.unsent.saturating_sub(1);
        }
        is_first
    }

    /// An attempt has ended.
    pub(crate) fn ends(&mut self) {
        self.out = self.out.saturating_sub(1);
    }

    /// Takes a batch out, whose end has come.
    pub(crate) fn take(&mut self, ticket: Ticket) -> Option<Batch> {
        let place = self.place(ticket)?;
        let batch = self.batches.get_mut(place)?.take()?;
        while let Some(None) = self.batches.front() {
            self.batches.pop_front();
            self.first = self.first.saturating_add(1);
        }
        if self.open == Some(ticket) {
            self.open = None;
        }
        if batch.stage == Stage::Sealed {
            self.unsent = self.unsent.saturating_sub(1);
        }
        Some(batch)
    }

    /// Whether any batch has no end.
    pub(crate) fn has_batches(&self) -> bool {
        !self.batches.is_empty()
    }

    /// How many batches wait for their first sending.
    pub(crate) fn queued(&self) -> usize {
        self.unsent.saturating_add(usize::from(self.open.is_some()))
    }

    /// Since when the oldest batch waits for its first sending.
    pub(crate) fn waits_since(&self) -> Option<Time> {
        let oldest = self.batches.iter().flatten().find(|batch| batch.stage != Stage::Sent)?;
        Some(oldest.opened)
    }

    fn place(&self, ticket: Ticket) -> Option<usize> {
        usize::try_from(ticket.0.checked_sub(self.first)?).ok()
    }
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
