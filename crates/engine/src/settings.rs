//! What an engine is built with, beyond the settings of the machines that it joins.

use std::time::Duration;

use klamm_idempotence::{Acks, Mode};

/// What an engine is built with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What decides about sequences and answers.
    pub machine: klamm_idempotence::Settings,
    /// What a Produce request asks its broker to wait for: -1 for all replicas in sync, 1 for the
    /// leader, 0 for nothing. Only plain producers have a choice.
    pub acks: i16,
    /// The longest Produce request, its frame included.
    pub max_request: usize,
    /// How long a broker may hold a Produce request before it answers: what the request says.
    pub broker_timeout: Duration,
    /// The name under which transactions go on after a restart, for transactional producers.
    pub transactional_id: Option<String>,
    /// After how long a broker aborts a transaction by itself.
    pub transaction_timeout: Duration,
    /// How long a batch waits for its partition before that counts as slow (KIP-794); `None` for
    /// never.
    pub slow_after: Option<Duration>,
}

impl Settings {
    /// The defaults of the Java producer.
    pub fn new(mode: Mode) -> Self {
        Self {
            machine: klamm_idempotence::Settings::new(mode),
            acks: match mode {
                Mode::Plain(Acks::None) => 0,
                Mode::Plain(Acks::Leader) => 1,
                Mode::Idempotent | Mode::Transactional => -1,
            },
            max_request: 1 << 20,
            broker_timeout: Duration::from_secs(30),
            transactional_id: None,
            transaction_timeout: Duration::from_secs(60),
            slow_after: None,
        }
    }
}
