//! An engine, a cluster, what lies between them, and a clock that moves when nothing else does.

mod asks;
mod wires;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use klamm_batching::completion::Receipt;
use klamm_batching::notes::{Note, Outlet, SettledBatch};
use klamm_batching::slot::{Append, Why};
use klamm_batching::{Bell, Permit, Surroundings, Tag};
use klamm_broker::ConnectionId;
use klamm_broker::cluster::{ClusterSettings, Endpoint, Listener};
use klamm_cluster::sasl::Nonces;
use klamm_cluster::{Cluster, ConnId, Drive, Event, HostPort};
use klamm_engine::idempotence::Mode;
use klamm_engine::{Accumulator, Delivery, Engine, Failure, Job, Settings, Topic, batching};
use klamm_wire::{Clock, NodeId, Now, PartitionIndex, Time, WallMillis};

/// So many steps without an end are a storm.
const STORM: usize = 2_000_000;

/// So often time may stand still.
const RESTLESS: usize = 50;

/// The wall clock when everything begins.
const BEGINNING: i64 = 1_700_000_000_000;

/// What a call or a wish was answered, once it was.
pub(crate) type Told<T> = Arc<Mutex<Option<T>>>;

/// The clock that everybody is handed.
#[derive(Default)]
pub(crate) struct Hands(Mutex<Now>);

impl Clock for Hands {
    fn coarse(&self) -> Now {
        *self.0.lock().unwrap()
    }

    fn exact(&self) -> Now {
        *self.0.lock().unwrap()
    }
}

struct Nobody;

impl Bell for Nobody {
    fn ring(&self) {}
}

/// Keeps what has ended with notes.
#[derive(Default)]
pub(crate) struct Notes(pub(crate) Mutex<Vec<u64>>);

impl Outlet<Failure> for Notes {
    fn settled(&self, batch: SettledBatch<Failure>) {
        let numbers = batch.notes.into_iter().filter_map(|left| match left.note {
            Note::Number(number) => Some(number),
            Note::None | Note::Call(_) => None,
        });
        self.0.lock().unwrap().extend(numbers);
    }
}

/// How a world differs from the plainest one.
pub(crate) struct Plan {
    pub(crate) brokers: ClusterSettings,
    pub(crate) batching: batching::Settings,
    pub(crate) engine: Settings,
    pub(crate) cluster: klamm_cluster::Settings,
}

impl Plan {
    pub(crate) fn of(mode: Mode) -> Self {
        let bootstrap = vec![HostPort::new("b1", 9092).unwrap()];
        Self {
            brokers: ClusterSettings::of(3),
            batching: batching::Settings::default(),
            engine: Settings::new(mode),
            cluster: klamm_cluster::Settings::new(bootstrap),
        }
    }
}

/// Everything.
pub(crate) struct World {
    pub(crate) now: Now,
    pub(crate) engine: Engine,
    pub(crate) accumulator: Accumulator,
    pub(crate) brokers: klamm_broker::Cluster,
    pub(crate) notes: Arc<Notes>,
    hands: Arc<Hands>,
    conns: BTreeMap<ConnId, (NodeId, ConnectionId)>,
    /// Those that break when so many more bytes were written to any of them.
    pub(crate) cut_after: Option<usize>,
    /// Brokers that nobody can connect to.
    pub(crate) away: BTreeSet<NodeId>,
    /// Jobs are kept back.
    pub(crate) holds_jobs: bool,
    /// How often something was due that time did not have to come to.
    restless: usize,
    steps: usize,
}

impl World {
    pub(crate) fn new(mode: Mode) -> Self {
        Self::with(Plan::of(mode))
    }

    pub(crate) fn with(plan: Plan) -> Self {
        let now = Now { mono: Time(0), wall: WallMillis(BEGINNING) };
        let hands = Arc::new(Hands(Mutex::new(now)));
        let notes = Arc::new(Notes::default());
        let surroundings = Surroundings {
            clock: Arc::clone(&hands) as Arc<dyn Clock + Send + Sync>,
            bell: Arc::new(Nobody),
            outlet: Arc::clone(&notes) as Arc<dyn Outlet<Failure>>,
        };
        let accumulator = Accumulator::new(plan.batching, surroundings);
        let cluster = Cluster::new(now, plan.cluster, Nonces::new([7; 32]));
        let mut brokers = klamm_broker::Cluster::new(plan.brokers.clone());
        for node in &plan.brokers.nodes {
            let endpoint = Endpoint { host: format!("b{}", node.id.0), port: 9092 };
            brokers.advertise(node.id, Listener::Plain, endpoint);
        }
        Self {
            now,
            engine: Engine::new(plan.engine, cluster, accumulator.clone()),
            accumulator,
            brokers,
            notes,
            hands,
            conns: BTreeMap::new(),
            cut_after: None,
            away: BTreeSet::new(),
            holds_jobs: false,
            restless: 0,
            steps: 0,
        }
    }

    /// Appends a value to a partition.
    pub(crate) fn append(&mut self, topic: &Topic, partition: i32, value: &[u8]) -> Delivery {
        self.try_append(topic, Some(partition), value, None).unwrap()
    }

    pub(crate) fn try_append(
        &mut self,
        topic: &Topic,
        partition: Option<i32>,
        value: &[u8],
        tag: Option<Tag>,
    ) -> Result<Delivery, Why> {
        self.append_with(topic, (partition, value), tag, None)
    }

