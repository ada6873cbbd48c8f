//! What a slot's lock guards.

use klamm_records::{Appended, BufferPool, OpenBatch, RawBatch};
use klamm_wire::{Now, PartitionIndex, WallMillis};

use crate::completion::{Completion, Delivery};
use crate::memory::{Budget, Permit};
use crate::names::{Generation, Tag, Ticket};
use crate::notes::{Note, Notes};
use crate::slot::news::News;
use crate::slot::record::{Append, Why};
use crate::slot::window::Window;
use crate::sync::Arc;

/// With so much a batch begins, unless the one before was full, or nearly.
const FIRST_STEP: usize = 4_096;
/// How many completions a slot keeps for batches to come.
const MOST_SPARES: usize = 8;
/// For how many notes a batch has room from the beginning, at most.
const MOST_NOTES: usize = 512;

/// What a slot's lock guards.
#[derive(Debug)]
pub(super) struct State<F> {
    pub(super) generation: Generation,
    /// The transaction that may be written to.
    pub(super) writable: Option<Tag>,
    pub(super) is_closed: bool,
    /// It has at least one record.
    pub(super) open: Option<Open<F>>,
    pub(super) batches: Window<F>,
    pub(super) news: Vec<News>,
    /// Whether the slot stands in the list of those with news, or was drained and not read.
    pub(super) is_listed: bool,
    /// The last batch was full or nearly, so that the next begins with all of its room.
    pub(super) was_full: bool,
    /// How many bytes it got because the topic sticks to it.
    pub(super) stuck: usize,
    /// How many notes the last batch had, so that the next has room for as many.
    pub(super) expected_notes: usize,
    /// Completions of batches that have ended, to be used again once nobody waits on them.
    spares: Vec<Arc<Completion<F>>>,
}

/// The open batch.
#[derive(Debug)]
pub(super) struct Open<F> {
    pub(super) batch: OpenBatch,
    /// How large it becomes before compression.
    pub(super) limit: usize,
    pub(super) ticket: Ticket,
    pub(super) tag: Option<Tag>,
    pub(super) completion: Arc<Completion<F>>,
    pub(super) notes: Notes<F>,
}

/// A record that is in a batch.
pub(super) struct Placed<F> {
    pub(super) completion: Arc<Completion<F>>,
    pub(super) index: u32,
    pub(super) timestamp: WallMillis,
    pub(super) len: usize,
}

impl<F> Placed<F> {
    /// For whoever waits for its end.
    #[inline]
    pub(super) fn delivery(self, partition: PartitionIndex) -> Delivery<F> {
        Delivery::new(self.completion, self.index, partition, self.timestamp)
    }
}

impl<F> Open<F> {
    /// Remembers what belongs to a record that was written.
    #[inline]
    pub(super) fn placed(
        &mut self,
        appended: Appended,
        timestamp: WallMillis,
        note: &mut Note<F>,
    ) -> Placed<F> {
        let index = appended.index.unsigned_abs();
        if !matches!(note, Note::None) {
            self.notes.leave(index, timestamp, std::mem::take(note));
        }
        let completion = Arc::clone(&self.completion);
        Placed { completion, index, timestamp, len: appended.len }
    }

    /// Gets room for `missing` bytes more; as much again as there is, if there is so much memory.
    pub(super) fn grow(
        &mut self,
        missing: usize,
        budget: &Arc<Budget>,
        permit: &mut Option<Permit>,
    ) -> bool {
        let held = self.batch.capacity();
        let wanted = held.min(self.limit.saturating_sub(held)).max(missing);
        let paid = pay(budget, permit, missing, wanted);
        if let Some(paid) = paid {
            self.batch.grant_paid(paid);
        }
        paid.is_some()
    }
}

/// Takes memory for notes: as little as will do out of a permit, which has a batch to pay for.
pub(super) fn pay_for_notes<'p>(
    budget: &'p Arc<Budget>,
    permit: &'p mut Option<Permit>,
) -> impl FnOnce(usize, usize) -> Option<Permit> + 'p {
    move |least, wanted| match permit.as_mut().filter(|permit| permit.bytes() >= least) {
        Some(permit) => Some(permit.split(least)),
        None => budget.try_acquire(wanted).or_else(|| budget.try_acquire(least)),
    }
}

impl<F> State<F> {
    pub(super) fn new(generation: Generation, writable: Option<Tag>, is_closed: bool) -> Self {
        Self {
            generation,
            writable,
            is_closed,
            open: None,
            batches: Window::new(),
            news: Vec::new(),
            is_listed: false,
            was_full: false,
            stuck: 0,
            expected_notes: 0,
            spares: Vec::new(),
        }
    }

