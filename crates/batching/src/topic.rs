//! A topic as those who append to it see it.
//!
//! The engine publishes a [`TopicView`] by swapping a pointer; appenders read it without a lock and
//! carry its generation to the slot, which compares it under its lock.

mod sticky;
mod view;

use std::fmt;
use std::sync::Arc as StdArc;

use klamm_records::Codec;
use klamm_wire::PartitionIndex;

use crate::completion::Delivery;
use crate::job::Job;
use crate::partitioner::{Choice, Draws, Partitions, Question};
use crate::shared::Shared;
use crate::sizing::Ratio;
use crate::slot::{Append, Aside, Refused, Slot, Taken, Why};
use crate::sync::Arc;

use sticky::Sticky;
use view::Published;
pub use view::{PartitionView, TopicView};

/// A topic that can be appended to.
pub struct Topic<F> {
    core: StdArc<Core>,
    shared: Arc<Shared<F>>,
    view: Published<F>,
    sticky: Sticky,
    draws: Draws,
}

/// What a topic's slots need of it.
#[derive(Debug)]
pub(crate) struct Core {
    name: StdArc<str>,
    ratio: Ratio,
}

impl Core {
    pub(crate) fn new(name: &str, codec: Codec) -> Self {
        Self { name: name.into(), ratio: Ratio::new(codec) }
    }

    pub(crate) fn name(&self) -> &StdArc<str> {
        &self.name
    }

    pub(crate) fn ratio(&self) -> &Ratio {
        &self.ratio
    }
}

/// Where a record goes.
struct Target<'a, F> {
    slot: &'a Arc<Slot<F>>,
    index: u32,
    /// Whether that is because the topic sticks to it.
    is_sticky: bool,
}

impl<F> fmt::Debug for Topic<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Topic").field("name", &self.core.name).finish_non_exhaustive()
    }
}

impl<F> Topic<F> {
    pub(crate) fn new(core: StdArc<Core>, shared: Arc<Shared<F>>) -> Self {
        // Topics of one producer draw differently, and each the same in every run.
        let mix = |seed: u64, byte: u8| (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let seed = core.name.bytes().fold(shared.settings.seed, mix);
        let (view, sticky) = (Published::new(), Sticky::new());
        Self { core, shared, view, sticky, draws: Draws::new(seed) }
    }

    pub(crate) fn core(&self) -> &StdArc<Core> {
        &self.core
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.core.name
    }

    /// The name, to be kept.
    pub fn shared_name(&self) -> StdArc<str> {
        StdArc::clone(&self.core.name)
    }
}

impl<F: Clone + Send + Sync + 'static> Topic<F> {
    /// The newest picture.
    pub fn view(&self) -> Option<Arc<TopicView<F>>> {
        self.view.get()
    }

    /// Replaces the picture. For the engine, which does so before it renews the slots.
    pub fn publish(&self, view: TopicView<F>) {
        self.view.set(view);
    }

    /// Appends a record: to `partition`, or to one that the partitioner chooses. Looks again by
    /// itself when the topic changed meanwhile. With the delivery comes a job, as from
    /// [`Slot::append`].
    ///
    /// # Errors
    /// See [`Why`]; [`Why::Stale`] only when the topic has no partitions, or when slots were
    /// renewed before the picture was.
    pub fn append(
        &self,
        partition: Option<PartitionIndex>,
        record: Append<'_, F>,
    ) -> Result<Taken<F>, Refused<F>> {
        let (mut record, mut job) = (record, None);
        match self.put(partition, &mut record, &mut job) {
            Ok(delivery) => Ok((delivery, job)),
            Err(why) => Err(Refused { why, note: record.note }),
        }
    }

    /// As [`append`](Self::append), of a record that stays where it is. It keeps its note if it is
    /// refused; what is left of its permit is given back either way. The job, which few records
    /// come with, is put into `job`.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    #[inline]
    pub fn put(
        &self,
        partition: Option<PartitionIndex>,
        record: &mut Append<'_, F>,
        job: &mut Option<Job<F>>,
    ) -> Result<Delivery<F>, Why> {
        let done = self.view.with(|view| self.put_at(view, partition, record, job));
        if record.permit.is_none() && !matches!(done, Err(Why::Stale)) {
            return done;
        }
        self.finish_put(done, partition, record, job)
    }

    /// After a try with a picture that may be old, or with a permit.
    #[cold]
    #[inline(never)]
    fn finish_put(
        &self,
        done: Result<Delivery<F>, Why>,
        partition: Option<PartitionIndex>,
        record: &mut Append<'_, F>,
        job: &mut Option<Job<F>>,
    ) -> Result<Delivery<F>, Why> {
        let is_stale = matches!(done, Err(Why::Stale));
        let done = if is_stale { self.put_anew(partition, record, job) } else { done };
        record.permit = None;
        done
    }

    /// With newer pictures, as long as there are any.
    fn put_anew(
        &self,
        partition: Option<PartitionIndex>,
        record: &mut Append<'_, F>,
        job: &mut Option<Job<F>>,
    ) -> Result<Delivery<F>, Why> {
        let mut tried = None;
        loop {
            let view = self.view.get();
            let generation = view.as_ref().map(|view| view.generation);
            let done = self.put_at(view.as_deref(), partition, record, job);
            if !matches!(done, Err(Why::Stale)) || generation <= tried {
                return done;
            }
            tried = generation;
        }
    }

    /// One try, with one picture.
    #[inline]
    fn put_at(
        &self,
        view: Option<&TopicView<F>>,
        partition: Option<PartitionIndex>,
        record: &mut Append<'_, F>,
        job: &mut Option<Job<F>>,
    ) -> Result<Delivery<F>, Why> {
        let Some(view) = view.filter(|view| !view.partitions.is_empty()) else {
            return Err(Why::Stale);
        };
        let Target { slot, index, is_sticky } = self.target(view, partition, record)?;
        let mut is_sated = false;
        let aside = Aside { job, is_sated: is_sticky.then_some(&mut is_sated) };
        let done = slot.put(view.generation, record, aside);
        if is_sated {
            self.sticky.switch(index, view, &self.draws);
        }
        done
    }

    #[inline]
    fn target<'a>(
        &self,
        view: &'a TopicView<F>,
        partition: Option<PartitionIndex>,
        record: &Append<'_, F>,
    ) -> Result<Target<'a, F>, Why> {
        let choice = match partition {
            Some(partition) => Choice::Partition(partition),
            None => self.choose(view, record),
        };
        let (index, is_sticky) = match choice {
            Choice::Partition(PartitionIndex(index)) => (u32::try_from(index).ok(), false),
            Choice::Sticky => (Some(self.sticky.get(view, &self.draws)), true),
        };
        let count = view.count();
        let found = index.and_then(|index| Some((view.slot(index)?, index)));
        let (slot, index) = found.ok_or(Why::NoSuchPartition { count })?;
        Ok(Target { slot, index, is_sticky })
    }

    #[inline]
    fn choose(&self, view: &TopicView<F>, record: &Append<'_, F>) -> Choice {
        self.shared.settings.partitioner.choose(&Question {
            topic: &self.core.name,
            key: record.key,
            value: record.value,
            partitions: view,
            draws: &self.draws,
        })
    }
}
