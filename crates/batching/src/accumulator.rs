//! What all slots of a producer share, and the engine's door to them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc as StdArc;

use klamm_records::BufferPool;
use klamm_wire::{Now, PartitionIndex, Time};

use crate::job::Job;
use crate::memory::Budget;
use crate::names::{Generation, Part, Tag};
use crate::settings::Settings;
use crate::shared::Shared;
use crate::slot::{Place, Slot};
use crate::sync::{Arc, Mutex, lock};
use crate::topic::{Core, Topic};

pub use crate::shared::Surroundings;

/// What all slots of a producer share. Cloning it gives another handle to the same.
pub struct Accumulator<F> {
    shared: Arc<Shared<F>>,
    /// Slots share what is above and are kept here: neither keeps the other alive.
    table: Arc<Mutex<Table<F>>>,
}

/// Every slot, and what all of them were told.
struct Table<F> {
    slots: BTreeMap<u32, Arc<Slot<F>>>,
    next_number: u32,
    /// When there are more than that, those are let go that nobody else has.
    sweep_at: usize,
    writable: Option<Tag>,
    is_closed: bool,
    /// Kept for its memory.
    drained: Vec<u32>,
}

impl<F> Table<F> {
    /// Those that nobody else has, to be dropped outside the lock.
    fn sweep(&mut self) -> BTreeMap<u32, Arc<Slot<F>>> {
        if self.slots.len() < self.sweep_at {
            return BTreeMap::new();
        }
        let slots = std::mem::take(&mut self.slots);
        let (kept, gone) = slots.into_iter().partition(|(_, slot)| Arc::strong_count(slot) > 1);
        self.slots = kept;
        self.sweep_at = self.slots.len().saturating_mul(2).max(64);
        gone
    }
}

impl<F> Clone for Accumulator<F> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), table: Arc::clone(&self.table) }
    }
}

impl<F> fmt::Debug for Accumulator<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accumulator")
            .field("settings", &self.shared.settings)
            .field("budget", &self.shared.budget)
            .finish_non_exhaustive()
    }
}

impl<F: Clone + Send + Sync + 'static> Accumulator<F> {
    /// An accumulator without topics, for an engine that is awake.
    pub fn new(settings: Settings, surroundings: Surroundings<F>) -> Self {
        let table = Table {
            slots: BTreeMap::new(),
            next_number: 0,
            sweep_at: 64,
            writable: None,
            is_closed: false,
            drained: Vec::new(),
        };
        let shared = Shared::new(settings, surroundings);
        Self { shared: Arc::new(shared), table: Arc::new(Mutex::new(table)) }
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// The memory.
    pub fn budget(&self) -> &Arc<Budget> {
        &self.shared.budget
    }

    /// Where buffers come from, for splits. What is taken of it counts.
    pub fn pool(&self) -> &BufferPool {
        &self.shared.pool
    }

    /// Whether somebody waits for memory: then every open batch is due. For the engine, in each
    /// turn.
    pub fn wanting_memory(&self) -> bool {
        self.shared.budget.waiting() > 0
    }

    /// A topic of which nothing is known yet. One object per name: the engine keeps the list, and
    /// each topic for as long as it has batches.
    pub fn topic(&self, name: &str) -> Arc<Topic<F>> {
        let core = StdArc::new(Core::new(name, self.shared.codec()));
        Arc::new(Topic::new(core, Arc::clone(&self.shared)))
    }

    /// A partition of a topic, without batches. For the engine.
    pub fn slot(
        &self,
        topic: &Arc<Topic<F>>,
        partition: PartitionIndex,
        part: Part,
        generation: Generation,
    ) -> Arc<Slot<F>> {
        let mut table = lock(&self.table);
        let gone = table.sweep();
        let number = table.next_number;
        table.next_number = number.wrapping_add(1);
        let (writable, is_closed) = (table.writable, table.is_closed);
        let place = Place { number, part, partition, generation, writable, is_closed };
        let slot = Arc::new(Slot::new(place, topic, Arc::clone(&self.shared)));
        table.slots.insert(number, Arc::clone(&slot));
        drop(table);
        drop(gone);
        slot
    }

    /// Runs a job on the caller's thread, with an encoder that is kept for that.
    pub fn run(&self, job: Job<F>) {
        self.shared.with_encoder(|encoder| job.run(encoder));
    }

    /// The engine is awake, and this is the time. For the engine, at the beginning of a turn.
    pub fn wake(&self, now: Now) {
        self.shared.set_time(now);
        self.shared.doorbell.unpark();
    }

    /// Moves the slots with news into `slots`, each once, in the order of their first news. Each is
    /// to be read ([`Slot::read`]): until then it is not listed again. For the engine.
    pub fn drain(&self, slots: &mut Vec<Arc<Slot<F>>>) {
        let mut table = lock(&self.table);
        let mut drained = std::mem::take(&mut table.drained);
        self.shared.take_news(&mut drained);
        let known = drained.drain(..).filter_map(|number| table.slots.get(&number));
        slots.extend(known.map(Arc::clone));
        table.drained = drained;
    }

    /// The engine goes to sleep until then. False when there are slots with news after all, or
    /// somebody began to wait for memory: then it is awake still. For the engine.
    pub fn park(&self, until: Option<Time>) -> bool {
        self.shared.doorbell.park(until);
        let begins_to_want = self.shared.budget.take_news();
        let is_awake = begins_to_want || self.shared.has_news();
        if is_awake {
            self.shared.doorbell.unpark();
        }
        !is_awake
    }

    /// Which transaction may be written to; `None` for none, which is the only way to append
    /// outside of one. An append that began before this call ends before it returns, slot by slot.
    /// For the engine.
    pub fn set_writable(&self, tag: Option<Tag>) {
        let mut table = lock(&self.table);
        table.writable = tag;
        table.slots.values().for_each(|slot| slot.set_writable(tag));
    }

    /// No more records are taken, for good. An append that began before this call ends before it
    /// returns. For the engine, when it closes.
    pub fn close(&self) {
        let mut table = lock(&self.table);
        table.is_closed = true;
        table.slots.values().for_each(|slot| slot.close());
    }
}
