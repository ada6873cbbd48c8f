//! What is read of the log: batches, and offsets by time.

use bytes::Bytes;

use super::{PartitionLog, StoredBatch};

/// A record's place in the log and in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimestampOffset {
    /// Its offset.
    pub(crate) offset: i64,
    /// Its timestamp.
    pub(crate) timestamp: i64,
    /// The leadership under which it was appended.
    pub(crate) leader_epoch: i32,
}

impl PartitionLog {
    /// The batches from the one on that holds this offset.
    pub(crate) fn batches_from(&self, offset: i64) -> impl Iterator<Item = &StoredBatch> {
        let index = self.batches.partition_point(|batch| batch.last_offset() < offset);
        self.batches.range(index..)
    }

    /// Whole batches from the one on that holds `from`, all of whose offsets are below `until`,
    /// within `max_bytes`; if asked for, at least one however long it is.
    pub(crate) fn read(
        &self,
        from: i64,
        until: i64,
        max_bytes: usize,
        at_least_one: bool,
    ) -> Vec<Bytes> {
        let mut left = max_bytes;
        let mut read = Vec::new();
        for batch in self.batches_from(from).take_while(|batch| batch.last_offset() < until) {
            let len = batch.bytes().len();
            let is_owed = at_least_one && read.is_empty();
            if len > left && !is_owed {
                break;
            }
            left = left.saturating_sub(len);
            read.push(batch.bytes().clone());
        }
        read
    }

    /// The first record that is not older than this, if its offset is below `until`.
    pub(crate) fn offset_for_timestamp(&self, time: i64, until: i64) -> Option<TimestampOffset> {
        let young = self.batches.iter().filter(|batch| batch.max_timestamp() >= time);
        let found = young.filter_map(|batch| {
            let wanted =
                batch.find(|record| record.timestamp.0 >= time && record.offset >= self.start);
            place(batch, wanted)
        });
        found.into_iter().next().filter(|place| place.offset < until)
    }

    /// The first record with the greatest timestamp, if its offset is below `until`.
    pub(crate) fn max_timestamp(&self, until: i64) -> Option<TimestampOffset> {
        let greatest = self.batches.iter().map(StoredBatch::max_timestamp).max()?;
        let mut latest = self.batches.iter().filter(|batch| batch.max_timestamp() == greatest);
        let batch = latest.next()?;
        let wanted = batch.find(|record| record.timestamp.0 == greatest);
        place(batch, wanted).filter(|place| place.offset < until)
    }
}

fn place(batch: &StoredBatch, found: Option<(i64, i64)>) -> Option<TimestampOffset> {
    let (offset, timestamp) = found?;
    Some(TimestampOffset { offset, timestamp, leader_epoch: batch.leader_epoch() })
}
