//! What is kept of the log, and of the producers' memory: deletion, truncation, restarts.

use klamm_wire::WallMillis;

use super::producers::Producers;
use super::{LeaderEpochs, PartitionLog, Transactions};
use crate::TopicSettings;

impl PartitionLog {
    /// Cuts off what is not below this offset. A batch that reaches across goes as a whole, and
    /// the log ends where it began. The producers are remembered anew from what is left.
    pub(crate) fn truncate_to(&mut self, offset: i64) {
        if offset >= self.end {
            self.epochs.truncate_end(self.end);
            return;
        }
        if offset < self.start {
            return self.begin_at(offset);
        }
        self.end = offset;
        let kept = self.batches.partition_point(|batch| batch.last_offset() < offset);
        for batch in self.batches.drain(kept..) {
            self.bytes = self.bytes.saturating_sub(batch.bytes().len());
            self.end = self.end.min(batch.base_offset());
        }
        self.start = self.start.min(self.end);
        self.epochs.truncate_end(self.end);
        self.transactions.truncate_end(self.end);
        self.rebuild_producers();
    }

    /// Drops everything, and begins again at this offset.
    fn begin_at(&mut self, offset: i64) {
        self.batches.clear();
        self.bytes = 0;
        self.start = offset;
        self.end = offset;
        self.epochs = LeaderEpochs::default();
        self.producers = Producers::default();
        self.transactions = Transactions::default();
        self.snapshot = None;
    }

    /// Moves the start up to this offset, but not beyond the end. Batches that lie below it as a
    /// whole go; the producers stay remembered.
    pub(crate) fn delete_before(&mut self, offset: i64) {
        let start = offset.min(self.end);
        if start <= self.start {
            return;
        }
        self.start = start;
        let gone = self.batches.partition_point(|batch| batch.last_offset() < start);
        for batch in self.batches.drain(..gone) {
            self.bytes = self.bytes.saturating_sub(batch.bytes().len());
        }
        self.epochs.truncate_start(start);
        self.transactions.truncate_start(start);
    }

    /// Deletes what the topic's retention no longer keeps, if all replicas have it: oldest first,
    /// and nothing behind a batch that stays. To this log a batch is what to Kafka a segment is.
    pub(crate) fn retain(
        &mut self,
        settings: &TopicSettings,
        now: WallMillis,
        high_watermark: i64,
    ) {
        if !settings.deletes {
            return;
        }
        let mut excess = usize::try_from(settings.retention_bytes)
            .map_or(0, |kept| self.bytes.saturating_sub(kept));
        let mut start = self.start;
        for batch in &self.batches {
            let len = batch.bytes().len();
            let age = now.0.saturating_sub(batch.max_timestamp());
            let is_old = settings.retention_ms >= 0 && age > settings.retention_ms;
            let is_replicated = batch.last_offset() < high_watermark;
            if !is_replicated || !(is_old || excess >= len) {
                break;
            }
            excess = excess.saturating_sub(len);
            start = batch.last_offset().saturating_add(1);
        }
        self.delete_before(start);
    }

    /// Notes what is known of the producers, with the last batch of each alone.
    pub(crate) fn take_snapshot(&mut self) {
        self.snapshot = Some(self.producers.snapshot(self.end));
    }

    /// Starts again: the producers are remembered from the snapshot and what follows it, or from
    /// all that is in the log.
    pub(crate) fn restart(&mut self, with_snapshot: bool) {
        if !with_snapshot {
            self.snapshot = None;
        }
        self.rebuild_producers();
    }

    /// Forgets the producers, as an unclean start does.
    pub(crate) fn lose_producers(&mut self) {
        self.producers = Producers::default();
        self.transactions.forget_open();
        self.snapshot = None;
    }

    /// Forgets who has written nothing for so long, by the timestamps of what they wrote.
    pub(crate) fn expire_producers(&mut self, now: WallMillis, expiration_ms: i64) {
        self.producers.expire(now.0, expiration_ms);
    }

    fn rebuild_producers(&mut self) {
        // One that lies outside of the log is not to be trusted.
        let (start, end) = (self.start, self.end);
        self.snapshot.take_if(|snapshot| snapshot.end > end || snapshot.end <= start);
        self.transactions.forget_open();
        let from = match &self.snapshot {
            Some(snapshot) => {
                self.producers = snapshot.load(&mut self.transactions);
                snapshot.end
            }
            None => {
                self.producers = Producers::default();
                start
            }
        };
        let rest: Vec<_> = self.batches_from(from).cloned().collect();
        for batch in &rest {
            self.note(batch);
        }
    }
}
