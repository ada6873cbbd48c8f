//! What is known of a topic at one time, and the place where the newest picture hangs.

use klamm_wire::TopicId;

use crate::names::Generation;
use crate::partitioner::Partitions;
use crate::slot::Slot;
use crate::sync::Arc;

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

impl<F> TopicView<F> {
    pub(super) fn slot(&self, partition: u32) -> Option<&Arc<Slot<F>>> {
        let place = usize::try_from(partition).ok()?;
        self.partitions.get(place).map(|partition| &partition.slot)
    }
}

impl<F: Send + Sync> Partitions for TopicView<F> {
    fn count(&self) -> u32 {
        u32::try_from(self.partitions.len()).unwrap_or(u32::MAX)
    }

    fn is_available(&self, partition: u32) -> bool {
        let place = usize::try_from(partition).unwrap_or(usize::MAX);
        self.partitions.get(place).is_some_and(|partition| partition.is_available)
    }
}

/// The newest picture.
#[cfg(not(loom))]
pub(super) struct Published<F>(arc_swap::ArcSwapOption<TopicView<F>>);

#[cfg(not(loom))]
impl<F> Published<F> {
    pub(super) fn new() -> Self {
        Self(arc_swap::ArcSwapOption::empty())
    }

    pub(super) fn get(&self) -> Option<Arc<TopicView<F>>> {
        self.0.load_full()
    }

    pub(super) fn set(&self, view: TopicView<F>) {
        self.0.store(Some(Arc::new(view)));
    }

    #[inline]
    pub(super) fn with<T>(&self, run: impl FnOnce(Option<&TopicView<F>>) -> T) -> T {
        let view = self.0.load();
        run(view.as_deref())
    }
}

/// The newest picture, in models, which do not know how the other one swaps.
#[cfg(loom)]
pub(super) struct Published<F>(crate::sync::Mutex<Option<Arc<TopicView<F>>>>);

#[cfg(loom)]
impl<F> Published<F> {
    pub(super) fn new() -> Self {
        Self(crate::sync::Mutex::new(None))
    }

    pub(super) fn get(&self) -> Option<Arc<TopicView<F>>> {
        crate::sync::lock(&self.0).clone()
    }

    pub(super) fn set(&self, view: TopicView<F>) {
        *crate::sync::lock(&self.0) = Some(Arc::new(view));
    }

    pub(super) fn with<T>(&self, run: impl FnOnce(Option<&TopicView<F>>) -> T) -> T {
        let view = self.get();
        run(view.as_deref())
    }
}
