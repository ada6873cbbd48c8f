//! What the log remembers of each producer, and what it makes of that producer's next batch.

use std::collections::{BTreeMap, VecDeque};

use klamm_wire::ErrorCode;

use super::transactions::Transactions;
use super::{AppendRules, Marker, Origin, StoredBatch, sequence};
use crate::{Defect, Defects};

/// How many batches of a producer are remembered.
const REMEMBERED: usize = 5;
/// The epoch of a producer that is not known.
const NO_EPOCH: i16 = -1;

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

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    epoch: i16,
    coordinator_epoch: i32,
    last_timestamp: i64,
    txn_start: Option<i64>,
    /// The last batches of this epoch, oldest first: [`REMEMBERED`] at most.
    batches: VecDeque<Remembered>,
}

/// A batch that is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Remembered {
    first_sequence: i32,
    last_sequence: i32,
    /// The offset of its first record.
    pub(super) base_offset: i64,
    /// The offset of its last record.
    pub(super) last_offset: i64,
    /// Its greatest timestamp.
    pub(super) timestamp: i64,
}

/// A batch of a producer, with the offsets that it is to get or has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbered {
    pid: i64,
    epoch: i16,
    is_transactional: bool,
    batch: Remembered,
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

impl Numbered {
    /// The batch, if it is of a producer and no marker.
    pub(super) fn of(batch: &StoredBatch, defects: &Defects) -> Option<Self> {
        let header = batch.header();
        if header.producer_id.0 < 0 || header.attributes.is_control() {
            return None;
        }
        let first = header.base_sequence.0;
        Some(Self {
            pid: header.producer_id.0,
            epoch: header.producer_epoch.0,
            is_transactional: header.attributes.is_transactional(),
            batch: Remembered {
                first_sequence: first,
                last_sequence: sequence::last(first, header.last_offset_delta, defects),
                base_offset: batch.base_offset(),
                last_offset: batch.last_offset(),
                timestamp: batch.max_timestamp(),
            },
        })
    }
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            epoch: NO_EPOCH,
            coordinator_epoch: -1,
            last_timestamp: -1,
            txn_start: None,
            batches: VecDeque::new(),
        }
    }
}

impl Entry {
    fn last_sequence(&self) -> i32 {
        self.batches.back().map_or(sequence::NONE, |batch| batch.last_sequence)
    }

    /// A new epoch forgets the batches of the old one.
    fn enter(&mut self, epoch: i16) {
        if self.epoch != epoch {
            self.batches.clear();
            self.epoch = epoch;
        }
    }

    fn remember(&mut self, numbered: &Numbered) {
        self.enter(numbered.epoch);
        if self.batches.len() == REMEMBERED {
            self.batches.pop_front();
        }
        self.batches.push_back(numbered.batch);
        self.last_timestamp = numbered.batch.timestamp;
    }

    /// The remembered batch of the same epoch and exactly the same sequences.
    fn duplicate_of(&self, numbered: &Numbered, defects: &Defects) -> Option<Remembered> {
        let window = if defects.has(Defect::WindowOfOne) { 1 } else { REMEMBERED };
        let is_same = |batch: &&Remembered| {
            batch.first_sequence == numbered.batch.first_sequence
                && batch.last_sequence == numbered.batch.last_sequence
        };
        if numbered.epoch != self.epoch {
            return None;
        }
        self.batches.iter().rev().take(window).find(is_same).copied()
    }

    fn check(
        &self,
        numbered: &Numbered,
        origin: Origin,
        rules: &AppendRules<'_>,
    ) -> Result<(), ErrorCode> {
        if numbered.epoch < self.epoch {
            return Err(ErrorCode::INVALID_PRODUCER_EPOCH);
        }
        if origin.is_client() {
            self.check_sequence(numbered, rules)?;
        }
        if self.txn_start.is_some() && !numbered.is_transactional {
            return Err(ErrorCode::INVALID_TXN_STATE);
        }
        Ok(())
    }

