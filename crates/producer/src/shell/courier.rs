//! Who runs the callbacks of applications: a thread of its own, outside of every lock.
//!
//! A batch whose callbacks have not run keeps its memory, which bounds the queue: senders feel a
//! slow callback as full memory, and the loop never waits for one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use klamm_engine::Failure;
use klamm_engine::batching::notes::Left;
use klamm_engine::batching::{Note, Outlet, Receipt, SettledBatch};

use super::crew::Crew;
use crate::delivery::{DeliverySink, acked};
use crate::error::{narrowed, record_error};

/// Takes batches with notes, and has them run.
pub(crate) struct Courier {
    crew: Crew<SettledBatch<Failure>>,
    panics: Arc<AtomicU64>,
}

/// What runs them.
struct Bearer {
    sink: Option<Arc<dyn DeliverySink>>,
    panics: Arc<AtomicU64>,
}

impl Courier {
    /// A courier, whose thread begins with the first batch.
    pub(crate) fn new(sink: Option<Arc<dyn DeliverySink>>) -> Self {
        let panics = Arc::new(AtomicU64::new(0));
        let bearer = Bearer { sink, panics: Arc::clone(&panics) };
        // One thread: the callbacks of a partition run in the order of its log.
        Self { crew: Crew::new("klamm-delivery", 1, move |batch| bearer.run(batch)), panics }
    }

    /// How many callbacks panicked.
    pub(crate) fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }

    /// No more batches come: when the last has been run, the thread ends.
    pub(crate) fn end(&self) {
        self.crew.end();
    }
}

impl Outlet<Failure> for Courier {
    fn settled(&self, batch: SettledBatch<Failure>) {
        self.crew.push(batch);
    }
}

impl Bearer {
    fn run(&self, mut batch: SettledBatch<Failure>) {
        // Shared by all of the batch: a copy for each record would be an allocation for each.
        let topic = batch.topic.shared_name();
        for Left { index, timestamp, note } in std::mem::take(&mut batch.notes) {
            let result = batch.result(index, timestamp);
            let run = || self.call(&topic, index, note, result);
            if catch_unwind(AssertUnwindSafe(run)).is_err() {
                self.panics.fetch_add(1, Ordering::Relaxed);
                tracing::error!(
                    target: "klamm::produce",
                    topic = batch.topic.name(),
                    partition = batch.partition.0,
                    "a delivery callback panicked"
                );
            }
        }
    }

    fn call(
        &self,
        topic: &Arc<str>,
        index: u32,
        note: Note<Failure>,
        result: Result<Receipt, Failure>,
    ) {
        match (note, &self.sink) {
            (Note::Call(call), _) => {
                call(topic, result.map_err(|failure| narrowed(&failure, index)));
            }
            (Note::Number(tag), Some(sink)) => {
                let told = result.map(|receipt| acked(Arc::clone(topic), receipt));
                sink.delivered(tag, told.map_err(|failure| record_error(&failure, index)));
            }
            (Note::Number(_), None) | (Note::None, _) => {}
        }
    }
}
