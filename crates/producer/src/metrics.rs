//! What happened so far, under the names that Java's producer has for it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use klamm_engine::metrics::{Memory, Tally};

pub use klamm_engine::metrics::{Distribution, Metrics};

/// How callers fared who had to wait for memory; nobody else is counted.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    times: Mutex<Tally>,
    exhausted: AtomicU64,
}

impl Waits {
    /// Somebody waited for so long, in vain or not.
    pub(crate) fn count(&self, time: Duration, in_vain: bool) {
        self.times.lock().unwrap_or_else(PoisonError::into_inner).record_time(time);
        self.exhausted.fetch_add(u64::from(in_vain), Ordering::Relaxed);
    }

    /// Writes down how they fared so far.
    pub(crate) fn tell(&self, memory: &mut Memory) {
        memory.waits = *self.times.lock().unwrap_or_else(PoisonError::into_inner);
        memory.exhausted = self.exhausted.load(Ordering::Relaxed);
    }
}