    fn check_sequence(
        &self,
        numbered: &Numbered,
        rules: &AppendRules<'_>,
    ) -> Result<(), ErrorCode> {
        let first = numbered.batch.first_sequence;
        let is_new_in_tv2 = rules.tv2 && numbered.is_transactional && self.batches.is_empty();
        if is_new_in_tv2 && first != 0 {
            return Err(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
        }
        if self.epoch == NO_EPOCH {
            return Self::check_unknown(numbered, rules);
        }
        if self.epoch != numbered.epoch {
            let is_allowed = first == 0 || rules.defects.has(Defect::NewEpochAnySequence);
            return in_order(is_allowed);
        }
        self.check_next(numbered, rules)
    }

    /// Of a producer that is not known any sequence is as good as another, but for exceptions.
    fn check_unknown(numbered: &Numbered, rules: &AppendRules<'_>) -> Result<(), ErrorCode> {
        let Remembered { first_sequence, base_offset, .. } = numbered.batch;
        if first_sequence == 0 {
            return Ok(());
        }
        if rules.unknown_producer_id {
            return Err(ErrorCode::UNKNOWN_PRODUCER_ID);
        }
        // A log whose next offset is 0 never held a record.
        in_order(!(rules.fresh_needs_zero && base_offset == 0))
    }

    /// Within an epoch the sequences have no gap.
    fn check_next(&self, numbered: &Numbered, rules: &AppendRules<'_>) -> Result<(), ErrorCode> {
        let Remembered { first_sequence: first, last_sequence: last, .. } = numbered.batch;
        let expected = sequence::next(self.last_sequence(), rules.defects);
        let is_gap = first > expected && rules.defects.has(Defect::AcceptsGaps);
        if first == expected || is_gap {
            return Ok(());
        }
        let oldest = self.batches.front().map_or(sequence::NONE, |batch| batch.first_sequence);
        if rules.old_duplicates && last < oldest {
            return Err(ErrorCode::DUPLICATE_SEQUENCE_NUMBER);
        }
        Err(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER)
    }
}

fn in_order(is_in_order: bool) -> Result<(), ErrorCode> {
    if is_in_order { Ok(()) } else { Err(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER) }
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
        let duplicate = known.and_then(|entry| entry.duplicate_of(&numbered, rules.defects));
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

    /// Whether this marker of the second generation may be written.
    pub(super) fn check_marker_of_tv2(&self, marker: &Marker) -> Result<(), ErrorCode> {
        let entry = self.0.get(&marker.pid);
        let is_late = entry.is_some_and(|entry| entry.epoch == marker.epoch);
        if is_late && self.open_transaction(marker.pid).is_some() {
            return Err(ErrorCode::INVALID_PRODUCER_EPOCH);
        }
        self.check_marker(marker)
    }

    /// Remembers a batch that is in the log, whatever it looks like.
    pub(super) fn remember(&mut self, numbered: &Numbered, transactions: &mut Transactions) {
        let entry = self.0.entry(numbered.pid).or_default();
        entry.remember(numbered);
        if numbered.is_transactional && entry.txn_start.is_none() {
            let first = numbered.batch.base_offset;
            entry.txn_start = Some(first);
            transactions.begin(numbered.pid, first);
        }
    }

    /// Remembers a marker that is in the log at `at`. The batches of its epoch stay remembered.
    pub(super) fn end_transaction(
        &mut self,
        marker: Marker,
        at: i64,
        timestamp: i64,
        transactions: &mut Transactions,
    ) {
        let entry = self.0.entry(marker.pid).or_default();
        entry.enter(marker.epoch);
        entry.coordinator_epoch = marker.coordinator_epoch;
        entry.last_timestamp = timestamp;
        if let Some(first) = entry.txn_start.take() {
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
        for entry in producers.0.values_mut() {
            let older = entry.batches.len().saturating_sub(1);
            entry.batches.drain(..older);
        }
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