    /// Appends a value; what is to be encoded for that is kept back.
    pub(crate) fn append_and_keep(
        &mut self,
        topic: &Topic,
        value: &[u8],
    ) -> (Delivery, Option<Job>) {
        topic.append(Some(PartitionIndex(0)), record(value, None, None)).unwrap()
    }

    /// Appends a value with a number that is to come back.
    pub(crate) fn append_noted(&mut self, topic: &Topic, value: &[u8], number: u64) -> Delivery {
        let note = Note::Number(number);
        let record = Append { note, ..record(value, None, None) };
        topic.append(Some(PartitionIndex(0)), record).unwrap().0
    }

    /// Appends a value to a partition, and waits for memory if there is none.
    pub(crate) fn append_in_time(
        &mut self,
        topic: &Topic,
        partition: i32,
        value: &[u8],
    ) -> Delivery {
        let mut permit = None;
        loop {
            match self.append_with(topic, (Some(partition), value), None, permit.take()) {
                Ok(delivery) => return delivery,
                Err(Why::NeedsMemory { bytes }) => permit = Some(self.wait_for_memory(bytes)),
                Err(why) => panic!("{why:?}"),
            }
        }
    }

    /// Waits for memory, no longer than that.
    pub(crate) fn memory_within(&mut self, bytes: usize, most: Duration) -> Option<Permit> {
        let until = self.now.mono.saturating_add(most);
        let budget = Arc::clone(self.accumulator.budget());
        let mut wait = pin!(budget.acquire(bytes));
        loop {
            let polled = wait.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            if let Poll::Ready(permit) = polled {
                return Some(permit);
            }
            if self.now.mono >= until {
                return None;
            }
            self.pass(Duration::from_millis(100));
        }
    }

    fn wait_for_memory(&mut self, bytes: usize) -> Permit {
        let budget = Arc::clone(self.accumulator.budget());
        let mut wait = pin!(budget.acquire(bytes));
        loop {
            if let Poll::Ready(permit) = wait.as_mut().poll(&mut Context::from_waker(Waker::noop()))
            {
                return permit;
            }
            self.settle();
            let waits = budget.waiting() > 0;
            assert!(!waits || self.step(), "nothing is left to happen, and memory is missing");
        }
    }

    pub(crate) fn append_with(
        &mut self,
        topic: &Topic,
        (partition, value): (Option<i32>, &[u8]),
        tag: Option<Tag>,
        permit: Option<Permit>,
    ) -> Result<Delivery, Why> {
        let appended = topic.append(partition.map(PartitionIndex), record(value, tag, permit));
        let (delivery, job) = appended.map_err(|refused| refused.why)?;
        job.into_iter().for_each(|job| self.accumulator.run(job));
        Ok(delivery)
    }

    /// Lets time pass until a record has ended.
    pub(crate) fn deliver(&mut self, delivery: Delivery) -> Result<Receipt, Failure> {
        let mut delivery = delivery;
        loop {
            self.settle();
            if let Some(result) = poll_once(&mut delivery) {
                return result;
            }
            assert!(self.step(), "nothing is left to happen, and a record has no end");
        }
    }

    /// Lets time pass until somebody was told.
    pub(crate) fn drive_until_told<T>(&mut self, told: &Told<T>) -> T {
        loop {
            self.settle();
            let result = told.lock().unwrap().take();
            if let Some(result) = result {
                return result;
            }
            assert!(self.step(), "nothing is left to happen, and somebody waits");
        }
    }

    /// Lets so much time pass.
    pub(crate) fn pass(&mut self, time: Duration) {
        let until = self.now.mono.saturating_add(time);
        self.settle();
        while let Some(wake) = self.next_wake().filter(|wake| *wake <= until) {
            self.tick(wake);
        }
        self.tick(until);
    }

    /// Goes on to the next instant at which something is due; false if nothing ever is.
    fn step(&mut self) -> bool {
        let wake = self.next_wake();
        wake.into_iter().for_each(|wake| self.tick(wake));
        wake.is_some()
    }

    fn next_wake(&self) -> Option<Time> {
        [self.engine.next_wake(), self.brokers.next_wake()].into_iter().flatten().min()
    }

    fn tick(&mut self, at: Time) {
        self.restless = if at > self.now.mono { 0 } else { self.restless + 1 };
        assert!(self.restless < RESTLESS, "time stands still at {at:?}");
        self.set_time(at);
        self.brokers.wake(self.now);
        self.serve();
        self.engine.handle(self.now, Event::Tick);
        self.settle();
    }

    fn set_time(&mut self, mono: Time) {
        self.now.mono = mono.max(self.now.mono);
        let millis = i64::try_from(self.now.mono.0 / 1_000_000).unwrap();
        self.now.wall = WallMillis(BEGINNING + millis);
        *self.hands.0.lock().unwrap() = self.now;
    }
}

fn record(value: &[u8], tag: Option<Tag>, permit: Option<Permit>) -> Append<'_, Failure> {
    let (key, timestamp, headers) = (None, None, &[][..]);
    Append { key, value: Some(value), headers, timestamp, tag, note: Note::None, permit }
}

fn poll_once(delivery: &mut Delivery) -> Option<Result<Receipt, Failure>> {
    match pin!(delivery).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}

/// Values that can be told apart.
pub(crate) fn values(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|n| format!("value {n:06}").into_bytes()).collect()
}
