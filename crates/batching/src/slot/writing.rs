//! How a record gets into a batch, under the slot's lock.
//!
//! Quickly if it simply fits, and else by way of more room or another batch.

use klamm_records::{OpenBatch, Refused as NoRoom};
use klamm_wire::{Time, WallMillis};

use crate::job::{self, Job};
use crate::names::Generation;
use crate::notes::Notes;
use crate::slot::Slot;
use crate::slot::news::News;
use crate::slot::record::{Append, Why};
use crate::slot::state::{Fresh, Open, Opening, Placed, State, pay, pay_for_notes};
use crate::sync::Arc;

/// What an appender does after it has unlocked.
pub(super) struct Aftermath<F> {
    pub(super) job: Option<Job<F>>,
    /// When the engine must look at the slot; nothing if it need not.
    pub(super) due: Option<Time>,
    /// What a record paid for that did not get in: its memory is given back outside the lock.
    waste: (Option<OpenBatch>, Option<Notes<F>>),
}

impl<F> Default for Aftermath<F> {
    fn default() -> Self {
        Self { job: None, due: None, waste: (None, None) }
    }
}

/// Writes a record into the open batch if it simply fits.
#[inline]
pub(super) fn put_quickly<F>(
    slot: &Slot<F>,
    state: &mut State<F>,
    seen: Generation,
    record: &mut Append<'_, F>,
) -> Option<Placed<F>> {
    let open = state.open(seen, record.tag)?;
    let timestamp = record.timestamp.unwrap_or_else(|| slot.shared.coarse_wall());
    if !open.notes.has_room(&record.note, timestamp) {
        return None;
    }
    let done = open.batch.append(timestamp, record.key, record.value, record.headers);
    Some(open.placed(done.ok()?, timestamp, &mut record.note))
}

/// A record that does not simply fit.
pub(super) struct Writing<'w, 'r, F> {
    pub(super) slot: &'w Arc<Slot<F>>,
    pub(super) record: &'w mut Append<'r, F>,
    pub(super) aftermath: &'w mut Aftermath<F>,
}

