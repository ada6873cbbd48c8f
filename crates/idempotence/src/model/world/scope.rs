//! How large a world is, and what may happen in it.

use std::time::Duration;

use crate::model::Rules;
use crate::settings::{Mode, Settings, Window};

/// A batch that the producer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Batch {
    /// Its partition.
    pub part: u32,
    /// How many records it has.
    pub records: u32,
}

/// What may still go wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Budget {
    /// Broken connections and answers that are errors.
    pub faults: u8,
    /// Definite refusals among them: batches that never get in.
    pub refusals: u8,
    /// Batches that are too large.
    pub too_large: u8,
    /// Deadlines that pass.
    pub expiries: u8,
    /// Leaders that change.
    pub moves: u8,
    /// Brokers that restart from a snapshot.
    pub restarts: u8,
    /// Partitions that forget the producer, with nothing in doubt.
    pub losses: u8,
    /// The same with something in doubt, for which no producer has a remedy.
    pub reckless_losses: u8,
}

/// A world to be explored.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The producer.
    pub settings: Settings,
    /// The broker.
    pub rules: Rules,
    /// What is sent, in order.
    pub batches: Vec<Batch>,
    /// What may go wrong.
    pub budget: Budget,
    /// The epoch that a producer id begins with.
    pub first_epoch: i16,
    /// Whether the producer is given one batch after another, instead of all at the beginning.
    pub trickle: bool,
    /// Whether states that differ in names and in the hour alone are told apart.
    pub literal: bool,
}

impl Scope {
    /// So many batches of one record for one partition, so many of them unresolved at a time.
    #[must_use]
    pub fn one_partition(batches: usize, window: u8) -> Self {
        let settings = Settings {
            window: Window::new(window).unwrap_or(Window::LARGEST),
            backoff: Duration::from_secs(9),
            backoff_max: Duration::from_secs(9),
            request_timeout: Duration::from_secs(20),
            idle_limit: Duration::from_secs(u64::MAX),
            ..Settings::new(Mode::Idempotent)
        };
        Self {
            settings,
            rules: Rules::BEFORE_3_6,
            batches: vec![Batch { part: 0, records: 1 }; batches],
            budget: Budget::default(),
            first_epoch: 0,
            trickle: false,
            literal: false,
        }
    }

    /// The partitions that are written to.
    #[must_use]
    pub fn parts(&self) -> Vec<u32> {
        let mut parts: Vec<u32> = self.batches.iter().map(|batch| batch.part).collect();
        parts.sort_unstable();
        parts.dedup();
        parts
    }
}
