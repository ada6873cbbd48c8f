//! The doors of the coordinator: one per request, and those for markers, time and restarts.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use klamm_wire::{ErrorCode, Now, Time};

use super::codes::{self, fenced_since};
use super::end::{self, EndVerdict};
use super::entry::{Bump, Entry, Identity, Outcome, State};
use super::init::{self, InitVerdict};
use super::markers::{MarkerWrite, Markers};
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
    txns: BTreeMap<String, Entry>,
    markers: Markers,
    /// Raised with every restart.
    epoch: i32,
    first_pid: i64,
    next_pid: i64,
    /// The latest moment that any caller told of.
    now: Time,
    id_expiration: Duration,
}

impl Coordinator {
    /// A coordinator that knows nobody; the seed decides where producer ids begin.
    pub(crate) fn new(seed: u64) -> Self {
        let first_pid = i64::try_from(seed % 1_000).unwrap_or(0).saturating_mul(1_000);
        Self {
            txns: BTreeMap::new(),
            markers: Markers::default(),
            epoch: 0,
            first_pid,
            next_pid: first_pid,
            now: Time(0),
            id_expiration: Duration::MAX,
        }
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
        self.note(rules);
        let known = match known {
            Identity::NONE => None,
            Identity { pid: -1, .. } | Identity { epoch: -1, .. } => {
                return Err(ErrorCode::INVALID_REQUEST);
            }
            known => Some(known),
        };
        let Some(id) = id else { return Ok(Identity { pid: self.allocate(rules), epoch: 0 }) };
        self.init(id, timeout_ms, known, rules)
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
        let verdict = self.add(id, who, partitions, rules);
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
        self.note(rules);
        let verdict = self.judge_end(id, who, commit, version, rules);
        match verdict {
            EndVerdict::Refuse(code) => {
                return Err(fenced_since(codes::END_KNOWS_FENCED, version, code));
            }
            EndVerdict::Done => {}
            EndVerdict::Prepare(outcome) => {
                let raises = version >= end::RAISES_SINCE;
                return Ok(self.prepare(id, outcome, raises, rules).filter(|_| raises));
            }
        }
        let present = self.txns.get(id).map(Entry::identity_after);
        Ok(present.filter(|_| version >= end::RAISES_SINCE))
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
        let Some(entry) = self.txns.get(id) else {
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
        self.add(id, who, std::slice::from_ref(partition), rules)
    }

    /// The next marker to write. The caller reports on each it took.
    pub(crate) fn poll_marker(&mut self) -> Option<MarkerWrite> {
        loop {
            let write = self.markers.next()?;
            if self.is_lacking(&write) {
                return Some(write);
            }
        }
    }

    /// The marker is in the partition's log. The last one completes the transaction.
    pub(crate) fn marker_written(&mut self, write: &MarkerWrite, rules: &TxnRules<'_>) {
        self.note(rules);
        self.mark(write);
    }

    /// The marker could not be written: for good when the partition is gone, or else for now.
    pub(crate) fn marker_failed(&mut self, write: &MarkerWrite, gone: bool) {
        if gone {
            self.mark(write);
        } else if self.is_lacking(write) {
            self.markers.rest(write, self.now);
        }
    }

    /// Does what is due: aborts transactions that lasted too long and fences their producers,
    /// forgets idle ids, and makes markers ready again that rested.
    pub(crate) fn expire(&mut self, rules: &TxnRules<'_>) {
        self.note(rules);
        let (now, expiration) = (self.now, self.id_expiration);
        let is_due = |entry: &Entry| entry.due(expiration).is_some_and(|due| due <= now);
        self.txns.retain(|_, entry| entry.state == State::Ongoing || !is_due(entry));
        let late: Vec<String> =
            self.txns.iter().filter(|(_, entry)| is_due(entry)).map(|(id, _)| id.clone()).collect();
        for id in late {
            self.abort_and_fence(&id, rules);
        }
        self.markers.wake(now);
    }

    /// When [`Coordinator::expire`] has something to do.
    pub(crate) fn next_wake(&self) -> Option<Time> {
        let due = self.txns.values().filter_map(|entry| entry.due(self.id_expiration));
        due.chain(self.markers.next_wake()).min()
    }

    /// `DescribeTransactions` of one id.
    pub(crate) fn describe(&self, id: &str) -> Option<TxnFacts> {
        let entry = self.txns.get(id)?;
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
        self.txns.iter().map(|(id, entry)| TxnListing {
            id,
            pid: entry.identity.pid,
            state: entry.state_name(),
        })
    }

    /// The coordinator restarts, with what its log kept: every marker of a decided end is written
    /// again, and reports on markers from before are ignored.
    pub(crate) fn reload(&mut self) {
        self.epoch = self.epoch.saturating_add(1);
        self.markers.clear();
        for (id, entry) in &mut self.txns {
            entry.reload();
            self.markers.queue(id, entry, self.epoch);
        }
    }
}

/// The steps behind the doors.
impl Coordinator {
    fn note(&mut self, rules: &TxnRules<'_>) {
        self.now = self.now.max(rules.now.mono);
        let expiration = u64::try_from(rules.id_expiration_ms).unwrap_or(0);
        self.id_expiration = Duration::from_millis(expiration);
    }

    fn allocate(&mut self, rules: &TxnRules<'_>) -> i64 {
        if rules.defects.has(Defect::SameProducerId) {
            return self.first_pid;
        }
        let pid = self.next_pid;
        self.next_pid = self.next_pid.saturating_add(1);
        pid
    }

