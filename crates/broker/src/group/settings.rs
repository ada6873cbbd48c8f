//! The limits and delays of groups, with Kafka's defaults where Kafka has a limit.

use std::time::Duration;

/// What all groups of a cluster have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GroupSettings {
    /// `group.initial.rebalance.delay.ms`: how long an empty group waits for company.
    pub(crate) initial_rebalance_delay: Duration,
    /// How long a new member's first join may wait; it cannot send heartbeats meanwhile.
    pub(crate) new_member_join_timeout: Duration,
    /// `group.min.session.timeout.ms`.
    pub(crate) min_session_timeout: Duration,
    /// `group.max.session.timeout.ms`.
    pub(crate) max_session_timeout: Duration,
    /// `group.max.size`: members of one group, and as many who were only given an id.
    pub(crate) max_size: usize,
    /// Groups in the cluster; Kafka has no such limit.
    pub(crate) max_groups: usize,
    /// Bytes of one member's protocols, or of one generation's assignments. Kafka's limit is the
    /// largest batch that its offsets topic takes.
    pub(crate) max_metadata_bytes: usize,
    /// `offset.metadata.max.bytes`, counted as Kafka does: in UTF-16 units.
    pub(crate) max_offset_metadata: usize,
    /// `offsets.retention.minutes`.
    pub(crate) offsets_retention: Duration,
    /// `offsets.retention.check.interval.ms`.
    pub(crate) retention_check: Duration,
}

impl Default for GroupSettings {
    fn default() -> Self {
        Self {
            initial_rebalance_delay: Duration::from_secs(3),
            new_member_join_timeout: Duration::from_secs(5 * 60),
            min_session_timeout: Duration::from_secs(6),
            max_session_timeout: Duration::from_secs(30 * 60),
            max_size: 1_000,
            max_groups: 10_000,
            max_metadata_bytes: 1_048_588,
            max_offset_metadata: 4_096,
            offsets_retention: Duration::from_secs(7 * 24 * 60 * 60),
            retention_check: Duration::from_secs(10 * 60),
        }
    }
}

/// A timeout as requests carry it; a negative one is none.
pub(super) fn millis(timeout: i32) -> Duration {
    Duration::from_millis(u64::try_from(timeout).unwrap_or(0))
}