impl<F: Clone + Send + Sync + 'static> Writing<'_, '_, F> {
    /// Finds room, in the open batch or a new one.
    #[cold]
    #[inline(never)]
    pub(super) fn put(mut self, state: &mut State<F>, seen: Generation) -> Result<Placed<F>, Why> {
        if state.generation < seen {
            self.slot.renew_to(state, seen);
        }
        if let Some(placed) = self.put_grown(state)? {
            return Ok(placed);
        }
        let tag = self.record.tag;
        let is_full = state.open.as_ref().is_some_and(|open| open.tag == tag);
        let begins_full = is_full || (state.was_full && state.open.is_none());
        let notes = self.fresh_notes(state.expected_notes)?;
        let fresh = match self.fresh(begins_full) {
            Ok(fresh) => fresh,
            Err(why) => {
                self.aftermath.waste.1 = Some(notes);
                return Err(why);
            }
        };
        let Fresh { batch, limit, appended, timestamp, now } = fresh;
        state.was_full = begins_full;
        self.aftermath.job = self.seal(state);
        let ticket = state.announce(self.slot.core.name(), (batch, notes), limit, tag);
        let settings = &self.slot.shared.settings;
        let due = now.mono.saturating_add(settings.linger);
        let deadline = now.mono.saturating_add(settings.delivery_timeout);
        state.news.push(News::Opened { ticket, tag, due, deadline });
        self.slot.list(state);
        self.aftermath.due = Some(if is_full { Time(0) } else { due });
        let open = state.open.as_mut().ok_or(Why::Closed)?;
        Ok(open.placed(appended, timestamp, &mut self.record.note))
    }

    /// Writes the record into the open batch, which gets more room for it; nothing if it needs
    /// another batch.
    fn put_grown(&mut self, state: &mut State<F>) -> Result<Option<Placed<F>>, Why> {
        let tag = self.record.tag;
        let Some(open) = state.open.as_mut().filter(|open| open.tag == tag) else {
            return Ok(None);
        };
        if !self.has_room_for_note(open) {
            return Err(self.needs_memory());
        }
        let missing = match self.write(open) {
            Ok(placed) => return Ok(Some(placed)),
            Err(NoRoom::NeedsRoom { bytes }) => bytes,
            Err(NoRoom::Full) => return Ok(None),
            Err(refused @ (NoRoom::TooLarge { .. } | NoRoom::InvalidTimestamp(_))) => {
                return Err(self.refusal(refused));
            }
        };
        if !open.grow(missing, &self.slot.shared.budget, &mut self.record.permit) {
            return Err(self.needs_memory());
        }
        // What is refused once more does not fit beside the others.
        Ok(self.write(open).ok())
    }

    /// Whether the open batch can remember the record's note, if need be after it got room.
    fn has_room_for_note(&mut self, open: &mut Open<F>) -> bool {
        let Append { note, timestamp, permit, .. } = &mut *self.record;
        let timestamp = timestamp.unwrap_or_else(|| self.slot.shared.coarse_wall());
        let take = pay_for_notes(&self.slot.shared.budget, permit);
        open.notes.has_room(note, timestamp) || open.notes.make_room(note, timestamp, 0, take)
    }

    /// Room for the notes of a batch, if it begins with one.
    fn fresh_notes(&mut self, expected: usize) -> Result<Notes<F>, Why> {
        let (mut notes, budget) = (Notes::default(), &self.slot.shared.budget);
        let Append { note, permit, .. } = &mut *self.record;
        // The first one's time is whatever it is.
        let timestamp = WallMillis(0);
        let is_paid = notes.has_room(note, timestamp)
            || notes.make_room(note, timestamp, expected, pay_for_notes(budget, permit));
        if is_paid { Ok(notes) } else { Err(self.needs_memory()) }
    }

    fn write(&mut self, open: &mut Open<F>) -> Result<Placed<F>, NoRoom> {
        let Append { key, value, headers, timestamp, .. } = *self.record;
        let timestamp = timestamp.unwrap_or_else(|| self.slot.shared.coarse_wall());
        let appended = open.batch.append(timestamp, key, value, headers)?;
        Ok(open.placed(appended, timestamp, &mut self.record.note))
    }

    /// A batch with this record, that nobody knows of yet.
    fn fresh(&mut self, begins_full: bool) -> Result<Fresh, Why> {
        let shared = &self.slot.shared;
        let Opening { least, wanted } = self.opening(begins_full);
        let Some(paid) = pay(&shared.budget, &mut self.record.permit, least, wanted) else {
            return Err(self.needs_memory());
        };
        let limit = self.slot.batch_limit();
        let batch = OpenBatch::new(shared.pool.take_paid(paid, paid), limit);
        let fresh = Fresh::write(batch, limit, self.record, shared.opening_time());
        fresh.map_err(|(batch, refused)| {
            self.aftermath.waste.0 = Some(batch);
            self.refusal(refused)
        })
    }

    fn opening(&self, was_full: bool) -> Opening {
        let len = usize::try_from(self.record.len()).unwrap_or(usize::MAX);
        Opening::of(len, self.slot.shared.settings.batch_size, was_full)
    }

    /// What to wait for: enough for the record to have a batch of its own, whatever becomes of the
    /// open one meanwhile.
    fn needs_memory(&self) -> Why {
        let Opening { least, .. } = self.opening(false);
        let bytes = least.saturating_add(Notes::least(&self.record.note));
        let limit = self.slot.shared.budget.limit();
        if bytes > limit { self.too_large(bytes as u64) } else { Why::NeedsMemory { bytes } }
    }

    fn refusal(&self, refused: NoRoom) -> Why {
        match refused {
            NoRoom::InvalidTimestamp(time) => Why::InvalidTimestamp(time),
            NoRoom::TooLarge { bytes } => self.too_large(bytes),
            NoRoom::Full | NoRoom::NeedsRoom { .. } => self.too_large(self.record.len()),
        }
    }

    fn too_large(&self, bytes: u64) -> Why {
        let shared = &self.slot.shared;
        Why::TooLarge { bytes, limit: shared.settings.max_record.min(shared.budget.limit()) }
    }

    /// Moves the open batch out. A small one waits for the engine, any other is a job.
    fn seal(&self, state: &mut State<F>) -> Option<Job<F>> {
        let (ticket, raw) = state.seal()?;
        if job::is_small(self.slot.shared.codec(), &raw) {
            state.batches.keep(ticket, raw);
            return None;
        }
        Some(self.slot.job(state, ticket, raw))
    }
}
