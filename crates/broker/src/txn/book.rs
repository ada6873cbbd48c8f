//! Every transactional id, and the steps that requests, markers and time take with them.

use std::collections::BTreeMap;
use std::time::Duration;

use klamm_wire::{ErrorCode, Time};

use super::coordinator::TxnRules;
use super::end::{self, EndVerdict};
use super::entry::{Bump, Entry, Identity, Outcome, State, refuse_stranger};
use super::init::{self, InitVerdict};
use super::markers::{MarkerWrite, Markers};
use crate::defects::Defect;
use crate::topic::TopicPartition;

/// What the coordinator keeps.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) txns: BTreeMap<String, Entry>,
    markers: Markers,
    /// Raised with every restart.
    epoch: i32,
    first_pid: i64,
    next_pid: i64,
    /// The latest moment that any caller told of.
    now: Time,
    id_expiration: Duration,
    /// No entry is due before this. It may be too early, until it is reached and found anew.
    first_due: Option<Time>,
}

impl Book {
    pub(super) fn new(seed: u64) -> Self {
        let first_pid = i64::try_from(seed % 1_000).unwrap_or(0).saturating_mul(1_000);
        Self {
            txns: BTreeMap::new(),
            markers: Markers::default(),
            epoch: 0,
            first_pid,
            next_pid: first_pid,
            now: Time(0),
            id_expiration: Duration::MAX,
            first_due: None,
        }
    }

    pub(super) fn note(&mut self, rules: &TxnRules<'_>) {
        self.now = self.now.max(rules.now.mono);
        let expiration = u64::try_from(rules.id_expiration_ms).unwrap_or(0);
        let expiration = Duration::from_millis(expiration);
        if self.id_expiration != expiration {
            self.id_expiration = expiration;
            self.watch_all();
        }
    }

    pub(super) fn allocate(&mut self, rules: &TxnRules<'_>) -> i64 {
        if rules.defects.has(Defect::SameProducerId) {
            return self.first_pid;
        }
        let pid = self.next_pid;
        self.next_pid = self.next_pid.saturating_add(1);
        pid
    }

    pub(super) fn init(
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
        self.watch(id);
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

    pub(super) fn add(
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
            self.watch(id);
        }
        verdict
    }

    pub(super) fn judge_end(
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
    pub(super) fn prepare(
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
        self.watch(id);
        Some(after)
    }

    pub(super) fn mark(&mut self, write: &MarkerWrite) {
        if !self.is_lacking(write) {
            return;
        }
        if let Some(entry) = self.txns.get_mut(&write.id) {
            entry.marked(&write.partition);
            entry.complete_when_marked(self.now);
        }
        self.watch(&write.id);
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

    /// The next marker that is still wanted.
    pub(super) fn next_marker(&mut self) -> Option<MarkerWrite> {
        loop {
            let write = self.markers.next()?;
            if self.is_lacking(&write) {
                return Some(write);
            }
        }
    }

    /// Lays a marker aside that could not be written.
    pub(super) fn rest(&mut self, write: &MarkerWrite) {
        if self.is_lacking(write) {
            self.markers.rest(write, self.now);
        }
    }

    /// Aborts what is late, forgets who is idle, and wakes the markers that have rested.
    pub(super) fn expire(&mut self, rules: &TxnRules<'_>) {
        self.note(rules);
        if self.first_due.is_some_and(|due| due <= self.now) {
            for id in self.late() {
                self.abort_and_fence(&id, rules);
            }
            self.watch_all();
        }
        self.markers.wake(self.now);
    }

    /// Forgets the ids that were idle too long, and names those whose transaction is late.
    fn late(&mut self) -> Vec<String> {
        let (now, expiration) = (self.now, self.id_expiration);
        let is_due = |entry: &Entry| entry.due(expiration).is_some_and(|due| due <= now);
        self.txns.retain(|_, entry| entry.state == State::Ongoing || !is_due(entry));
        let late = self.txns.iter().filter(|(_, entry)| is_due(entry));
        late.map(|(id, _)| id.clone()).collect()
    }

    pub(super) fn next_wake(&self) -> Option<Time> {
        self.first_due.into_iter().chain(self.markers.next_wake()).min()
    }

    /// An id has changed: it may be due before all others.
    fn watch(&mut self, id: &str) {
        let due = self.txns.get(id).and_then(|entry| entry.due(self.id_expiration));
        self.first_due = self.first_due.into_iter().chain(due).min();
    }

    /// Finds anew who is due first, so that a request costs no look at every id.
    fn watch_all(&mut self) {
        let due = self.txns.values().filter_map(|entry| entry.due(self.id_expiration));
        self.first_due = due.min();
    }

    pub(super) fn reload(&mut self) {
        self.epoch = self.epoch.saturating_add(1);
        self.markers.clear();
        for (id, entry) in &mut self.txns {
            entry.reload();
            self.markers.queue(id, entry, self.epoch);
        }
    }
}
