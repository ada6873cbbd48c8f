//! How often memory is asked for, while that is counted.

use std::ops::Sub;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Off while time is taken: one load per call is all that the timed code pays.
static COUNTING: AtomicBool = AtomicBool::new(false);
static CALLS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

/// Counts a call to the allocator, which is the only one who calls this.
#[inline]
pub fn note(bytes: usize) {
    if COUNTING.load(Relaxed) {
        CALLS.fetch_add(1, Relaxed);
        BYTES.fetch_add(bytes as u64, Relaxed);
    }
}

/// How often memory was asked for, and how much of it; freeing is not counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Allocations {
    /// How often.
    pub calls: u64,
    /// How many bytes in all.
    pub bytes: u64,
}

impl Allocations {
    /// What `run` asks for.
    pub fn during(run: impl FnOnce()) -> Self {
        let before = Self::so_far();
        COUNTING.store(true, Relaxed);
        run();
        COUNTING.store(false, Relaxed);
        Self::so_far() - before
    }

    fn so_far() -> Self {
        Self { calls: CALLS.load(Relaxed), bytes: BYTES.load(Relaxed) }
    }
}

impl Sub for Allocations {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self { calls: self.calls - before.calls, bytes: self.bytes - before.bytes }
    }
}
