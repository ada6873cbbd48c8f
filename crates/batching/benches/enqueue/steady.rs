//! A producer without an engine that is warm: batches come and go, and nothing piles up.

use std::sync::Arc;

use klamm_batching::names::Part;
use klamm_batching::{
    Accumulator, Append, Bell, Delivery, Generation, Note, Outlet, PartitionView, Resolution,
    Settings, SettledBatch, Slot, Surroundings, Topic, TopicView, Written,
};
use klamm_wire::{Clock, Now, PartitionIndex, Time, TopicId, WallMillis};

/// What a failure is here.
type Failure = ();

struct Still;

impl Clock for Still {
    fn coarse(&self) -> Now {
        Now { mono: Time(1), wall: WallMillis(1_700_000_000_000) }
    }

    fn exact(&self) -> Now {
        self.coarse()
    }
}

struct Silent;

impl Bell for Silent {
    fn ring(&self) {}
}

struct Nobody;

impl Outlet<Failure> for Nobody {
    fn settled(&self, batch: SettledBatch<Failure>) {
        drop(batch);
    }
}

/// A topic of one partition, and what plays the engine.
pub(crate) struct Steady {
    accumulator: Accumulator<Failure>,
    topic: Arc<Topic<Failure>>,
    slots: Vec<Arc<Slot<Failure>>>,
    news: Vec<klamm_batching::News>,
    /// Of batches that a record filled.
    jobs: Vec<klamm_batching::Job<Failure>>,
}

impl Steady {
    /// With batches of that size.
    pub(crate) fn new(batch_size: usize) -> Self {
        let settings = Settings { batch_size, ..Settings::default() };
        let (clock, bell, outlet) = (Arc::new(Still), Arc::new(Silent), Arc::new(Nobody));
        let accumulator = Accumulator::new(settings, Surroundings { clock, bell, outlet });
        let topic = accumulator.topic("orders");
        let slot = accumulator.slot(&topic, PartitionIndex(0), Part(0), Generation(0));
        let partitions = vec![PartitionView { slot, is_available: true }];
        let (generation, id) = (Generation(0), TopicId::default());
        topic.publish(TopicView { generation, id, partitions, weights: Vec::new() });
        Self { accumulator, topic, slots: Vec::new(), news: Vec::new(), jobs: Vec::new() }
    }

    /// Hands a record in, by the door that the producer takes.
    #[inline]
    pub(crate) fn append(&mut self, value: &[u8]) -> Option<Delivery<Failure>> {
        let mut record = Append {
            key: None,
            value: Some(value),
            headers: &[],
            timestamp: None,
            tag: None,
            note: Note::None,
            permit: None,
        };
        let mut job = None;
        let delivery = self.topic.put(None, &mut record, &mut job).ok();
        if job.is_some() {
            self.jobs.extend(job);
        }
        delivery
    }

    /// What an engine does: takes what is full and ends it.
    pub(crate) fn settle(&mut self) {
        self.jobs.drain(..).for_each(|job| self.accumulator.run(job));
        self.accumulator.drain(&mut self.slots);
        for slot in self.slots.drain(..) {
            slot.read(&mut self.news);
            self.news.clear();
            while let Some(job) = slot.next_job() {
                self.accumulator.run(job);
            }
            while let Some(ready) = slot.take_ready() {
                let end = Resolution::Whole(Ok(Written { offset: Some(0), append_time: None }));
                slot.settle(ready.ticket, end, ready.encoded);
            }
        }
    }
}
