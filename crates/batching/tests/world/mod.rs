//! A producer's batching without an engine: the test is the engine.

#![cfg(test)]
#![allow(dead_code, reason = "each test file uses its part")]

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use klamm_batching::names::Part;
use klamm_batching::{
    Accumulator, Append, Bell, Delivery, Generation, Job, News, Note, Outlet, PartitionView, Ready,
    Resolution, Settings, SettledBatch, Slot, Surroundings, Ticket, Topic, TopicView, Written,
};
use klamm_records::Encoder;
use klamm_wire::{Clock, Now, PartitionIndex, Time, TopicId, WallMillis};

/// What a failure is here.
pub(crate) type Failure = &'static str;

/// A clock that stands still until it is set.
#[derive(Default)]
pub(crate) struct Hands {
    pub(crate) mono: AtomicU64,
    pub(crate) wall: AtomicI64,
    /// How often the exact time was asked for.
    pub(crate) looks: AtomicU64,
}

impl Clock for Hands {
    fn coarse(&self) -> Now {
        let mono = Time(self.mono.load(Ordering::SeqCst));
        Now { mono, wall: WallMillis(self.wall.load(Ordering::SeqCst)) }
    }

    fn exact(&self) -> Now {
        self.looks.fetch_add(1, Ordering::SeqCst);
        self.coarse()
    }
}

#[derive(Default)]
pub(crate) struct Rings(pub(crate) AtomicU64);

impl Bell for Rings {
    fn ring(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Keeps what has ended.
#[derive(Default)]
pub(crate) struct Kept(pub(crate) Mutex<Vec<SettledBatch<Failure>>>);

impl Outlet<Failure> for Kept {
    fn settled(&self, batch: SettledBatch<Failure>) {
        self.0.lock().unwrap().push(batch);
    }
}

pub(crate) struct World {
    pub(crate) accumulator: Accumulator<Failure>,
    pub(crate) hands: Arc<Hands>,
    pub(crate) rings: Arc<Rings>,
    pub(crate) kept: Arc<Kept>,
    pub(crate) topic: Arc<Topic<Failure>>,
    pub(crate) slots: Vec<Arc<Slot<Failure>>>,
}

impl World {
    /// With a topic of so many partitions.
    pub(crate) fn new(settings: Settings, partitions: u32) -> Self {
        let (hands, rings, kept) = <(Arc<Hands>, Arc<Rings>, Arc<Kept>)>::default();
        let surroundings =
            Surroundings { clock: hands.clone(), bell: rings.clone(), outlet: kept.clone() };
        let accumulator = Accumulator::new(settings, surroundings);
        let topic = accumulator.topic("orders");
        let slot = |index: u32| {
            let partition = PartitionIndex(index.cast_signed());
            accumulator.slot(&topic, partition, Part(index), Generation(0))
        };
        let slots: Vec<_> = (0..partitions).map(slot).collect();
        let world = Self { accumulator, hands, rings, kept, topic, slots };
        world.publish(Generation(0));
        world
    }

    pub(crate) fn publish(&self, generation: Generation) {
        let view = |slot: &Arc<_>| PartitionView { slot: Arc::clone(slot), is_available: true };
        let partitions = self.slots.iter().map(view).collect();
        let id = TopicId::default();
        self.topic.publish(TopicView { generation, id, partitions, weights: Vec::new() });
    }

    pub(crate) fn rings(&self) -> u64 {
        self.rings.0.load(Ordering::SeqCst)
    }

    /// The slots with news, by partition, and the news.
    pub(crate) fn news(&self) -> Vec<(i32, News)> {
        let (mut slots, mut all) = (Vec::new(), Vec::new());
        self.accumulator.drain(&mut slots);
        for slot in slots {
            let mut news = Vec::new();
            slot.read(&mut news);
            all.extend(news.into_iter().map(|news| (slot.partition().0, news)));
        }
        all
    }
}

/// A record of so many bytes.
pub(crate) fn record(value: &[u8]) -> Append<'_, Failure> {
    Append {
        key: None,
        value: Some(value),
        headers: &[],
        timestamp: None,
        tag: None,
        note: Note::None,
        permit: None,
    }
}

pub(crate) fn append(
    slot: &Arc<Slot<Failure>>,
    value: &[u8],
) -> (Delivery<Failure>, Option<Job<Failure>>) {
    slot.append(Generation(0), record(value)).unwrap()
}

pub(crate) fn run(job: Job<Failure>) {
    job.run(&mut Encoder::new());
}

/// Runs every job that nobody has.
pub(crate) fn run_left(slot: &Arc<Slot<Failure>>) {
    while let Some(job) = slot.next_job() {
        run(job);
    }
}

/// Takes the next batch that is made, after all news were read and jobs that nobody had were run.
pub(crate) fn taken(slot: &Arc<Slot<Failure>>) -> Option<Ready> {
    slot.read(&mut Vec::new());
    run_left(slot);
    slot.take_ready()
}

/// Pulls, encodes and takes the batch with that ticket.
pub(crate) fn pulled(slot: &Arc<Slot<Failure>>, ticket: u64) -> Ready {
    run(slot.pull(Ticket(ticket)).unwrap());
    let ready = taken(slot).unwrap();
    assert_eq!(ready.ticket, Ticket(ticket));
    ready
}

pub(crate) fn written(offset: i64) -> Resolution<Failure> {
    Resolution::Whole(Ok(Written { offset: Some(offset), append_time: None }))
}
