//! One partition's batches: the open one that records are written into, and those that wait.
//!
//! The order of the log is the order in which appenders had the lock. An appender writes its record
//! and leaves; a batch that it filled it moves out, and the job is its own to run, unless it is
//! small: then it stays here and is the engine's ([`Slot::next_job`]). Everything else is the
//! engine's too: it hears of openings through the list of slots with news, pulls a batch that is
//! due when the partition may send, takes encoded batches strictly by ticket, and resolves them.
//!
//! Lock order: a slot, then either the budget or the list of slots with news; never two slots.
//! Nothing foreign runs under a slot's lock: no waker, nobody's `drop`, nobody's callback.

mod news;
mod record;
mod state;
mod window;

use std::fmt;
use std::sync::Arc as StdArc;

use klamm_records::{EncodedBatch, OpenBatch, RawBatch, Refused as NoRoom};
use klamm_wire::{PartitionIndex, Time};

use crate::completion::{Delivery, Resolution};
use crate::job::{self, Job};
use crate::names::{Generation, Part, Tag, Ticket};
use crate::notes::SettledBatch;
use crate::shared::Shared;
use crate::sync::{Arc, Mutex, Weak, lock};
use crate::topic::{Core, Topic};

pub use news::{News, Ready};
pub use record::{Append, Refused, Why};
use state::{Fresh, Open, Opening, Placed, State, pay};
use window::{Entry, Stage};

/// One partition's batches.
pub struct Slot<F> {
    /// Its number in the accumulator.
    pub(crate) number: u32,
    pub(crate) part: Part,
    pub(crate) partition: PartitionIndex,
    /// The topic keeps its slots, and not the other way round.
    pub(crate) topic: Weak<Topic<F>>,
    pub(crate) core: StdArc<Core>,
    pub(crate) shared: Arc<Shared<F>>,
    state: Mutex<State<F>>,
}

/// What an appender does after it has unlocked.
struct Aftermath<F> {
    job: Option<Job<F>>,
    /// When the engine must look at the slot; nothing if it need not.
    due: Option<Time>,
    /// A batch that its first record did not get into.
    waste: Option<OpenBatch>,
}

impl<F> Default for Aftermath<F> {
    fn default() -> Self {
        Self { job: None, due: None, waste: None }
    }
}

/// What came of an append.
pub(crate) struct Outcome<F> {
    pub(crate) delivery: Delivery<F>,
    pub(crate) job: Option<Job<F>>,
    /// The partition has had its share, and the topic is to stick to another.
    pub(crate) is_sated: bool,
}

/// What a new slot is made of.
pub(crate) struct Place {
    pub(crate) number: u32,
    pub(crate) part: Part,
    pub(crate) partition: PartitionIndex,
    pub(crate) generation: Generation,
    pub(crate) writable: Option<Tag>,
    pub(crate) is_closed: bool,
}

impl<F> fmt::Debug for Slot<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot")
            .field("topic", &self.core.name())
            .field("partition", &self.partition)
            .finish_non_exhaustive()
    }
}

impl<F> Slot<F> {
    pub(crate) fn new(place: Place, topic: &Arc<Topic<F>>, shared: Arc<Shared<F>>) -> Self {
        let Place { number, part, partition, generation, writable, is_closed } = place;
        let core = StdArc::clone(topic.core());
        let topic = crate::sync::downgrade(topic);
        let state = Mutex::new(State::new(generation, writable, is_closed));
        Self { number, part, partition, topic, core, shared, state }
    }

    /// The engine's number for it.
    pub fn part(&self) -> Part {
        self.part
    }

    /// The partition within its topic.
    pub fn partition(&self) -> PartitionIndex {
        self.partition
    }

    /// Takes in what came of a job; nothing when it failed.
    pub(crate) fn finish(&self, ticket: Ticket, encoded: Option<EncodedBatch>) {
        let mut state = lock(&self.state);
        let made = encoded.map_or(Stage::Failed, Stage::Made);
        let late = state.batches.finish(ticket, made);
        if late.is_none() {
            self.list(&mut state);
        }
        drop(state);
        if late.is_none() {
            self.shared.doorbell.ring_if_parked();
        }
        drop(late);
    }

