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

use crate::names::Generation;
use crate::partitioner::{Choice, Draws, Partitions, Question};
use crate::shared::Shared;
use crate::sizing::Ratio;
use crate::slot::{Append, Outcome, Refused, Slot, Taken, Why};
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
        let mut record = record;
        match self.put(partition, &mut record) {
            Ok(taken) => Ok(taken),
            Err(why) => Err(Refused { why, note: record.note }),
        }
    }

    /// As [`append`](Self::append), of a record that stays where it is. It keeps its note if it is
    /// refused; what is left of its permit is given back either way.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    #[inline]
    pub fn put(
        &self,
        partition: Option<PartitionIndex>,
        record: &mut Append<'_, F>,
    ) -> Result<Taken<F>, Why> {
        let mut tried = None;
        let done = loop {
            match self.view.with(|view| self.put_at(view, partition, record)) {
                Ok(taken) => break Ok(taken),
                Err((Why::Stale, generation)) if generation > tried => tried = generation,
                Err((why, _)) => break Err(why),
            }
        };
        if record.permit.is_some() {
            record.permit = None;
        }
        done
    }

    /// One try, with one picture; with the reason against it comes the picture's generation.
    #[inline]
    fn put_at(
        &self,
        view: Option<&TopicView<F>>,
        partition: Option<PartitionIndex>,
        record: &mut Append<'_, F>,
    ) -> Result<Taken<F>, (Why, Option<Generation>)> {
        let Some(view) = view.filter(|view| !view.partitions.is_empty()) else {
            return Err((Why::Stale, None));
        };
        let refused = |why| (why, Some(view.generation));
        let target = self.target(view, partition, record).map_err(refused)?;
        let done = target.slot.put(view.generation, record, target.is_sticky);
        let Outcome { taken, is_sated } = done.map_err(refused)?;
        if is_sated {
            self.sticky.switch(target.index, view, &self.draws);
        }
        Ok(taken)
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
