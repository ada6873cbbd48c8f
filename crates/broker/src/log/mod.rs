//! One replica's log of one partition: what is let in, what is kept, what is read.
//!
//! The log is a judge: it decides by the rules of Apache Kafka 4.3.1 whether a batch is well
//! formed, whether it repeats another one, and whether its sequence, epoch and transaction allow
//! it. Sequences are compared in arithmetic of its own, in `i64`.
//!
//! A refused batch changes nothing. What is stored is a batch of its own bytes, copied once out of
//! the request, so that a small batch never keeps a large frame alive; replicas share these bytes.
//!
//! # Where it differs from Kafka
//!
//! - What Kafka bounds nowhere is bounded: a batch may give [`MAX_DECOMPRESSED`] bytes, and a
//!   refusal names [`MAX_RECORD_ERRORS`] records.
//! - Records are read more strictly. Kafka takes any negative length of a key or a value for null,
//!   and does not compare the lengths of records in a batch that it stores as it was compressed.
//! - A stream is decompressed before its first record is read, so one that is damaged behind a
//!   malformed record is an error of the stream.
//! - A batch is the unit of deletion, where Kafka deletes segments.
//! - There is one snapshot of the producers, the last.

mod admit;
mod append;
mod attempts;
mod batch;
mod entry;
mod epochs;
#[cfg(test)]
mod fuzzing;
mod keeping;
mod producers;
mod reading;
mod rebuild;
mod rejected;
mod sequence;
mod transactions;
mod validate;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use klamm_wire::WallMillis;

pub(crate) use self::admit::check_request;
pub(crate) use self::append::{Appended, Marker};
pub(crate) use self::batch::StoredBatch;
pub(crate) use self::producers::ProducerFacts;
#[cfg(test)]
pub(crate) use self::reading::TimestampOffset;
pub(crate) use self::rejected::Rejected;
pub(crate) use self::transactions::AbortedTxn;

use self::attempts::Attempts;
use self::epochs::LeaderEpochs;
use self::producers::{Producers, Snapshot};
use self::transactions::Transactions;
use crate::personas::Sequences;
use crate::{Defects, TopicSettings};

/// The most that one batch may give when it is decompressed. A stream that gives more is refused
/// with UNKNOWN_SERVER_ERROR, as one is that cannot be decompressed at all.
pub(crate) const MAX_DECOMPRESSED: usize = 64 * 1024 * 1024;

/// The most records that a refusal names, so that no answer grows far beyond its request.
pub(crate) const MAX_RECORD_ERRORS: usize = 1000;

/// One replica's log of one partition.
///
/// Offsets are from `start` to before `end`. Batches lie in order, each with a base offset that is
/// not below the end of the one before, and the first may begin below `start`.
#[derive(Debug)]
pub(crate) struct PartitionLog {
    batches: VecDeque<StoredBatch>,
    start: i64,
    end: i64,
    /// The sum of the batches' lengths.
    bytes: usize,
    epochs: LeaderEpochs,
    producers: Producers,
    transactions: Transactions,
    attempts: Attempts,
    /// What a restart begins with instead of the whole log.
    snapshot: Option<Snapshot>,
}

/// Where an append comes from, which decides how much of it is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A Produce request of this version.
    Client {
        /// The version of the request.
        version: i16,
        /// The client id is the one that may write into internal topics.
        internal_client: bool,
    },
    /// A coordinator of this cluster, which numbers nothing by sequences.
    #[cfg_attr(not(test), expect(dead_code, reason = "coordinators keep their state elsewhere"))]
    Coordinator,
}

impl Origin {
    /// Whether a client sent it.
    const fn is_client(self) -> bool {
        matches!(self, Self::Client { .. })
    }
}

/// By which rules an append is judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AppendRules<'a> {
    /// Those of the topic.
    pub(crate) settings: &'a TopicSettings,
    /// Those that are broken on purpose.
    pub(crate) defects: &'a Defects,
    /// The time of the append.
    pub(crate) now: WallMillis,
    /// The leadership under which it is made.
    pub(crate) leader_epoch: i32,
    /// The request is of the second generation of transactions: who is unknown begins with 0.
    pub(crate) tv2: bool,
    /// A partition that never held a record wants the sequence 0.
    pub(crate) fresh_needs_zero: bool,
    /// What is made of sequences, where brokers differ.
    pub(crate) sequences: Sequences,
}

impl PartitionLog {
    /// An empty log. Nothing in it is left to chance, so the seed changes nothing.
    pub(crate) fn new(_seed: u64) -> Self {
        Self {
            batches: VecDeque::new(),
            start: 0,
            end: 0,
            bytes: 0,
            epochs: LeaderEpochs::default(),
            producers: Producers::default(),
            transactions: Transactions::default(),
            attempts: Attempts::default(),
            snapshot: None,
        }
    }

    /// The first offset that can be read.
    pub(crate) const fn start(&self) -> i64 {
        self.start
    }

    /// The offset that the next record gets.
    pub(crate) const fn end(&self) -> i64 {
        self.end
    }

    /// How many bytes the batches take.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Up to where a reader of committed records may read: before the first record of which it is
    /// not decided, or not replicated, whether it is committed.
    pub(crate) fn last_stable(&self, high_watermark: i64) -> i64 {
        let unstable = self.transactions.first_unstable(high_watermark);
        unstable.map_or(high_watermark, |first| first.max(self.start).min(high_watermark))
    }

    /// The aborted transactions that reach into these offsets, in the order of their markers.
    pub(crate) fn aborted(&self, from: i64, until: i64) -> Vec<AbortedTxn> {
        self.transactions.aborted(from, until)
    }

    /// Who has produced into this partition and is remembered.
    pub(crate) fn producers(&self) -> impl Iterator<Item = ProducerFacts> {
        self.producers.facts()
    }

    /// Where the open transaction of this producer began.
    pub(crate) fn open_transaction(&self, pid: i64) -> Option<i64> {
        self.producers.open_transaction(pid)
    }

    /// The epoch under which this producer is remembered.
    pub(crate) fn producer_entry_epoch(&self, pid: i64) -> Option<i16> {
        self.producers.epoch(pid)
    }

    /// A client's batch of this producer, epoch and sequence is about to begin a transaction here,
    /// if it is let in.
    pub(crate) fn note_attempt(&mut self, pid: i64, epoch: i16, sequence: i32) {
        self.attempts.note(pid, epoch, sequence);
    }

    /// The greatest leader epoch up to the asked one, and where it ended; −1 and −1 if that is not
    /// known.
    pub(crate) fn epoch_end(&self, epoch: i32) -> (i32, i64) {
        self.epochs.end_of(epoch, self.end)
    }

    /// A leadership begins here: what is appended next is the first of this epoch.
    pub(crate) fn begin_epoch(&mut self, epoch: i32) {
        self.epochs.assign(epoch, self.end);
    }
}
