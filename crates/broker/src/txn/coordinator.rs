//! The doors of the coordinator: one per request, and those for markers, time and restarts.

use std::collections::BTreeSet;

use klamm_wire::{ErrorCode, Now, Time};

use super::book::Book;
use super::codes::{self, fenced_since};
use super::end::{self, EndVerdict};
use super::entry::{Entry, Identity, refuse_stranger};
use super::markers::MarkerWrite;
use crate::defects::{Defect, Defects};
use crate::topic::TopicPartition;

/// What a request is judged by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TxnRules<'a> {
    /// The promises that are broken by order.
    pub(crate) defects: &'a Defects,
    /// `transaction.max.timeout.ms`.
    pub(crate) max_timeout_ms: i32,
    /// Whether `transaction.version` 2 is finalized.
    pub(crate) two: bool,
    /// The present moment.
    pub(crate) now: Now,
    /// `transactional.id.expiration.ms`.
    pub(crate) id_expiration_ms: i64,
}

/// What `DescribeTransactions` tells of an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TxnFacts {
    /// The state as Kafka writes it.
    pub(crate) state: &'static str,
    /// The producer id.
    pub(crate) pid: i64,
    /// Its epoch.
    pub(crate) epoch: i16,
    /// The transaction timeout.
    pub(crate) timeout_ms: i32,
    /// When the transaction began, or -1.
    pub(crate) start_time_ms: i64,
    /// The partitions in the transaction; once it ends, those without a marker.
    pub(crate) partitions: BTreeSet<TopicPartition>,
}

/// What `ListTransactions` tells of an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TxnListing<'a> {
    /// The transactional id.
    pub(crate) id: &'a str,
    /// The producer id.
    pub(crate) pid: i64,
    /// The state as Kafka writes it.
    pub(crate) state: &'static str,
}

/// The transactions of the cluster.
#[derive(Debug)]
pub(crate) struct Coordinator {
    pub(super) book: Book,
}

impl Coordinator {
    /// A coordinator that knows nobody; the seed decides where producer ids begin.
    pub(crate) fn new(seed: u64) -> Self {
        Self { book: Book::new(seed) }
    }

    /// `InitProducerId`: a producer id, and the epoch by which all earlier holders are fenced.
    pub(crate) fn init_producer_id(
        &mut self,
        id: Option<&str>,
        timeout_ms: i32,
        known: Identity,
        version: i16,
        rules: &TxnRules<'_>,
    ) -> Result<Identity, ErrorCode> {
        self.book.note(rules);
        let known = match known {
            Identity::NONE => None,
            Identity { pid: -1, .. } | Identity { epoch: -1, .. } => {
                return Err(ErrorCode::INVALID_REQUEST);
            }
            known => Some(known),
        };
        let Some(id) = id else { return Ok(Identity { pid: self.book.allocate(rules), epoch: 0 }) };
        self.book
            .init(id, timeout_ms, known, rules)
            .map_err(|code| fenced_since(codes::INIT_KNOWS_FENCED, version, code))
    }

    /// `AddPartitionsToTxn`: they join the open transaction, or begin one.
    pub(crate) fn add_partitions(
        &mut self,
        id: &str,
        who: Identity,
        partitions: &[TopicPartition],
        version: i16,
        rules: &TxnRules<'_>,
    ) -> ErrorCode {
        let verdict = self.book.add(id, who, partitions, rules);
        fenced_since(codes::ADD_KNOWS_FENCED, version, verdict)
    }

    /// `AddOffsetsToTxn`: the partition of `__consumer_offsets` that keeps the group's offsets.
    pub(crate) fn add_offsets(
        &mut self,
        id: &str,
        who: Identity,
        group_partition: &TopicPartition,
        version: i16,
        rules: &TxnRules<'_>,
    ) -> ErrorCode {
        self.add_partitions(id, who, std::slice::from_ref(group_partition), version, rules)
    }

