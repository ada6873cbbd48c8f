//! How batches get into the log: from a client, a coordinator, or the leader.

use bytes::Bytes;
use klamm_records::layout::{Attributes, HEADER_LEN};
use klamm_records::{BatchHeader, Record};
use klamm_wire::{Epoch, ErrorCode, ProducerId, Sequence, WallMillis};

use super::admit::{admit, joined};
use super::entry::{Numbered, Remembered};
use super::producers::Verdict;
use super::validate::validated;
use super::{AppendRules, Origin, PartitionLog, Rejected, StoredBatch};
use crate::topic::TimestampType;
use crate::{Defect, Defects};

/// Where a batch is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Appended {
    /// The offset of its first record.
    pub(crate) base_offset: i64,
    /// The offset of its last record.
    pub(crate) last_offset: i64,
    /// The time of the append, where the topic asks for it; −1 where it does not. Of a repetition
    /// it is the greatest timestamp of the batch, in every topic.
    pub(crate) log_append_time: i64,
    /// Where the log begins.
    pub(crate) log_start: i64,
    /// It was there before.
    pub(crate) duplicate: bool,
}

/// The end of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marker {
    /// Whose transaction it was.
    pub(crate) pid: i64,
    /// Under which epoch it ends.
    pub(crate) epoch: i16,
    /// Whether its records are valid.
    pub(crate) commit: bool,
    /// The generation of the coordinator that decided so.
    pub(crate) coordinator_epoch: i32,
}

/// The version that the parts of a marker begin with.
const MARKER_VERSION: i16 = 0;
/// A control batch of a transaction.
const MARKER_ATTRIBUTES: Attributes = Attributes(0x30);

impl PartitionLog {
    /// Validates what a request holds for this partition, and appends it: the pieces of one field.
    ///
    /// The order is Kafka's: whether the request may carry it, size, checksum, batch, records,
    /// repetition, epoch, sequence, transaction.
    ///
    /// # Errors
    /// When it is refused; the log is as it was.
    pub(crate) fn append_as_leader(
        &mut self,
        records: &[Bytes],
        origin: Origin,
        rules: &AppendRules<'_>,
    ) -> Result<Appended, Rejected> {
        let appended = self.judge_and_append(records, origin, rules);
        appended.map_err(|rejected| rejected.ordered(rules.defects))
    }

    fn judge_and_append(
        &mut self,
        records: &[Bytes],
        origin: Origin,
        rules: &AppendRules<'_>,
    ) -> Result<Appended, Rejected> {
        let batch = admit(joined(records), origin, rules)?;
        let batch = validated(batch, self.end, origin, rules)?;
        let numbered = Numbered::of(&batch, rules.defects);
        let verdict = match &numbered {
            Some(numbered) => self.producers.judge(numbered, origin, rules)?,
            None => Verdict::Append,
        };
        if verdict == Verdict::Append && self.is_too_early(numbered.as_ref(), origin) {
            return Err(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER.into());
        }
        let appended = match verdict {
            Verdict::Duplicate(of) => self.repetition_of(&of),
            Verdict::Append | Verdict::AppendAgain => self.place_of(&batch, rules),
        };
        if !appended.duplicate {
            let remembered = numbered.filter(|_| verdict == Verdict::Append);
            self.store(batch, remembered.as_ref());
        }
        Ok(told(appended, rules.defects))
    }

    /// Whether the producer has tried to begin its transaction with an earlier batch.
    fn is_too_early(&self, batch: Option<&Numbered>, origin: Origin) -> bool {
        let is_behind = batch.is_some_and(|batch| self.attempts.is_behind_another(batch));
        origin.is_client() && is_behind
    }

    /// Where the batch goes.
    fn place_of(&self, batch: &StoredBatch, rules: &AppendRules<'_>) -> Appended {
        let is_append_time = rules.settings.timestamps == TimestampType::LogAppendTime;
        Appended {
            base_offset: batch.base_offset(),
            last_offset: batch.last_offset(),
            log_append_time: if is_append_time { rules.now.0 } else { -1 },
            log_start: self.start,
            duplicate: false,
        }
    }

    /// Where the batch is that was repeated.
    const fn repetition_of(&self, batch: &Remembered) -> Appended {
        Appended {
            base_offset: batch.base_offset,
            last_offset: batch.last_offset,
            log_append_time: batch.timestamp,
            log_start: self.start,
            duplicate: true,
        }
    }

