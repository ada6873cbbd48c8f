//! Instants as plain numbers, handed in by whoever owns the clocks.

use std::time::Duration;

/// Monotonic nanoseconds since the producer began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(pub u64);

/// Wall-clock milliseconds since 1970, as records carry them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct WallMillis(pub i64);

/// One moment, on both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Now {
    /// For timers and deadlines: it never goes back.
    pub mono: Time,
    /// For timestamps that others read.
    pub wall: WallMillis,
}

/// Where a moment comes from; real clocks and simulated ones implement it.
pub trait Clock {
    /// A moment that may be a few milliseconds old, and costs next to nothing.
    fn coarse(&self) -> Now;
    /// The moment itself.
    fn exact(&self) -> Now;
}

impl Time {
    /// This long after `self`, or nothing when the number would not fit.
    #[must_use]
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        self.0.checked_add(nanos(duration)?).map(Self)
    }

    /// This long after `self`, or the last instant there is.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        self.checked_add(duration).unwrap_or(Self(u64::MAX))
    }

    /// How long `self` is after `earlier`; zero when it is not.
    #[must_use]
    pub const fn saturating_duration_since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

fn nanos(duration: Duration) -> Option<u64> {
    u64::try_from(duration.as_nanos()).ok()
}