    /// `EndTxn`, answered when the decision is kept and before any marker is written. From
    /// version 5 on the answer carries the identity for the next transaction.
    pub(crate) fn end(
        &mut self,
        id: &str,
        who: Identity,
        commit: bool,
        version: i16,
        rules: &TxnRules<'_>,
    ) -> Result<Option<Identity>, ErrorCode> {
        self.book.note(rules);
        let raises = version >= end::RAISES_SINCE;
        let identity = match self.book.judge_end(id, who, commit, version, rules) {
            EndVerdict::Refuse(code) => {
                return Err(fenced_since(codes::END_KNOWS_FENCED, version, code));
            }
            EndVerdict::Done => self.book.txns.get(id).map(Entry::identity_after),
            EndVerdict::Prepare(outcome) => self.book.prepare(id, outcome, raises, rules),
        };
        Ok(identity.filter(|_| raises))
    }

    /// Whether a partition is part of the id's open transaction: what a broker asks before it
    /// appends a batch of Produce up to version 11.
    pub(crate) fn verify(
        &self,
        id: &str,
        who: Identity,
        partition: &TopicPartition,
        rules: &TxnRules<'_>,
    ) -> ErrorCode {
        if rules.defects.has(Defect::SkipsVerification) {
            return ErrorCode::NONE;
        }
        if id.is_empty() {
            return ErrorCode::INVALID_REQUEST;
        }
        let Some(entry) = self.book.txns.get(id) else {
            return ErrorCode::INVALID_PRODUCER_ID_MAPPING;
        };
        let identity = refuse_stranger(entry, who);
        if identity != ErrorCode::NONE {
            identity
        } else if entry.is_ending() {
            ErrorCode::CONCURRENT_TRANSACTIONS
        } else if entry.partitions.contains(partition) {
            ErrorCode::NONE
        } else {
            ErrorCode::TRANSACTION_ABORTABLE
        }
    }

    /// A partition joins by being written to: what a broker asks before it appends a batch of
    /// Produce from version 12 on.
    pub(crate) fn add_implicitly(
        &mut self,
        id: &str,
        who: Identity,
        partition: &TopicPartition,
        rules: &TxnRules<'_>,
    ) -> ErrorCode {
        self.book.add(id, who, std::slice::from_ref(partition), rules)
    }

    /// The next marker to write. The caller reports on each it took.
    pub(crate) fn poll_marker(&mut self) -> Option<MarkerWrite> {
        self.book.next_marker()
    }

    /// The marker is in the partition's log. The last one completes the transaction.
    pub(crate) fn marker_written(&mut self, write: &MarkerWrite, rules: &TxnRules<'_>) {
        self.book.note(rules);
        self.book.mark(write);
    }

    /// The marker could not be written: for good when the partition is gone, or else for now.
    pub(crate) fn marker_failed(&mut self, write: &MarkerWrite, gone: bool) {
        if gone {
            self.book.mark(write);
        } else {
            self.book.rest(write);
        }
    }

    /// Does what is due: aborts transactions that lasted too long and fences their producers,
    /// forgets idle ids, and makes markers ready again that rested.
    pub(crate) fn expire(&mut self, rules: &TxnRules<'_>) {
        self.book.expire(rules);
    }

    /// When to call [`Coordinator::expire`] at the latest; now and then it finds nothing to do.
    pub(crate) fn next_wake(&self) -> Option<Time> {
        self.book.next_wake()
    }

    /// `DescribeTransactions` of one id.
    pub(crate) fn describe(&self, id: &str) -> Option<TxnFacts> {
        let entry = self.book.txns.get(id)?;
        Some(TxnFacts {
            state: entry.state_name(),
            pid: entry.identity.pid,
            epoch: entry.identity.epoch,
            timeout_ms: entry.timeout_ms,
            start_time_ms: entry.started_ms,
            partitions: entry.open_partitions().clone(),
        })
    }

    /// `ListTransactions`, by id.
    pub(crate) fn list(&self) -> impl Iterator<Item = TxnListing<'_>> {
        self.book.txns.iter().map(|(id, entry)| TxnListing {
            id,
            pid: entry.identity.pid,
            state: entry.state_name(),
        })
    }

    /// The coordinator restarts, with what its log kept: every marker of a decided end is written
    /// again, and reports on markers from before are ignored.
    pub(crate) fn reload(&mut self) {
        self.book.reload();
    }
}
