//! What all slots of a producer share, and the engine's door to them.

use std::fmt;

use klamm_records::{BufferPool, Encoder};
use klamm_wire::{Clock, Now, PartitionIndex, Time};

use crate::doorbell::{Bell, Doorbell};
use crate::job::Job;
use crate::memory::Budget;
use crate::names::{Generation, Part, Tag};
use crate::notes::Outlet;
use crate::settings::Settings;
use crate::slot::Slot;
use crate::sync::Arc;
use crate::topic::Topic;

/// What all slots of a producer share. Cloning it gives another handle to the same.
pub struct Accumulator<F> {
    shared: Arc<Shared<F>>,
}

/// What an accumulator is made with.
pub struct Surroundings<F> {
    /// The time, for the first record of a batch; others use the engine's last word.
    pub clock: Arc<dyn Clock + Send + Sync>,
    /// Wakes the engine.
    pub bell: Arc<dyn Bell>,
    /// Where batches with notes go when they have ended.
    pub outlet: Arc<dyn Outlet<F>>,
}

struct Shared<F> {
    settings: Settings,
    surroundings: Surroundings<F>,
    budget: Arc<Budget>,
    pool: BufferPool,
    doorbell: Doorbell,
}

impl<F> Clone for Accumulator<F> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
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
    /// An accumulator without topics.
    pub fn new(settings: Settings, surroundings: Surroundings<F>) -> Self {
        let _ = (settings, surroundings);
        unimplemented_in_this_skeleton()
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// The memory.
    pub fn budget(&self) -> &Arc<Budget> {
        &self.shared.budget
    }

    /// Where buffers come from, for splits.
    pub fn pool(&self) -> &BufferPool {
        &self.shared.pool
    }

    /// A topic of which nothing is known yet. One object per name: the engine keeps the list.
    pub fn topic(&self, name: &str) -> Arc<Topic<F>> {
        let _ = name;
        unimplemented_in_this_skeleton()
    }

    /// A partition of a topic, without batches. For the engine.
    pub fn slot(
        &self,
        topic: &Arc<Topic<F>>,
        partition: PartitionIndex,
        part: Part,
        generation: Generation,
    ) -> Arc<Slot<F>> {
        let _ = (topic, partition, part, generation);
        unimplemented_in_this_skeleton()
    }

    /// Runs a job on the caller's thread, with an encoder that is kept for that.
    pub fn run(&self, job: Job<F>) {
        job.run(&mut Encoder::new());
    }

    /// The engine is awake, and this is the time. For the engine, at the beginning of a turn.
    pub fn wake(&self, now: Now) {
        let _ = (now, &self.shared.surroundings.clock);
        self.shared.doorbell.unpark();
    }

    /// Moves the slots with news into `slots`, each once, in the order of their first news. For
    /// the engine.
    pub fn drain(&self, slots: &mut Vec<Arc<Slot<F>>>) {
        let _ = slots;
    }

    /// The engine goes to sleep until then. False when there are slots with news after all, or
    /// somebody began to wait for memory: then it is awake still. For the engine.
    pub fn park(&self, until: Option<Time>) -> bool {
        self.shared.doorbell.park(until);
        true
    }

    /// Which transaction may be written to; `None` for none, which is the only way to append
    /// outside of one. An append that began before this call ends before it returns, slot by slot.
    /// For the engine.
    pub fn set_writable(&self, tag: Option<Tag>) {
        let _ = tag;
    }

    /// No more records are taken, for good. For the engine, when it closes.
    pub fn close(&self) {}
}

#[expect(clippy::panic, reason = "the skeleton")]
fn unimplemented_in_this_skeleton() -> ! {
    panic!("skeleton")
}