    /// The open batch, if it is one of that generation and transaction and may be written.
    #[inline]
    pub(super) fn open(&mut self, seen: Generation, tag: Option<Tag>) -> Option<&mut Open<F>> {
        let is_same = !self.is_closed && self.generation == seen && self.writable == tag;
        self.open.as_mut().filter(|open| is_same && open.tag == tag)
    }

    /// Whether a record of that transaction may be written by somebody who saw that generation.
    pub(super) fn check(&self, seen: Generation, tag: Option<Tag>) -> Result<(), Why> {
        if self.is_closed {
            return Err(Why::Closed);
        }
        if seen < self.generation {
            return Err(Why::Stale);
        }
        if tag == self.writable { Ok(()) } else { Err(Why::NotInTransaction) }
    }

    /// Counts what the partition got because the topic sticks to it: whether that is enough.
    #[inline]
    pub(super) fn is_sated(&mut self, len: usize, batch_size: usize) -> bool {
        self.stuck = self.stuck.saturating_add(len);
        let is_sated = self.stuck >= batch_size;
        if is_sated {
            self.stuck = 0;
        }
        is_sated
    }

    /// Announces a batch of that topic that has its first record.
    pub(super) fn announce(
        &mut self,
        topic: &Arc<str>,
        (batch, notes): (OpenBatch, Notes<F>),
        limit: usize,
        tag: Option<Tag>,
    ) -> Ticket {
        let completion = self.completion(topic);
        let ticket = self.batches.open();
        self.open = Some(Open { batch, limit, ticket, tag, completion, notes });
        ticket
    }

    /// Moves the open batch out: what is to be encoded.
    pub(super) fn seal(&mut self) -> Option<(Ticket, RawBatch)> {
        let Open { batch, ticket, completion, notes, .. } = self.open.take()?;
        let raw = batch.close()?;
        self.expected_notes = notes.len().min(MOST_NOTES);
        let records = raw.count().unsigned_abs();
        let entry = self.batches.get(ticket)?;
        entry.records = records;
        entry.completion = Some(completion);
        entry.notes = notes;
        self.news.push(News::Sealed { ticket, records, bytes: raw.size() });
        Some((ticket, raw))
    }

    /// Keeps a completion for later: one that is given up for it is to be dropped outside the lock.
    pub(super) fn spare(&mut self, completion: Arc<Completion<F>>) -> Option<Arc<Completion<F>>> {
        let given_up = (self.spares.len() >= MOST_SPARES).then(|| self.spares.remove(0));
        self.spares.push(completion);
        given_up
    }

    /// One that nobody waits on, or a new one.
    fn completion(&mut self, topic: &Arc<str>) -> Arc<Completion<F>> {
        let is_free = |spare: &mut Arc<Completion<F>>| match Arc::get_mut(spare) {
            Some(completion) => {
                completion.reset();
                true
            }
            None => false,
        };
        match self.spares.iter_mut().position(is_free) {
            Some(place) => self.spares.remove(place),
            None => Arc::new(Completion::new(Arc::clone(topic))),
        }
    }
}

/// A batch with one record, that nobody knows of yet.
pub(super) struct Fresh {
    pub(super) batch: OpenBatch,
    pub(super) limit: usize,
    pub(super) appended: Appended,
    pub(super) timestamp: WallMillis,
    pub(super) now: Now,
}

/// How much a batch asks for at its opening.
pub(super) struct Opening {
    /// What its first record needs.
    pub(super) least: usize,
    /// What it takes if that is there.
    pub(super) wanted: usize,
}

impl Opening {
    /// For a record of so many bytes.
    pub(super) fn of(record: usize, batch_size: usize, was_full: bool) -> Self {
        let step = if was_full { batch_size } else { FIRST_STEP.min(batch_size) };
        let least = BufferPool::rounded(record);
        Self { least, wanted: BufferPool::rounded(step).max(least) }
    }
}

/// Takes `wanted` bytes from the permit or the budget, or fewer but at least `least`.
pub(super) fn pay(
    budget: &Arc<Budget>,
    permit: &mut Option<Permit>,
    least: usize,
    wanted: usize,
) -> Option<usize> {
    if let Some(permit) = permit.as_mut().filter(|permit| permit.bytes() >= least) {
        return Some(permit.spend(wanted));
    }
    let mut granted = budget.try_acquire(wanted).or_else(|| budget.try_acquire(least))?;
    Some(granted.spend(wanted))
}

impl Fresh {
    /// Writes the first record of a batch.
    pub(super) fn write<F>(
        batch: OpenBatch,
        limit: usize,
        record: &Append<'_, F>,
        now: Now,
    ) -> Result<Self, (OpenBatch, klamm_records::Refused)> {
        let mut batch = batch;
        let timestamp = record.timestamp.unwrap_or(now.wall);
        match batch.append(timestamp, record.key, record.value, record.headers) {
            Ok(appended) => Ok(Self { batch, limit, appended, timestamp, now }),
            Err(refused) => Err((batch, refused)),
        }
    }
}
