//! What the log remembers of one producer, and what it thinks of a batch of that producer.

use std::collections::VecDeque;

use klamm_wire::ErrorCode;

use super::{AppendRules, Marker, Origin, StoredBatch, sequence};
use crate::personas::Unknown;
use crate::{Defect, Defects};

/// How many batches of a producer are remembered.
const REMEMBERED: usize = 5;
/// The epoch of a producer that is not known.
const NO_EPOCH: i16 = -1;

/// One producer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its epoch in this partition.
    pub(super) epoch: i16,
    /// The epoch of the coordinator that wrote its last marker.
    pub(super) coordinator_epoch: i32,
    /// The greatest timestamp of its last batch.
    pub(super) last_timestamp: i64,
    /// Where its open transaction began.
    pub(super) txn_start: Option<i64>,
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
    /// Whose it is.
    pub(super) pid: i64,
    /// Under which epoch.
    pub(super) epoch: i16,
    /// Within a transaction.
    pub(super) is_transactional: bool,
    batch: Remembered,
}

impl Numbered {
    /// The sequence of its first record.
    pub(super) const fn first_sequence(&self) -> i32 {
        self.batch.first_sequence
    }

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
    /// The sequence of its last record in this epoch.
    pub(super) fn last_sequence(&self) -> i32 {
        self.batches.back().map_or(sequence::NONE, |batch| batch.last_sequence)
    }

    /// A new epoch forgets the batches of the old one.
    fn enter(&mut self, epoch: i16) {
        if self.epoch != epoch {
            self.batches.clear();
            self.epoch = epoch;
        }
    }

    /// Remembers a batch that is in the log: where a transaction begins with it, if one does.
    pub(super) fn remember(&mut self, numbered: &Numbered) -> Option<i64> {
        self.enter(numbered.epoch);
        if self.batches.len() == REMEMBERED {
            self.batches.pop_front();
        }
        self.batches.push_back(numbered.batch);
        self.last_timestamp = numbered.batch.timestamp;
        if !numbered.is_transactional || self.txn_start.is_some() {
            return None;
        }
        self.txn_start = Some(numbered.batch.base_offset);
        self.txn_start
    }

    /// Remembers a marker that is in the log: where the transaction began that ends, if one does.
    /// Of the same epoch the batches stay remembered.
    pub(super) fn end(&mut self, marker: &Marker, timestamp: i64) -> Option<i64> {
        self.enter(marker.epoch);
        self.coordinator_epoch = marker.coordinator_epoch;
        self.last_timestamp = timestamp;
        self.txn_start.take()
    }

    /// Forgets all batches but the last.
    pub(super) fn thin_out(&mut self) {
        let older = self.batches.len().saturating_sub(1);
        self.batches.drain(..older);
    }

    /// The remembered batch of the same epoch and exactly the same sequences.
    pub(super) fn duplicate_of(
        &self,
        numbered: &Numbered,
        rules: &AppendRules<'_>,
    ) -> Option<Remembered> {
        let is_narrow = rules.defects.has(Defect::WindowOfOne);
        let window = if is_narrow { 1 } else { rules.sequences.window };
        let is_same = |batch: &&Remembered| {
            batch.first_sequence == numbered.batch.first_sequence
                && batch.last_sequence == numbered.batch.last_sequence
        };
        if numbered.epoch != self.epoch {
            return None;
        }
        self.batches.iter().rev().take(window).find(is_same).copied()
    }

    /// Whether a batch that is no repetition may follow.
    pub(super) fn check(
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
        match rules.sequences.unknown {
            Unknown::Told => Err(ErrorCode::UNKNOWN_PRODUCER_ID),
            Unknown::Zero => in_order(false),
            // A log whose next offset is 0 never held a record.
            Unknown::Any => in_order(!(rules.fresh_needs_zero && base_offset == 0)),
        }
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
        if rules.sequences.old_duplicates && last < oldest {
            return Err(ErrorCode::DUPLICATE_SEQUENCE_NUMBER);
        }
        Err(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER)
    }
}

fn in_order(is_in_order: bool) -> Result<(), ErrorCode> {
    if is_in_order { Ok(()) } else { Err(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER) }
}
