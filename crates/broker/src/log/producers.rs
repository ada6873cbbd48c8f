//! What the log remembers of each producer, and what it makes of that producer's next batch.

use std::collections::BTreeMap;

use klamm_wire::ErrorCode;

use super::entry::{Entry, Numbered, Remembered};
use super::transactions::Transactions;
use super::{AppendRules, Marker, Origin};
use crate::Defect;

/// What is told of a producer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProducerFacts {
    /// Who it is.
    pub(crate) pid: i64,
    /// Its epoch in this partition.
    pub(crate) epoch: i16,
    /// The sequence of its last record in this epoch, or −1.
    pub(crate) last_sequence: i32,
    /// The greatest timestamp of its last batch.
    pub(crate) last_timestamp: i64,
    /// The epoch of the coordinator that wrote its last marker, or −1.
    pub(crate) coordinator_epoch: i32,
    /// Where its open transaction began.
    pub(crate) txn_start: Option<i64>,
}

/// All producers that are remembered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Producers(BTreeMap<i64, Entry>);

/// The producers as they were at an offset, with the last batch of each alone.
#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    /// The offset that followed the last one it knows of.
    pub(super) end: i64,
    producers: Producers,
}

/// What becomes of a batch that may be appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is appended, and remembered.
    Append,
    /// It is in the log, there.
    Duplicate(Remembered),
    /// It is in the log, and by order of a defect appended again without being remembered.
    AppendAgain,
}

impl Producers {
    /// What becomes of a batch by what is remembered of its producer.
    ///
    /// Repetitions are looked for first: one that is in the log is told so whatever the epoch of
    /// transactions or the sequence would say of it.
    pub(super) fn judge(
        &self,
        numbered: &Numbered,
        origin: Origin,
        rules: &AppendRules<'_>,
    ) -> Result<Verdict, ErrorCode> {
        let known = self.0.get(&numbered.pid);
        let mut numbered = *numbered;
        if let Some(entry) = known.filter(|_| rules.defects.has(Defect::IgnoresEpoch)) {
            numbered.epoch = numbered.epoch.max(entry.epoch);
        }
        let duplicate = known.and_then(|entry| entry.duplicate_of(&numbered, rules));
        if let Some(duplicate) = duplicate.filter(|_| origin.is_client()) {
            let is_again = rules.defects.has(Defect::AppendsDuplicates);
            return Ok(if is_again { Verdict::AppendAgain } else { Verdict::Duplicate(duplicate) });
        }
        known.unwrap_or(&Entry::default()).check(&numbered, origin, rules)?;
        Ok(Verdict::Append)
    }

    /// Whether this marker may be written.
    pub(super) fn check_marker(&self, marker: &Marker) -> Result<(), ErrorCode> {
        let Some(entry) = self.0.get(&marker.pid) else { return Ok(()) };
        if marker.epoch < entry.epoch {
            return Err(ErrorCode::INVALID_PRODUCER_EPOCH);
        }
        if marker.coordinator_epoch < entry.coordinator_epoch {
            return Err(ErrorCode::TRANSACTION_COORDINATOR_FENCED);
        }
        Ok(())
    }

    /// Whether this marker of the second generation may be written. The epoch that is the greatest
    /// of all has no records, and 4.3.1 asks no more of it.
    pub(super) fn check_raised_marker(&self, marker: &Marker) -> Result<(), ErrorCode> {
        let entry = self.0.get(&marker.pid);
        let is_late = entry.is_some_and(|entry| entry.epoch == marker.epoch);
        if is_late && marker.epoch != i16::MAX && self.open_transaction(marker.pid).is_some() {
            return Err(ErrorCode::INVALID_PRODUCER_EPOCH);
        }
        self.check_marker(marker)
    }

    /// Remembers a batch that is in the log, whatever it looks like.
    pub(super) fn remember(&mut self, numbered: &Numbered, transactions: &mut Transactions) {
        let entry = self.0.entry(numbered.pid).or_default();
        if let Some(first) = entry.remember(numbered) {
            transactions.begin(numbered.pid, first);
        }
    }

    /// Remembers a marker that is in the log at `at`.
    pub(super) fn end_transaction(
        &mut self,
        marker: Marker,
        at: i64,
        timestamp: i64,
        transactions: &mut Transactions,
    ) {
        let entry = self.0.entry(marker.pid).or_default();
        if let Some(first) = entry.end(&marker, timestamp) {
            transactions.end(first, marker, at);
        }
    }

    /// Forgets who has written nothing for so long, by the timestamps of what they wrote.
    pub(super) fn expire(&mut self, now: i64, expiration_ms: i64) {
        self.0.retain(|_, entry| {
            let age = now.saturating_sub(entry.last_timestamp);
            entry.txn_start.is_some() || age < expiration_ms
        });
    }

    /// What a snapshot at `end` holds.
    pub(super) fn snapshot(&self, end: i64) -> Snapshot {
        let mut producers = self.clone();
        producers.0.values_mut().for_each(Entry::thin_out);
        Snapshot { end, producers }
    }

    /// What is told of each.
    pub(super) fn facts(&self) -> impl Iterator<Item = ProducerFacts> {
        self.0.iter().map(|(&pid, entry)| ProducerFacts {
            pid,
            epoch: entry.epoch,
            last_sequence: entry.last_sequence(),
            last_timestamp: entry.last_timestamp,
            coordinator_epoch: entry.coordinator_epoch,
            txn_start: entry.txn_start,
        })
    }

    /// Where the open transaction of a producer began.
    pub(super) fn open_transaction(&self, pid: i64) -> Option<i64> {
        self.0.get(&pid)?.txn_start
    }

    /// The epoch of a producer.
    pub(super) fn epoch(&self, pid: i64) -> Option<i16> {
        self.0.get(&pid).map(|entry| entry.epoch)
    }
}

impl Snapshot {
    /// The producers, and their open transactions.
    pub(super) fn load(&self, transactions: &mut Transactions) -> Producers {
        for (&pid, entry) in &self.producers.0 {
            if let Some(first) = entry.txn_start {
                transactions.begin(pid, first);
            }
        }
        self.producers.clone()
    }
}