    /// Writes the end of a transaction of the first generation, whose epoch is that of its records.
    ///
    /// # Errors
    /// When the producer or the coordinator has a newer epoch.
    pub(crate) fn append_marker(
        &mut self,
        marker: Marker,
        leader_epoch: i32,
        now: WallMillis,
    ) -> Result<Appended, ErrorCode> {
        self.producers.check_marker(&marker)?;
        Ok(self.store_marker(&marker, leader_epoch, now))
    }

    /// Writes the end of a transaction of the second generation, whose epoch is above that of its
    /// records. A copy of a marker is let through if nothing has begun since (KAFKA-19999).
    ///
    /// # Errors
    /// When the producer's epoch is not below the marker's, or the coordinator has a newer one.
    pub(crate) fn append_raised_marker(
        &mut self,
        marker: Marker,
        leader_epoch: i32,
        now: WallMillis,
    ) -> Result<Appended, ErrorCode> {
        self.producers.check_raised_marker(&marker)?;
        Ok(self.store_marker(&marker, leader_epoch, now))
    }

    fn store_marker(&mut self, marker: &Marker, leader_epoch: i32, now: WallMillis) -> Appended {
        let offset = self.end;
        self.store(marker_batch(marker, offset, leader_epoch, now), None);
        Appended {
            base_offset: offset,
            last_offset: offset,
            log_append_time: -1,
            log_start: self.start,
            duplicate: false,
        }
    }

    /// Appends what the leader has stored, as it is. What lies below the end is there already.
    pub(crate) fn append_as_follower(&mut self, batch: &StoredBatch) {
        if batch.base_offset() < self.end {
            return;
        }
        if self.batches.is_empty() {
            // The leader has deleted what came before.
            self.start = self.start.max(batch.base_offset());
        }
        self.store(batch.clone(), Numbered::of(batch, &Defects::default()).as_ref());
    }

    /// What the producers' memory makes of a batch that is in the log.
    pub(super) fn note(&mut self, batch: &StoredBatch) {
        self.note_as(batch, Numbered::of(batch, &Defects::default()).as_ref());
    }

    fn note_as(&mut self, batch: &StoredBatch, numbered: Option<&Numbered>) {
        if let Some(numbered) = numbered {
            self.producers.remember(numbered, &mut self.transactions);
            if numbered.is_transactional {
                self.attempts.forget(numbered.pid);
            }
        }
        if let Some(marker) = batch.marker() {
            self.attempts.forget(marker.pid);
            let (at, time) = (batch.base_offset(), batch.max_timestamp());
            self.producers.end_transaction(marker, at, time, &mut self.transactions);
        }
    }

    fn store(&mut self, batch: StoredBatch, numbered: Option<&Numbered>) {
        self.note_as(&batch, numbered);
        self.epochs.assign(batch.leader_epoch(), batch.base_offset());
        self.end = batch.last_offset().saturating_add(1);
        self.bytes = self.bytes.saturating_add(batch.bytes().len());
        self.batches.push_back(batch);
    }
}

/// The answer under the orders to leave something out of it.
fn told(mut appended: Appended, defects: &Defects) -> Appended {
    if defects.has(Defect::OmitsAppendTime) {
        appended.log_append_time = -1;
    }
    if appended.duplicate && defects.has(Defect::DuplicateWithoutOffset) {
        appended.base_offset = -1;
    }
    appended
}

fn marker_batch(marker: &Marker, offset: i64, leader_epoch: i32, now: WallMillis) -> StoredBatch {
    let kind = i16::from(marker.commit);
    let key = [MARKER_VERSION.to_be_bytes(), kind.to_be_bytes()].concat();
    let epoch = marker.coordinator_epoch.to_be_bytes();
    let value = [MARKER_VERSION.to_be_bytes().as_slice(), &epoch].concat();
    let (key, value) = (Some(key.as_slice()), Some(value.as_slice()));
    let mut batch = vec![0; HEADER_LEN];
    Record { timestamp_delta: 0, offset_delta: 0, key, value, headers: &[] }.append_to(&mut batch);
    let header = BatchHeader {
        base_offset: offset,
        leader_epoch,
        attributes: MARKER_ATTRIBUTES,
        last_offset_delta: 0,
        base_timestamp: now.0,
        max_timestamp: now.0,
        producer_id: ProducerId(marker.pid),
        producer_epoch: Epoch(marker.epoch),
        base_sequence: Sequence::NONE,
        count: 1,
    };
    StoredBatch::with_header(header, batch)
}
