//! What slots and topics share: settings, memory, time, and the list of slots with news.

use std::sync::Arc as StdArc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use klamm_records::{BufferPool, Codec, Encoder};
use klamm_wire::{Clock, Now, Time, WallMillis};

use crate::doorbell::Doorbell;
use crate::memory::{Budget, Gauge};
use crate::notes::Outlet;
use crate::settings::Settings;
use crate::sync::{Arc, Mutex, lock};

/// How many encoders wait for the next job.
const MOST_ENCODERS: usize = 8;

/// What an accumulator is made with.
pub struct Surroundings<F> {
    /// The time, for the first record of a batch; others use the engine's last word.
    pub clock: StdArc<dyn Clock + Send + Sync>,
    /// Wakes the engine.
    pub bell: StdArc<dyn crate::doorbell::Bell>,
    /// Where batches with notes go when they have ended.
    pub outlet: StdArc<dyn Outlet<F>>,
}

/// What slots and topics share.
pub(crate) struct Shared<F> {
    pub(crate) settings: Settings,
    pub(crate) outlet: StdArc<dyn Outlet<F>>,
    pub(crate) budget: Arc<Budget>,
    /// What is taken of it is counted by the budget.
    pub(crate) pool: BufferPool,
    pub(crate) doorbell: StdArc<Doorbell>,
    clock: StdArc<dyn Clock + Send + Sync>,
    coarse: Coarse,
    /// Slots with news, by their numbers in the accumulator, in the order of their first news.
    news: Mutex<Vec<u32>>,
    encoders: Mutex<Vec<Encoder>>,
}

/// The last word on the time. The two need not be of one moment.
#[derive(Default)]
struct Coarse {
    mono: AtomicU64,
    wall: AtomicI64,
}

impl<F> Shared<F> {
    pub(crate) fn new(settings: Settings, surroundings: Surroundings<F>) -> Self {
        let Surroundings { clock, bell, outlet } = surroundings;
        let doorbell = StdArc::new(Doorbell::new(bell));
        let idle = BufferPool::new(settings.memory);
        let budget = Budget::new(settings.memory, idle.clone(), StdArc::clone(&doorbell));
        let budget = Arc::new(budget);
        let pool = idle.metered(StdArc::new(Gauge(Arc::clone(&budget))));
        let coarse = Coarse::default();
        let shared = Self {
            settings,
            outlet,
            budget,
            pool,
            doorbell,
            clock,
            coarse,
            news: Mutex::new(Vec::new()),
            encoders: Mutex::new(Vec::new()),
        };
        shared.set_time(shared.clock.exact());
        shared
    }

    /// The time for a record that opens no batch.
    #[inline]
    pub(crate) fn coarse_wall(&self) -> WallMillis {
        WallMillis(self.coarse.wall.load(Ordering::Relaxed))
    }

    /// The time for a batch that is opened: while the engine sleeps, nobody else looks at a clock.
    pub(crate) fn opening_time(&self) -> Now {
        if self.doorbell.is_parked() {
            let now = self.clock.exact();
            self.set_time(now);
            return now;
        }
        let mono = Time(self.coarse.mono.load(Ordering::Relaxed));
        Now { mono, wall: self.coarse_wall() }
    }

    pub(crate) fn set_time(&self, now: Now) {
        self.coarse.mono.fetch_max(now.mono.0, Ordering::Relaxed);
        self.coarse.wall.store(now.wall.0, Ordering::Relaxed);
    }

    /// Lists a slot that was not listed.
    pub(crate) fn list(&self, slot: u32) {
        lock(&self.news).push(slot);
    }

    /// Moves the list into `slots`.
    pub(crate) fn take_news(&self, slots: &mut Vec<u32>) {
        slots.append(&mut lock(&self.news));
    }

    pub(crate) fn has_news(&self) -> bool {
        !lock(&self.news).is_empty()
    }

    /// Lends an encoder that was used before, if there is one.
    pub(crate) fn with_encoder<T>(&self, run: impl FnOnce(&mut Encoder) -> T) -> T {
        let mut encoder = lock(&self.encoders).pop().unwrap_or_default();
        let result = run(&mut encoder);
        let mut encoders = lock(&self.encoders);
        if encoders.len() < MOST_ENCODERS {
            encoders.push(encoder);
        }
        result
    }

    pub(crate) fn codec(&self) -> Codec {
        self.settings.compression.codec()
    }
}
