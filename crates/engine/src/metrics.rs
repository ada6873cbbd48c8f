//! What happened so far, in numbers: a snapshot, taken between two turns.
//!
//! Counters only grow, and begin with the producer. Whoever wants rates takes two snapshots and
//! divides by the time between them ([`Metrics::java_names_since`] does it under Java's names).

mod distribution;
mod java;
mod meter;
mod table;

use std::sync::Arc;
use std::time::Duration;

use klamm_wire::{NodeId, Time};

pub use distribution::{Distribution, Tally};
pub use java::JavaMetric;
pub use table::{OTHER, Table};

pub(crate) use meter::{Ended, Meter, Sending};
pub(crate) use table::Slot;

/// What happened so far.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Metrics {
    /// When this was taken, counted from the producer's beginning.
    pub at: Time,
    /// Records.
    pub records: Records,
    /// Batches.
    pub batches: Batches,
    /// Produce requests.
    pub requests: Requests,
    /// Connections, and all that went through them.
    pub network: Network,
    /// The memory for records.
    pub memory: Memory,
    /// Calls of the application, and how long they took.
    pub calls: Calls,
    /// How old the newest picture of the cluster is; nothing before the first.
    pub metadata_age: Option<Duration>,
    /// By topic.
    pub topics: Table<Arc<str>, TopicMetrics>,
    /// By broker.
    pub nodes: Table<NodeId, NodeMetrics>,
}

/// How many records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Records {
    /// Were acknowledged.
    pub acked: u64,
    /// Failed.
    pub failed: u64,
    /// Were in batches that were sent, each time they were.
    pub sent: u64,
    /// Were in batches that were sent again.
    pub retried: u64,
}

/// What is known of batches.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Batches {
    /// How many were sent, each time they were.
    pub sent: u64,
    /// How many were sent again.
    pub retried: u64,
    /// How many were split.
    pub split: u64,
    /// Bytes that were sent, headers included.
    pub bytes: u64,
    /// The same before compression.
    pub raw_bytes: u64,
    /// From opening one to its first sending, in nanoseconds.
    pub queue_time: Distribution,
    /// From opening one to its end, in nanoseconds.
    pub latency: Distribution,
    /// Bytes of one at its first sending, header included.
    pub size: Distribution,
    /// Records of one at its first sending.
    pub records: Distribution,
    /// How full one was at its first sending, in thousandths of the batch size, before compression.
    pub fill: Distribution,
}

/// What is known of Produce requests.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Requests {
    /// How many were handed to a connection.
    pub sent: u64,
    /// How many were answered.
    pub answered: u64,
    /// How many ended without an answer.
    pub lost: u64,
    /// How many of those because nothing came in time.
    pub timed_out: u64,
    /// How many are out now.
    pub in_flight: u64,
    /// Parts of answers that belong to nothing that was asked.
    pub odd_answers: u64,
    /// From handing one over to reading its answer, in nanoseconds.
    pub latency: Distribution,
    /// Bytes of one.
    pub size: Tally,
    /// Pauses that brokers asked for, in nanoseconds.
    pub throttle: Tally,
}

/// What is known of connections, whatever they were used for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Network {
    /// How many can be used now.
    pub connections: u64,
    /// How many came to be used.
    pub opened: u64,
    /// How many of those are gone.
    pub closed: u64,
    /// How often a server could not be reached, or not be agreed with.
    pub failed: u64,
    /// How often of those because one side did not accept who the other is.
    pub refused: u64,
    /// Bytes that were written.
    pub bytes_out: u64,
    /// Bytes that were read.
    pub bytes_in: u64,
}

/// The memory for records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Memory {
    /// How much there is.
    pub limit: u64,
    /// How much is in use.
    pub used: u64,
    /// How many callers wait for some.
    pub waiting: u64,
    /// How long callers have waited, in nanoseconds.
    pub waits: Tally,
    /// How many of them waited in vain.
    pub exhausted: u64,
}

/// Calls that were answered, in nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Calls {
    /// Of flush.
    pub flush: Tally,
    /// Of close.
    pub close: Tally,
    /// That make transactions possible.
    pub init: Tally,
    /// That begin a transaction.
    pub begin: Tally,
    /// That send offsets.
    pub send_offsets: Tally,
    /// That commit.
    pub commit: Tally,
    /// That abort.
    pub abort: Tally,
    /// For a topic that was not known yet.
    pub topic: Tally,
}

/// What is known of one topic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TopicMetrics {
    /// Its records.
    pub records: Records,
    /// Bytes of its batches that were sent, headers included.
    pub bytes: u64,
    /// The same before compression.
    pub raw_bytes: u64,
}

/// What is known of one broker, by the Produce requests that it got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeMetrics {
    /// How many it was sent, and of how many bytes.
    pub requests: Tally,
    /// How many it answered, and with how many bytes.
    pub responses: Tally,
    /// How many ended without an answer.
    pub lost: u64,
    /// From handing one over to reading its answer, in nanoseconds.
    pub latency: Tally,
}

impl Batches {
    /// Bytes that were sent for each byte before compression; nothing before the first.
    pub fn compression_rate(&self) -> Option<f64> {
        distribution::ratio(self.bytes, self.raw_bytes)
    }
}

impl TopicMetrics {
    /// Bytes that were sent for each byte before compression; nothing before the first.
    pub fn compression_rate(&self) -> Option<f64> {
        distribution::ratio(self.bytes, self.raw_bytes)
    }
}
