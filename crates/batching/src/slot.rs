//! One partition's batches: the open one that records are written into, and those that wait.
//!
//! The order of the log is the order in which appenders had the lock. An appender writes its record
//! and leaves; a batch that it filled it moves out, and the job is its own to run, unless it is
//! small: then it stays here until the engine asks for it ([`Slot::next_job`]). Everything else is
//! the engine's too: it hears of openings through the list of slots with news, pulls a batch that
//! is due when the partition may send, takes encoded batches strictly by ticket, and resolves them.
//!
//! Lock order: a slot, then either the budget or the list of slots with news; never two slots.
//! Nothing foreign runs under a slot's lock: no waker, nobody's `drop`, nobody's callback.

mod news;
mod record;
mod state;
mod window;
mod writing;

use std::fmt;
use std::sync::Arc as StdArc;

use klamm_records::{EncodedBatch, RawBatch};
use klamm_wire::PartitionIndex;

use crate::completion::{Delivery, Resolution};
use crate::job::{self, Job};
use crate::names::{Generation, Part, Tag, Ticket};
use crate::notes::SettledBatch;
use crate::shared::Shared;
use crate::sync::{Arc, Mutex, Weak, lock};
use crate::topic::{Core, Topic};

pub use news::{News, Ready};
pub use record::{Append, Refused, Why};
use state::{Open, State};
use window::Entry;
pub(crate) use window::Stage;
use writing::{Aftermath, Writing, put_quickly};

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

/// A record's end, and the job of a batch that it found full.
pub type Taken<F> = (Delivery<F>, Option<Job<F>>);

/// What an append says beside the record's end: results are copied, and this is rarely anything.
pub(crate) struct Aside<'a, F> {
    /// The job of a batch that the record found full.
    pub(crate) job: &'a mut Option<Job<F>>,
    /// For a topic that sticks to the partition: that it has had its share.
    pub(crate) is_sated: Option<&'a mut bool>,
}

