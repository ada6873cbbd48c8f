//! How appenders wake the engine, and how they know that they need not.
//!
//! The engine publishes until when it sleeps ([`Doorbell::park`]) and then looks once more for
//! slots with news; an appender lists its slot and then looks whether the engine sleeps longer than
//! its batch may wait. Whichever comes first, one of the two sees the other.

use std::fmt;
use std::sync::Arc as StdArc;

use klamm_wire::Time;

use crate::sync::{AtomicU64, Ordering};

/// Wakes the engine, from whichever thread; several calls before it comes to it are one.
pub trait Bell: Send + Sync {
    /// Rings.
    fn ring(&self);
}

/// Until when the engine sleeps, and the bell that wakes it.
pub struct Doorbell {
    bell: StdArc<dyn Bell>,
    /// 0 while it is awake; else it wakes by itself at that time.
    asleep_until: AtomicU64,
}

impl fmt::Debug for Doorbell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Doorbell({})", self.asleep_until.load(Ordering::Relaxed))
    }
}

impl Doorbell {
    /// An engine that is awake.
    pub fn new(bell: StdArc<dyn Bell>) -> Self {
        Self { bell, asleep_until: AtomicU64::new(0) }
    }

    /// The engine is going to sleep until then, or until it is woken; it must look for news once
    /// more after this.
    pub fn park(&self, until: Option<Time>) {
        let until = until.map_or(u64::MAX, |until| until.0.max(1));
        self.asleep_until.store(until, Ordering::SeqCst);
    }

    /// The engine is awake.
    pub fn unpark(&self) {
        self.asleep_until.store(0, Ordering::SeqCst);
    }

    /// Whether the engine sleeps.
    pub fn is_parked(&self) -> bool {
        self.asleep_until.load(Ordering::SeqCst) != 0
    }

    /// Something is due at that time, and was listed before this call: wakes the engine if it would
    /// oversleep.
    pub fn due(&self, at: Time) {
        if self.asleep_until.load(Ordering::SeqCst) > at.0 {
            self.bell.ring();
        }
    }

    /// Something is due at once, and was listed before this call.
    pub fn ring_if_parked(&self) {
        self.due(Time(0));
    }
}