    /// Lists the slot, unless it is; the doorbell is for after the lock.
    fn list(&self, state: &mut State<F>) {
        if !std::mem::replace(&mut state.is_listed, true) {
            self.shared.list(self.number);
        }
    }

    /// How large a batch becomes before compression.
    fn batch_limit(&self) -> usize {
        let settings = &self.shared.settings;
        let least = settings.batch_size;
        self.core.ratio().raw_for(least).clamp(least, least.max(settings.max_record))
    }

    pub(crate) fn set_writable(&self, tag: Option<Tag>) {
        lock(&self.state).writable = tag;
    }

    pub(crate) fn close(&self) {
        lock(&self.state).is_closed = true;
    }
}

impl<F: Clone + Send + Sync + 'static> Slot<F> {
    /// Appends a record, if the topic still is what the caller saw. On the caller's thread; with
    /// the delivery comes a job if this record found a full batch, to be run by the caller.
    ///
    /// # Errors
    /// See [`Why`].
    pub fn append(
        self: &Arc<Self>,
        seen: Generation,
        record: Append<'_, F>,
    ) -> Result<(Delivery<F>, Option<Job<F>>), Refused<F>> {
        let mut record = record;
        match self.put(seen, &mut record, false) {
            Ok(Outcome { delivery, job, .. }) => Ok((delivery, job)),
            Err(why) => Err(Refused { why, note: record.note }),
        }
    }

    /// As [`append`](Self::append); the record keeps its note if it is refused, and what is left of
    /// its permit.
    #[inline]
    pub(crate) fn put(
        self: &Arc<Self>,
        seen: Generation,
        record: &mut Append<'_, F>,
        is_sticky: bool,
    ) -> Result<Outcome<F>, Why> {
        record.check_size(self.shared.settings.max_record)?;
        let mut aftermath = Aftermath::default();
        let mut state = lock(&self.state);
        state.check(seen, record.tag)?;
        let placed = match self.put_quickly(&mut state, seen, record) {
            Some(placed) => placed,
            None => self.put_slowly(&mut state, seen, record, &mut aftermath)?,
        };
        let is_sated = is_sticky && state.is_sated(placed.len, self.shared.settings.batch_size);
        drop(state);
        if let Some(due) = aftermath.due {
            self.shared.doorbell.due(due);
        }
        let Placed { completion, index, timestamp, .. } = placed;
        let delivery = Delivery::new(completion, index, self.partition, timestamp);
        Ok(Outcome { delivery, job: aftermath.job, is_sated })
    }

    /// Writes a record into the open batch if it simply fits.
    #[inline]
    fn put_quickly(
        &self,
        state: &mut State<F>,
        seen: Generation,
        record: &mut Append<'_, F>,
    ) -> Option<Placed<F>> {
        let is_same = state.generation == seen;
        let open = state.open.as_mut().filter(|open| is_same && open.tag == record.tag)?;
        let timestamp = record.timestamp.unwrap_or_else(|| self.shared.coarse_wall());
        let done = open.batch.append(timestamp, record.key, record.value, record.headers);
        Some(open.placed(done.ok()?, timestamp, &mut record.note))
    }

    /// Finds room, in the open batch or a new one.
    #[cold]
    #[inline(never)]
    fn put_slowly(
        self: &Arc<Self>,
        state: &mut State<F>,
        seen: Generation,
        record: &mut Append<'_, F>,
        aftermath: &mut Aftermath<F>,
    ) -> Result<Placed<F>, Why> {
        if state.generation < seen {
            self.renew_to(state, seen);
        }
        if let Some(placed) = self.put_grown(state, record)? {
            return Ok(placed);
        }
        let is_full = state.open.as_ref().is_some_and(|open| open.tag == record.tag);
        let begins_full = is_full || (state.was_full && state.open.is_none());
        let fresh = self.fresh(begins_full, record, aftermath)?;
        state.was_full = begins_full;
        aftermath.job = self.seal(state);
        let Fresh { batch, limit, appended, timestamp, now } = fresh;
        let ticket = state.announce(batch, limit, record.tag);
        let settings = &self.shared.settings;
        let due = now.mono.saturating_add(settings.linger);
        let deadline = now.mono.saturating_add(settings.delivery_timeout);
        state.news.push(News::Opened { ticket, tag: record.tag, due, deadline });
        self.list(state);
        aftermath.due = Some(if is_full { Time(0) } else { due });
        let open = state.open.as_mut().ok_or(Why::Closed)?;
        Ok(open.placed(appended, timestamp, &mut record.note))
    }

    /// Writes a record into the open batch, which gets more room for it; nothing if it needs
    /// another batch.
    fn put_grown(
        &self,
        state: &mut State<F>,
        record: &mut Append<'_, F>,
    ) -> Result<Option<Placed<F>>, Why> {
        let Some(open) = state.open.as_mut().filter(|open| open.tag == record.tag) else {
            return Ok(None);
        };
        let timestamp = record.timestamp.unwrap_or_else(|| self.shared.coarse_wall());
        let mut write = |open: &mut Open<F>| {
            let done = open.batch.append(timestamp, record.key, record.value, record.headers);
            done.map(|appended| open.placed(appended, timestamp, &mut record.note))
        };
        let missing = match write(open) {
            Ok(placed) => return Ok(Some(placed)),
            Err(NoRoom::NeedsRoom { bytes }) => bytes,
            Err(NoRoom::Full) => return Ok(None),
            Err(NoRoom::TooLarge { bytes }) => return Err(self.too_large(bytes)),
            Err(NoRoom::InvalidTimestamp(time)) => return Err(Why::InvalidTimestamp(time)),
        };
        if !open.grow(missing, &self.shared.budget, &mut record.permit) {
            return Err(self.needs_memory(record));
        }
        // What is refused once more does not fit beside the others.
        Ok(write(open).ok())
    }

    /// A batch with this record, that nobody knows of yet.
    fn fresh(
        &self,
        begins_full: bool,
        record: &mut Append<'_, F>,
        aftermath: &mut Aftermath<F>,
    ) -> Result<Fresh, Why> {
        let Opening { least, wanted } = self.opening(begins_full, record);
        let Some(paid) = pay(&self.shared.budget, &mut record.permit, least, wanted) else {
            return Err(self.needs_memory(record));
        };
        let limit = self.batch_limit();
        let batch = OpenBatch::new(self.shared.pool.take_paid(paid, paid), limit);
        let now = self.shared.opening_time();
        let (batch, refused) = match Fresh::write(batch, limit, record, now) {
            Ok(fresh) => return Ok(fresh),
            Err(refused) => refused,
        };
        // Its memory is given back outside the lock.
        aftermath.waste = Some(batch);
        Err(match refused {
            NoRoom::InvalidTimestamp(time) => Why::InvalidTimestamp(time),
            NoRoom::TooLarge { bytes } => self.too_large(bytes),
            NoRoom::Full | NoRoom::NeedsRoom { .. } => self.too_large(record.len()),
        })
    }

    fn opening(&self, was_full: bool, record: &Append<'_, F>) -> Opening {
        let len = usize::try_from(record.len()).unwrap_or(usize::MAX);
        Opening::of(len, self.shared.settings.batch_size, was_full)
    }

    /// What to wait for: enough for the record to have a batch of its own, whatever becomes of the
    /// open one meanwhile.
    fn needs_memory(&self, record: &Append<'_, F>) -> Why {
        let Opening { least: bytes, .. } = self.opening(false, record);
        let limit = self.shared.budget.limit();
        if bytes > limit { self.too_large(bytes as u64) } else { Why::NeedsMemory { bytes } }
    }

    fn too_large(&self, bytes: u64) -> Why {
        let limit = self.shared.settings.max_record.min(self.shared.budget.limit());
        Why::TooLarge { bytes, limit }
    }

    /// Moves the open batch out. A small one waits for the engine, any other is a job.
    fn seal(self: &Arc<Self>, state: &mut State<F>) -> Option<Job<F>> {
        let (ticket, raw) = state.seal()?;
        if job::is_small(self.shared.codec(), &raw) {
            state.batches.keep(ticket, raw);
            return None;
        }
        Some(self.job(state, ticket, raw))
    }

    fn job(self: &Arc<Self>, state: &mut State<F>, ticket: Ticket, raw: RawBatch) -> Job<F> {
        if let Some(entry) = state.batches.get(ticket) {
            entry.stage = Stage::InJob;
        }
        Job { slot: Arc::clone(self), ticket, raw: Some(raw) }
    }

    /// What happened since the last look; from now on the slot is listed again when there is more.
    /// For the engine.
    pub fn read(&self, news: &mut Vec<News>) {
        let mut state = lock(&self.state);
        state.is_listed = false;
        news.append(&mut state.news);
    }

    /// Moves the open batch out, if it is the one with that ticket; the job is the caller's to run.
    /// Nothing when it was moved out already, or ended. For the engine.
    pub fn pull(self: &Arc<Self>, ticket: Ticket) -> Option<Job<F>> {
        let mut state = lock(&self.state);
        state.open.as_ref().filter(|open| open.ticket == ticket)?;
        state.was_full = false;
        let (ticket, raw) = state.seal()?;
        self.list(&mut state);
        Some(self.job(&mut state, ticket, raw))
    }

    /// The oldest job that nobody has: of a batch that was moved out while it was small, or closed
    /// by [`renew`](Self::renew). From now on it is the caller's to run. For the engine, whenever it
    /// has read that a batch was sealed.
    pub fn next_job(self: &Arc<Self>) -> Option<Job<F>> {
        let (ticket, raw) = lock(&self.state).batches.next_job()?;
        Some(Job { slot: Arc::clone(self), ticket, raw: Some(raw) })
    }

    /// The oldest batch that was moved out and not taken, if its payload is made. For the engine.
    pub fn take_ready(&self) -> Option<Ready> {
        lock(&self.state).batches.take_ready()
    }

    /// Ends a batch, wherever it is: open, moved out, in a job or taken. Whoever waits for one of
    /// its records is told, and its notes go to the outlet with `payload`. False when it had ended.
    /// For the engine.
    pub fn settle(
        &self,
        ticket: Ticket,
        resolution: Resolution<F>,
        payload: Option<EncodedBatch>,
    ) -> bool {
        let mut state = lock(&self.state);
        let Some(entry) = state.batches.end(ticket) else { return false };
        let open = state.open.take_if(|open| open.ticket == ticket);
        let Entry { stage, completion, notes, .. } = entry;
        let (batch, completion, notes) = match open {
            Some(Open { batch, completion, notes, .. }) => (Some(batch), Some(completion), notes),
            None => (None, completion, notes),
        };
        let given_up = completion.as_ref().and_then(|used| state.spare(Arc::clone(used)));
        drop(state);
        if let Some(completion) = completion {
            completion.resolve(resolution.clone());
        }
        let made = if let Stage::Made(made) = stage { Some(made) } else { None };
        if !notes.is_empty() {
            let (topic, partition) = (self.topic(), self.partition);
            let payload = payload.or(made);
            let settled = SettledBatch { topic, partition, resolution, notes, payload };
            self.shared.outlet.settled(settled);
        }
        drop((batch, given_up));
        true
    }

    /// The topic, or one with its name if nobody has it any more.
    fn topic(&self) -> Arc<Topic<F>> {
        let again = || Arc::new(Topic::new(StdArc::clone(&self.core), Arc::clone(&self.shared)));
        self.topic.upgrade().unwrap_or_else(again)
    }

    /// The topic was made anew: what was chosen for another generation is refused from now on. The
    /// open batch closes, and waits for whoever asks for its job. For the engine, after it has
    /// published the new picture.
    pub fn renew(&self, generation: Generation) {
        let mut state = lock(&self.state);
        if state.generation < generation {
            self.renew_to(&mut state, generation);
        }
        drop(state);
        self.shared.doorbell.ring_if_parked();
    }

    fn renew_to(&self, state: &mut State<F>, generation: Generation) {
        state.generation = generation;
        if let Some((ticket, raw)) = state.seal() {
            state.batches.keep(ticket, raw);
            self.list(state);
        }
    }
}