/// What a new slot is made of.
#[derive(Clone, Copy)]
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
        let topic = Arc::downgrade(topic);
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

    /// Begins a job: its batch, unless that has ended.
    pub(crate) fn begin(&self, ticket: Ticket) -> Option<RawBatch> {
        lock(&self.state).batches.begin(ticket)
    }

    /// Takes in what came of a job.
    pub(crate) fn finish(&self, ticket: Ticket, made: Stage) {
        let mut state = lock(&self.state);
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
    ) -> Result<Taken<F>, Refused<F>> {
        let (mut record, mut job) = (record, None);
        let aside = Aside { job: &mut job, is_sated: None };
        match self.put(seen, &mut record, aside) {
            Ok(delivery) => Ok((delivery, job)),
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
        aside: Aside<'_, F>,
    ) -> Result<Delivery<F>, Why> {
        if record.is_within(self.shared.settings.max_record) {
            let mut state = lock(&self.state);
            if let Some(placed) = put_quickly(self, &mut state, seen, record) {
                if let Some(is_sated) = aside.is_sated {
                    *is_sated = state.is_sated(placed.len, self.shared.settings.batch_size);
                }
                drop(state);
                return Ok(placed.delivery(self.partition));
            }
        }
        self.put_slowly(seen, record, aside)
    }

    /// For a record that does not simply fit, or is refused.
    #[cold]
    #[inline(never)]
    fn put_slowly(
        self: &Arc<Self>,
        seen: Generation,
        record: &mut Append<'_, F>,
        aside: Aside<'_, F>,
    ) -> Result<Delivery<F>, Why> {
        let limit = self.shared.settings.max_record;
        if !record.is_within(limit) {
            return Err(Why::TooLarge { bytes: record.measured(), limit });
        }
        let mut aftermath = Aftermath::default();
        let mut state = lock(&self.state);
        state.check(seen, record.tag)?;
        let writing = Writing { slot: self, record, aftermath: &mut aftermath };
        let placed = writing.put(&mut state, seen)?;
        if let Some(is_sated) = aside.is_sated {
            *is_sated = state.is_sated(placed.len, self.shared.settings.batch_size);
        }
        drop(state);
        if let Some(due) = aftermath.due {
            self.shared.doorbell.due(due);
        }
        *aside.job = aftermath.job;
        Ok(placed.delivery(self.partition))
    }

    /// Leaves a batch to whoever has its job.
    fn job(self: &Arc<Self>, state: &mut State<F>, ticket: Ticket, raw: RawBatch) -> Job<F> {
        let is_small = job::is_small(self.shared.codec(), &raw);
        if let Some(entry) = state.batches.get(ticket) {
            entry.stage = Stage::Assigned(raw);
        }
        Job { slot: Arc::clone(self), ticket, is_small, is_over: false }
    }

    /// What happened since the last look; from now on the slot is listed again when there is more.
    /// For the engine.
    pub fn read(&self, news: &mut Vec<News>) {
        let mut state = lock(&self.state);
        state.is_listed = false;
        news.append(&mut state.news);
        let open = state.open.as_ref().map(|open| open.ticket);
        state.batches.is_read(open);
    }

    /// Moves the open batch out, if it is the one with that ticket; the job is the caller's to run.
    /// Nothing when it was moved out already, or ended. For the engine.
    pub fn pull(self: &Arc<Self>, ticket: Ticket) -> Option<Job<F>> {
        let mut state = lock(&self.state);
        state.open.as_ref().filter(|open| open.ticket == ticket)?;
        let (ticket, raw) = state.seal()?;
        // Where records stick to a partition no record finds a batch full: the next goes elsewhere.
        let was_nearly_full = raw.size() >= self.shared.settings.batch_size / 2;
        state.was_full = was_nearly_full;
        self.list(&mut state);
        Some(self.job(&mut state, ticket, raw))
    }

    /// The oldest job that nobody has: of a batch that was moved out while it was small, or closed
    /// by [`renew`](Self::renew). From now on it is the caller's to run. For the engine.
    pub fn next_job(self: &Arc<Self>) -> Option<Job<F>> {
        let mut state = lock(&self.state);
        let (ticket, raw) = state.batches.next_job()?;
        Some(self.job(&mut state, ticket, raw))
    }

    /// The oldest batch that was moved out and not taken, if its payload is made. One whose news
    /// were not [read](Self::read) yet is not there: nobody could tell whose payload it is. For the
    /// engine.
    pub fn take_ready(&self) -> Option<Ready> {
        lock(&self.state).batches.take_ready()
    }

    /// Ends a batch, wherever it is: open, moved out, in a job or taken. Whoever waits for one of
    /// its records is told, and its notes go to the outlet with `payload`. How many records it had;
    /// nothing when it had ended. For the engine.
    pub fn settle(
        &self,
        ticket: Ticket,
        resolution: Resolution<F>,
        payload: Option<EncodedBatch>,
    ) -> Option<u32> {
        let mut state = lock(&self.state);
        let entry = state.batches.end(ticket)?;
        let open = state.open.take_if(|open| open.ticket == ticket);
        let Entry { stage, records, completion, notes } = entry;
        let (batch, completion, notes) = match open {
            Some(Open { batch, completion, notes, .. }) => (Some(batch), Some(completion), notes),
            None => (None, completion, notes),
        };
        let records = batch.as_ref().map_or(records, |open| open.count().unsigned_abs());
        let given_up = completion.as_ref().and_then(|used| state.spare(Arc::clone(used)));
        drop(state);
        if let Some(completion) = completion {
            completion.resolve(resolution.clone());
        }
        let made = if let Stage::Made(made) = stage { Some(made) } else { None };
        if !notes.is_empty() {
            let (topic, partition) = (topic_of(self), self.partition);
            let payload = payload.or(made);
            let settled = SettledBatch { topic, partition, resolution, notes, payload };
            self.shared.outlet.settled(settled);
        }
        drop((batch, given_up));
        Some(records)
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

/// The topic, or one with its name if nobody has it any more.
fn topic_of<F>(slot: &Slot<F>) -> Arc<Topic<F>> {
    let again = || Arc::new(Topic::new(StdArc::clone(&slot.core), Arc::clone(&slot.shared)));
    slot.topic.upgrade().unwrap_or_else(again)
}
