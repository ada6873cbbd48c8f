//! How large a world of transactions is, and what may happen in it.

use std::time::Duration;

use crate::model::{Generation, Rules};
use crate::settings::{Mode, Settings};

/// Every back-off is as long as the machine's wait for another transaction to end: waits of several
/// lengths would make as many states as there are distances between them.
const WAIT: Duration = Duration::from_millis(20);

/// A transaction that the application makes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TxnScript {
    /// The partitions that get a batch of one record each.
    pub parts: Vec<u32>,
    /// Whether a consumer group's offset is part of it.
    pub offsets: bool,
    /// Whether it is to be committed, or aborted.
    pub commit: bool,
}

impl TxnScript {
    /// A transaction over these partitions that is to be committed.
    #[must_use]
    pub fn commit(parts: &[u32]) -> Self {
        Self { parts: parts.to_vec(), offsets: false, commit: true }
    }

    /// A transaction over these partitions that is to be aborted.
    #[must_use]
    pub fn abort(parts: &[u32]) -> Self {
        Self { commit: false, ..Self::commit(parts) }
    }

    /// The same with a group's offset.
    #[must_use]
    pub fn with_offsets(self) -> Self {
        Self { offsets: true, ..self }
    }
}

/// What may still go wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct TxnBudget {
    /// Connections that break, to a broker or to the coordinator.
    pub faults: u8,
    /// Answers of a coordinator that are errors, among the faults.
    pub denials: u8,
    /// Batches that are refused for what they are.
    pub refusals: u8,
    /// Calls whose deadline passes.
    pub late_calls: u8,
    /// Times at which every open batch runs out of time.
    pub expiries: u8,
    /// Transactions that last too long for the coordinator.
    pub timeouts: u8,
    /// Other instances with the same transactional id.
    pub intruders: u8,
    /// Changes of the cluster to the second generation.
    pub upgrades: u8,
}

/// A world of transactions to be explored.
#[derive(Debug, Clone)]
pub struct TxnScope {
    /// The producer.
    pub settings: Settings,
    /// The brokers.
    pub rules: Rules,
    /// What the cluster speaks at first.
    pub generation: Generation,
    /// What the application does.
    pub script: Vec<TxnScript>,
    /// What may go wrong.
    pub budget: TxnBudget,
    /// Whether the application tries an abort where only the same commit can find out.
    pub impatient: bool,
}

impl TxnScope {
    /// A world in which nothing goes wrong.
    #[must_use]
    pub fn new(generation: Generation, script: Vec<TxnScript>) -> Self {
        let settings = Settings {
            backoff: WAIT,
            backoff_max: WAIT,
            request_timeout: Duration::from_secs(20),
            idle_limit: Duration::from_secs(u64::MAX),
            ..Settings::new(Mode::Transactional)
        };
        Self {
            settings,
            rules: Rules::SINCE_3_8,
            generation,
            script,
            budget: TxnBudget::default(),
            impatient: false,
        }
    }

    /// The partitions that are written to.
    #[must_use]
    pub fn parts(&self) -> Vec<u32> {
        let mut parts: Vec<u32> = self.script.iter().flat_map(|txn| txn.parts.clone()).collect();
        parts.sort_unstable();
        parts.dedup();
        parts
    }
}
