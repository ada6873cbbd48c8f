//! One operation, and everyone who does it.

use std::fmt;
use std::time::{Duration, Instant};

use crate::allocations::Allocations;

/// Who does an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// klamm.
    Ours,
    /// Somebody else's crate, or one of the ways to use it; the fastest of them is the peer that
    /// ours is compared with.
    Peer(&'static str),
    /// Code made by hand for this operation and nothing else.
    Floor,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ours => "ours",
            Self::Peer(name) => name,
            Self::Floor => "floor",
        })
    }
}

/// An operation, and its contenders.
pub struct Contest<T> {
    /// What it is about.
    pub title: T,
    /// How many bytes one operation makes or reads.
    pub bytes: usize,
    /// Who does it.
    pub contenders: Vec<Contender>,
}

/// One side's way to do an operation.
pub struct Contender {
    /// Whose.
    pub side: Side,
    /// How many operations one call of `batch` does.
    operations: usize,
    batch: Box<dyn FnMut() -> Duration>,
    /// The times of one sample's batches, kept for its room.
    batches: Vec<Duration>,
}

impl Contender {
    /// A contender whose `batch` does so many operations and answers how long they took.
    pub fn timed(side: Side, operations: usize, batch: impl FnMut() -> Duration + 'static) -> Self {
        Self { side, operations, batch: Box::new(batch), batches: Vec::new() }
    }

    /// A contender whose `run` does so many operations, all of it timed.
    pub fn whole(side: Side, operations: usize, mut run: impl FnMut() + 'static) -> Self {
        let batch = move || {
            let start = Instant::now();
            run();
            start.elapsed()
        };
        Self::timed(side, operations, batch)
    }

    /// A contender whose `operation` is done so many times between two looks at the clock.
    pub fn repeated(side: Side, times: usize, mut operation: impl FnMut() + 'static) -> Self {
        Self::whole(side, times, move || (0..times).for_each(|_| operation()))
    }

    /// The nanoseconds of one operation: the median of the batches that fill at least `least`, so
    /// that whatever interrupts a few of them leaves no trace.
    pub(crate) fn sample(&mut self, least: Duration) -> f64 {
        let mut total = Duration::ZERO;
        self.batches.clear();
        while total < least {
            let batch = (self.batch)();
            total += batch;
            self.batches.push(batch);
        }
        self.batches.sort_unstable();
        let median = self.batches.get(self.batches.len() / 2).copied().unwrap_or(total);
        median.as_nanos() as f64 / self.operations as f64
    }

    /// What one batch allocates, and how many operations that is.
    pub(crate) fn allocations(&mut self) -> (Allocations, usize) {
        (Allocations::during(|| _ = (self.batch)()), self.operations)
    }
}
