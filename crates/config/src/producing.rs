//! What producers are told: the settings of the machines that decide about records.
//!
//! Names and values become these in `table/producing.rs` and `assemble/producing.rs`.

use std::time::Duration;

/// What producers are told.
#[derive(Debug, Clone)]
pub struct Producing {
    /// Sequences, retries and answers.
    pub machine: klamm_idempotence::Settings,
    /// Records on their way into batches.
    pub batching: klamm_batching::Settings,
    /// What a Produce request says: 0, 1, or -1 for all replicas in sync. A plain producer may say
    /// -1 as well, for which its mode has no word.
    pub acks: i16,
    /// The longest Produce request.
    pub max_request: usize,
    /// How long a broker may hold a Produce request before it answers.
    pub broker_timeout: Duration,
    /// The name under which transactions go on after a restart.
    pub transactional_id: Option<String>,
    /// After how long a broker aborts a transaction by itself.
    pub transaction_timeout: Duration,
    /// How long a caller waits for metadata, memory and the calls of transactions.
    pub max_block: Duration,
    /// After how long without progress a partition counts as slow; nothing for never.
    pub slow_after: Option<Duration>,
}

impl Default for Producing {
    fn default() -> Self {
        Self {
            machine: klamm_idempotence::Settings::new(klamm_idempotence::Mode::Idempotent),
            batching: klamm_batching::Settings::default(),
            acks: -1,
            max_request: 1 << 20,
            broker_timeout: Duration::from_secs(30),
            transactional_id: None,
            transaction_timeout: Duration::from_secs(60),
            max_block: Duration::from_secs(60),
            slow_after: None,
        }
    }
}