    fn init(
        &mut self,
        id: &str,
        timeout_ms: i32,
        known: Option<Identity>,
        rules: &TxnRules<'_>,
    ) -> Result<Identity, ErrorCode> {
        if id.is_empty() {
            return Err(ErrorCode::INVALID_REQUEST);
        }
        let acceptable = timeout_ms > 0 && timeout_ms <= rules.max_timeout_ms;
        if !acceptable && !rules.defects.has(Defect::AcceptsAnyTimeout) {
            return Err(ErrorCode::INVALID_TRANSACTION_TIMEOUT);
        }
        let (current, verdict) = self.judge_init(id, timeout_ms, known, rules);
        let (identity, last_epoch) = match verdict {
            InitVerdict::Refuse(code) => return Err(code),
            InitVerdict::FenceFirst => {
                self.abort_and_fence(id, rules);
                return Err(ErrorCode::CONCURRENT_TRANSACTIONS);
            }
            InitVerdict::Rotate { last_epoch } => {
                (Identity { pid: self.allocate(rules), epoch: 0 }, last_epoch)
            }
            InitVerdict::Epoch { epoch, last_epoch } => (Identity { epoch, ..current }, last_epoch),
        };
        let keeps = rules.defects.has(Defect::InitKeepsEpoch) && current.epoch >= 0;
        let to = if keeps { (current, last_epoch) } else { (identity, last_epoch) };
        if let Some(entry) = self.txns.get_mut(id) {
            init::grant(entry, to, timeout_ms, rules.now);
        }
        Ok(to.0)
    }

    fn judge_init(
        &mut self,
        id: &str,
        timeout_ms: i32,
        known: Option<Identity>,
        rules: &TxnRules<'_>,
    ) -> (Identity, InitVerdict) {
        if !self.txns.contains_key(id) {
            let fresh = Entry::new(self.allocate(rules), timeout_ms, rules.now);
            self.txns.insert(id.to_owned(), fresh);
        }
        match self.txns.get(id) {
            Some(entry) => (entry.identity, init::judge(entry, known)),
            None => (Identity::NONE, InitVerdict::Refuse(ErrorCode::UNKNOWN_SERVER_ERROR)),
        }
    }

    fn add(
        &mut self,
        id: &str,
        who: Identity,
        partitions: &[TopicPartition],
        rules: &TxnRules<'_>,
    ) -> ErrorCode {
        self.note(rules);
        if id.is_empty() {
            return ErrorCode::INVALID_REQUEST;
        }
        let Some(entry) = self.txns.get_mut(id) else {
            return ErrorCode::INVALID_PRODUCER_ID_MAPPING;
        };
        // First of all: the producer may come with an identity that the last marker will make
        // the present one.
        if entry.is_ending() {
            return ErrorCode::CONCURRENT_TRANSACTIONS;
        }
        let verdict = refuse_stranger(entry, who);
        if verdict == ErrorCode::NONE {
            entry.join(partitions, rules.now);
        }
        verdict
    }

    fn judge_end(
        &self,
        id: &str,
        who: Identity,
        commit: bool,
        version: i16,
        rules: &TxnRules<'_>,
    ) -> EndVerdict {
        if id.is_empty() {
            return EndVerdict::Refuse(ErrorCode::INVALID_REQUEST);
        }
        let Some(entry) = self.txns.get(id) else {
            return EndVerdict::Refuse(ErrorCode::INVALID_PRODUCER_ID_MAPPING);
        };
        let any_epoch = rules.defects.has(Defect::EndTxnIgnoresEpoch);
        end::judge(entry, who, Outcome::of(commit), version, any_epoch)
    }

    /// The coordinator's own abort of an open transaction, by the generation that is finalized.
    fn abort_and_fence(&mut self, id: &str, rules: &TxnRules<'_>) {
        if !rules.two
            && let Some(entry) = self.txns.get_mut(id)
        {
            entry.fence();
        }
        self.prepare(id, Outcome::Abort, rules.two, rules);
    }

    /// Decides the end, and lists its markers. Gives the identity that the producer goes on with.
    fn prepare(
        &mut self,
        id: &str,
        outcome: Outcome,
        raises: bool,
        rules: &TxnRules<'_>,
    ) -> Option<Identity> {
        let exhausted = self.txns.get(id).is_some_and(Entry::is_exhausted);
        let bump = match (raises, exhausted) {
            (false, _) => Bump::Keep,
            (true, false) => Bump::Raise,
            (true, true) => Bump::Rotate(self.allocate(rules)),
        };
        let entry = self.txns.get_mut(id)?;
        entry.prepare(outcome, bump, rules.now);
        if rules.defects.has(Defect::ForgetsMarkers)
            && let State::Prepare(ending) = &mut entry.state
        {
            ending.left.clear();
        }
        let after = entry.identity_after();
        self.markers.queue(id, entry, self.epoch);
        entry.complete_when_marked(self.now);
        Some(after)
    }

    fn mark(&mut self, write: &MarkerWrite) {
        if !self.is_lacking(write) {
            return;
        }
        if let Some(entry) = self.txns.get_mut(&write.id) {
            entry.marked(&write.partition);
            entry.complete_when_marked(self.now);
        }
    }

    /// Whether this marker belongs to a decided end, and is still lacking.
    fn is_lacking(&self, write: &MarkerWrite) -> bool {
        let Some(entry) = self.txns.get(&write.id) else { return false };
        let State::Prepare(ending) = &entry.state else { return false };
        let whose = Identity { pid: write.pid, epoch: write.epoch };
        write.coordinator_epoch == self.epoch
            && whose == entry.identity
            && ending.left.contains(&write.partition)
    }
}

fn refuse_stranger(entry: &Entry, who: Identity) -> ErrorCode {
    if who.pid != entry.identity.pid {
        ErrorCode::INVALID_PRODUCER_ID_MAPPING
    } else if who.epoch != entry.identity.epoch {
        ErrorCode::PRODUCER_FENCED
    } else {
        ErrorCode::NONE
    }
}
