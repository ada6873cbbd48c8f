//! When which record is due, and how long after that it ended.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The time from one record to the next.
const EACH: Duration = Duration::from_millis(1);

/// Times from the moment that a record is due to the moment that its end is told.
pub(crate) struct Book {
    begun: Instant,
    /// Records of the beginning, which are not noted.
    warm_up: u64,
    took: Mutex<Vec<Duration>>,
}

impl Book {
    /// With room for so many records, the first of which is due in a moment.
    pub(crate) fn new(warm_up: u64, records: u64) -> Self {
        let took = Mutex::new(Vec::with_capacity(records as usize));
        Self { begun: Instant::now() + EACH * 100, warm_up, took }
    }

    /// When the record with this number is due.
    pub(crate) fn due(&self, number: u64) -> Instant {
        self.begun + EACH * number as u32
    }

    /// The record with this number has ended.
    pub(crate) fn note(&self, number: u64) {
        let took = self.due(number).elapsed();
        if number >= self.warm_up {
            self.took.lock().unwrap_or_else(PoisonError::into_inner).push(took);
        }
    }

    /// How many were noted.
    pub(crate) fn noted(&self) -> u64 {
        self.took.lock().unwrap_or_else(PoisonError::into_inner).len() as u64
    }

    /// What was noted.
    pub(crate) fn quantiles(&self) -> Quantiles {
        let mut took = self.took.lock().unwrap_or_else(PoisonError::into_inner).clone();
        took.sort_unstable();
        Quantiles(Quantiles::OF.map(|(_, share)| {
            let place = (took.len() as f64 * share).ceil() as usize;
            let found = took.get(place.saturating_sub(1)).copied().unwrap_or_default();
            found.as_secs_f64() * 1e6
        }))
    }
}

/// Times that a share of the records stays below, in microseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quantiles(pub(crate) [f64; 3]);

impl Quantiles {
    /// Their names and shares.
    pub(crate) const OF: [(&'static str, f64); 3] = [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)];

    /// What a side has printed.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace().map(str::parse);
        let mut number = || words.next()?.ok();
        Some(Self([number()?, number()?, number()?]))
    }
}

impl fmt::Display for Quantiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([p50, p99, p999]) = self;
        write!(f, "{p50} {p99} {p999}")
    }
}
