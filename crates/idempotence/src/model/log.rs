//! One partition's log and what it remembers of producers.

use klamm_wire::ErrorCode;

use super::produce::{Generation, Identity, Produce, Sender, Stamp, Verdict};
use super::producers::{Appended, ProducerState, Producers};
use super::rules::{FirstBatch, Rules};

/// What stands in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Entry {
    /// A batch.
    Data {
        /// Its numbers, unless it is a plain one.
        stamp: Option<Stamp>,
        /// Whether it belongs to a transaction.
        transactional: bool,
        /// How many records it has.
        records: u32,
        /// The name of its first record; the others count up from it.
        content: u32,
    },
    /// The end of a transaction.
    Marker {
        /// Whose transaction ended, and the epoch it ended in.
        who: Identity,
        /// Whether its records are committed, or aborted.
        commit: bool,
    },
}

impl Entry {
    /// How many offsets the entry takes.
    #[must_use]
    pub fn offsets(&self) -> i64 {
        match self {
            Self::Data { records, .. } => i64::from(*records),
            Self::Marker { .. } => 1,
        }
    }
}

/// One replica's log of one partition. A follower that stayed up is a clone of its leader.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PartitionLog {
    entries: Vec<Entry>,
    producers: Producers,
}

impl PartitionLog {
    /// An empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What stands in the log, in order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The offset that the next entry gets.
    #[must_use]
    pub fn end_offset(&self) -> i64 {
        self.entries.iter().map(Entry::offsets).fold(0, i64::saturating_add)
    }

    /// What the partition knows of a producer id.
    #[must_use]
    pub fn producer(&self, pid: i64) -> Option<&ProducerState> {
        self.producers.get(pid)
    }

    /// Whether a transaction of exactly this identity is open here.
    #[must_use]
    pub fn has_open_transaction(&self, who: Identity) -> bool {
        self.producers.is_open(who)
    }

    /// Appends the batch, or says why not. Whether its transaction is open is the coordinator's
    /// to say, before this.
    //= B3 a duplicate is recognised before anything else is asked
    pub fn append(&mut self, produce: &Produce, rules: &Rules) -> Verdict {
        if !produce.is_well_formed() {
            return Verdict::rejected(ErrorCode::INVALID_RECORD);
        }
        if let Some(offset) = self.duplicate_of(produce) {
            return Verdict::appended(offset);
        }
        match self.admit(produce, rules) {
            Ok(()) => Verdict::appended(self.push(produce, rules)),
            Err(code) => Verdict::rejected(code),
        }
    }

    /// Writes the end of a transaction. A marker of an epoch that the partition has left behind is
    /// not written; the coordinator does not mind.
    pub fn end_transaction(&mut self, who: Identity, commit: bool) {
        if self.producers.end(who) {
            self.entries.push(Entry::Marker { who, commit });
        }
    }

    /// The broker starts again, from a snapshot taken at the end of the log.
    //= B9 the shortest memory that a restart can leave
    pub fn restart(&mut self) {
        self.producers.reduce_to_snapshot();
    }

    /// The partition forgets every producer without an open transaction.
    //= B8 state is lost while the records stay
    pub fn expire_producers(&mut self) {
        self.producers.expire();
    }

    /// Cuts the log after its first `entries` entries, as an unclean election does. With 0 it is
    /// that of a topic made anew.
    //= B8 B20 the records are lost, and the memory with them
    pub fn truncate(&mut self, entries: usize, rules: &Rules) {
        self.entries.truncate(entries);
        let mut replayed = Self::new();
        for entry in &self.entries {
            replayed.replay(*entry, rules);
        }
        *self = replayed;
    }

    fn duplicate_of(&self, produce: &Produce) -> Option<i64> {
        self.producers.duplicate_of(produce.stamp()?, produce.records)
    }

    fn admit(&self, produce: &Produce, rules: &Rules) -> Result<(), ErrorCode> {
        let Some(stamp) = produce.stamp() else { return Ok(()) };
        let known = self.producers.admit(stamp, produce);
        known.unwrap_or_else(|| self.admit_unknown(stamp, produce.sender, rules))
    }

    //= B7 nothing is known of the producer
    fn admit_unknown(&self, stamp: Stamp, sender: Sender, rules: &Rules) -> Result<(), ErrorCode> {
        if stamp.first == 0 {
            return Ok(());
        }
        if matches!(sender, Sender::Transactional(_, Generation::Tv2)) {
            return Err(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
        }
        match rules.first_batch {
            FirstBatch::Anywhere => Ok(()),
            FirstBatch::AtZeroInAFreshLog if self.end_offset() > 0 => Ok(()),
            FirstBatch::AtZeroInAFreshLog => Err(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER),
            FirstBatch::UnknownUnlessZero => Err(ErrorCode::UNKNOWN_PRODUCER_ID),
        }
    }

    fn push(&mut self, produce: &Produce, rules: &Rules) -> i64 {
        let base_offset = self.end_offset();
        let entry = Entry::Data {
            stamp: produce.stamp(),
            transactional: produce.is_transactional(),
            records: produce.records,
            content: produce.content,
        };
        self.replay(entry, rules);
        base_offset
    }

    /// Takes an entry without asking, as a follower does.
    fn replay(&mut self, entry: Entry, rules: &Rules) {
        match entry {
            Entry::Data { stamp: None, .. } => self.entries.push(entry),
            Entry::Data { stamp: Some(stamp), transactional, records, .. } => {
                let appended = Appended { records, transactional, base_offset: self.end_offset() };
                self.producers.remember(stamp, appended, rules.window);
                self.entries.push(entry);
            }
            Entry::Marker { who, commit } => self.end_transaction(who, commit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HIGHEST: i64 = 2_147_483_647;
    const NONE: ErrorCode = ErrorCode::NONE;
    const OUT_OF_ORDER: ErrorCode = ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER;
    const OLD_EPOCH: ErrorCode = ErrorCode::INVALID_PRODUCER_EPOCH;

    fn idempotent(epoch: i64, first: i64, records: u32) -> Produce {
        let sender = Sender::Idempotent(Stamp { pid: 1, epoch, first });
        Produce { sender, records, content: 0 }
    }

    fn transactional(generation: Generation, epoch: i64, first: i64) -> Produce {
        let sender = Sender::Transactional(Stamp { pid: 1, epoch, first }, generation);
        Produce { sender, records: 1, content: 0 }
    }

    fn append(log: &mut PartitionLog, produce: &Produce) -> Verdict {
        log.append(produce, &Rules::BEFORE_3_6)
    }

    /// A log with as many batches of one record, numbered from 0.
    fn log_of(batches: i64) -> PartitionLog {
        let mut log = PartitionLog::new();
        for first in 0..batches {
            assert_eq!(append(&mut log, &idempotent(0, first, 1)).code, NONE);
        }
        log
    }

    /// What the log would answer, without changing.
    fn code(log: &PartitionLog, produce: &Produce) -> ErrorCode {
        append(&mut log.clone(), produce).code
    }

    //= type=test B5 the original offset
    #[test]
    fn a_batch_that_comes_again_is_answered_with_its_old_offset() {
        let mut log = PartitionLog::new();
        append(&mut log, &idempotent(0, 0, 3));
        append(&mut log, &idempotent(0, 3, 2));
        let before = log.clone();
        assert_eq!(append(&mut log, &idempotent(0, 3, 2)), Verdict::appended(3));
        assert_eq!(append(&mut log, &idempotent(0, 0, 3)), Verdict::appended(0));
        assert_eq!(log, before);
    }

    //= type=test B5 anything but the exact range
    #[test]
    fn an_overlapping_range_is_out_of_order() {
        let mut log = PartitionLog::new();
        append(&mut log, &idempotent(0, 0, 3));
        for (first, records) in [(0, 2), (0, 4), (1, 2), (2, 3), (4, 1)] {
            assert_eq!(code(&log, &idempotent(0, first, records)), OUT_OF_ORDER);
        }
    }

    //= type=test B4 B5 the sixth batch
    #[test]
    fn the_sixth_batch_evicts_the_first_from_the_window() {
        let log = log_of(5);
        assert_eq!(code(&log, &idempotent(0, 0, 1)), NONE);
        let log = log_of(6);
        assert_eq!(code(&log, &idempotent(0, 0, 1)), OUT_OF_ORDER);
        assert_eq!(code(&log, &idempotent(0, 1, 1)), NONE);
        assert_eq!(log.producer(1).map(|state| state.window().len()), Some(5));
    }

    #[test]
    fn a_planted_window_of_two_forgets_the_third_last() {
        let rules = Rules { window: 2, ..Rules::BEFORE_3_6 };
        let mut log = PartitionLog::new();
        for first in 0..3 {
            log.append(&idempotent(0, first, 1), &rules);
        }
        assert_eq!(log.append(&idempotent(0, 0, 1), &rules).code, OUT_OF_ORDER);
        assert_eq!(log.append(&idempotent(0, 1, 1), &rules).code, NONE);
    }

    //= type=test B6 both directions
    #[test]
    fn an_older_epoch_is_refused_and_a_newer_one_begins_at_zero() {
        let mut log = log_of(2);
        assert_eq!(code(&log, &idempotent(1, 2, 1)), OUT_OF_ORDER);
        assert_eq!(append(&mut log, &idempotent(1, 0, 1)), Verdict::appended(2));
        assert_eq!(code(&log, &idempotent(0, 2, 1)), OLD_EPOCH);
        assert_eq!(code(&log, &idempotent(0, 1, 1)), OLD_EPOCH);
        assert_eq!(log.producer(1).map(|state| state.window().len()), Some(1));
    }

    //= type=test B4 B6 the epoch of another partition
    #[test]
    fn every_partition_keeps_an_epoch_of_its_own() {
        let (mut here, there) = (log_of(1), log_of(1));
        append(&mut here, &idempotent(1, 0, 1));
        assert_eq!(code(&here, &idempotent(0, 1, 1)), OLD_EPOCH);
        assert_eq!(code(&there, &idempotent(0, 1, 1)), NONE);
    }

    //= type=test B7 releases from 2.5 on
    #[test]
    fn an_unknown_producer_may_begin_anywhere() {
        assert_eq!(code(&PartitionLog::new(), &idempotent(3, 17, 1)), NONE);
    }

    //= type=test B7 before 2.5
    #[test]
    fn an_old_broker_calls_it_unknown() {
        let mut log = PartitionLog::new();
        let late = log.append(&idempotent(0, 17, 1), &Rules::BEFORE_2_5);
        assert_eq!(late, Verdict::rejected(ErrorCode::UNKNOWN_PRODUCER_ID));
        assert_eq!(log.append(&idempotent(0, 0, 1), &Rules::BEFORE_2_5).code, NONE);
    }

    //= type=test B7 from 4.5 on
    #[test]
    fn a_partition_that_never_held_a_record_wants_zero() {
        let rules = &Rules::SINCE_4_5;
        let mut log = PartitionLog::new();
        assert_eq!(log.append(&idempotent(0, 17, 1), rules).code, OUT_OF_ORDER);
        let plain = Produce { sender: Sender::Plain, records: 1, content: 0 };
        log.append(&plain, rules);
        assert_eq!(log.append(&idempotent(0, 17, 1), rules).code, NONE);
    }

    //= type=test B7 generation 2
    #[test]
    fn a_transaction_of_generation_two_begins_at_zero() {
        let log = PartitionLog::new();
        assert_eq!(code(&log, &transactional(Generation::Tv1, 0, 17)), NONE);
        assert_eq!(code(&log, &transactional(Generation::Tv2, 0, 17)), OUT_OF_ORDER);
        assert_eq!(code(&log, &transactional(Generation::Tv2, 0, 0)), NONE);
    }

    //= type=test B8 B20 the memory is lost and the records are not
    #[test]
    fn a_batch_is_appended_again_after_its_producer_expired() {
        let mut log = log_of(2);
        log.expire_producers();
        assert_eq!(append(&mut log, &idempotent(0, 1, 1)), Verdict::appended(2));
        assert_eq!(log.entries().len(), 3);
    }

    //= type=test B8 an open transaction
    #[test]
    fn a_producer_with_an_open_transaction_does_not_expire() {
        let mut log = PartitionLog::new();
        append(&mut log, &transactional(Generation::Tv1, 0, 0));
        log.expire_producers();
        assert!(log.has_open_transaction(Identity { pid: 1, epoch: 0 }));
    }

    //= type=test B8 B20 the records are lost as well
    #[test]
    fn a_truncated_log_remembers_what_is_left_in_it() {
        let mut log = log_of(4);
        log.truncate(2, &Rules::BEFORE_3_6);
        assert_eq!(log, log_of(2));
        log.truncate(0, &Rules::BEFORE_3_6);
        assert_eq!(append(&mut log, &idempotent(0, 3, 1)), Verdict::appended(0));
    }

    //= type=test B9 a restart
    #[test]
    fn a_restart_leaves_only_the_last_batch_in_the_window() {
        let mut log = log_of(5);
        log.restart();
        assert_eq!(code(&log, &idempotent(0, 3, 1)), OUT_OF_ORDER);
        assert_eq!(append(&mut log, &idempotent(0, 4, 1)), Verdict::appended(4));
        assert_eq!(append(&mut log, &idempotent(0, 5, 1)), Verdict::appended(5));
    }

    //= type=test B10 over the wrap
    #[test]
    fn sequences_go_on_at_zero_after_the_highest() {
        let mut log = PartitionLog::new();
        append(&mut log, &idempotent(0, HIGHEST, 1));
        assert_eq!(code(&log, &idempotent(0, 1, 1)), OUT_OF_ORDER);
        assert_eq!(append(&mut log, &idempotent(0, 0, 1)), Verdict::appended(1));
        assert_eq!(append(&mut log, &idempotent(0, HIGHEST, 1)), Verdict::appended(0));
    }

    //= type=test B10 a span
    #[test]
    fn a_batch_over_the_wrap_is_followed_and_recognised() {
        let mut log = PartitionLog::new();
        append(&mut log, &idempotent(0, HIGHEST - 1, 4));
        assert_eq!(code(&log, &idempotent(0, HIGHEST - 1, 3)), OUT_OF_ORDER);
        assert_eq!(append(&mut log, &idempotent(0, 2, 1)), Verdict::appended(4));
        assert_eq!(append(&mut log, &idempotent(0, HIGHEST - 1, 4)), Verdict::appended(0));
    }

    //= type=test B13 both kinds of markers
    #[test]
    fn only_a_marker_of_a_newer_epoch_forgets_the_sequences() {
        let mut log = PartitionLog::new();
        append(&mut log, &transactional(Generation::Tv1, 0, 0));
        log.end_transaction(Identity { pid: 1, epoch: 0 }, true);
        assert_eq!(code(&log, &transactional(Generation::Tv1, 0, 1)), NONE);
        assert_eq!(code(&log, &transactional(Generation::Tv1, 0, 2)), OUT_OF_ORDER);
        log.end_transaction(Identity { pid: 1, epoch: 1 }, true);
        assert_eq!(code(&log, &transactional(Generation::Tv2, 0, 1)), OLD_EPOCH);
        assert_eq!(code(&log, &transactional(Generation::Tv2, 1, 1)), OUT_OF_ORDER);
        assert_eq!(code(&log, &transactional(Generation::Tv2, 1, 0)), NONE);
    }

    //= type=test B4 B13 where a transaction begins, and that it ends
    #[test]
    fn a_transaction_is_open_from_its_first_batch_to_the_marker() {
        let who = Identity { pid: 1, epoch: 0 };
        let mut log = PartitionLog::new();
        append(&mut log, &idempotent(0, 0, 3));
        append(&mut log, &transactional(Generation::Tv1, 0, 3));
        append(&mut log, &transactional(Generation::Tv1, 0, 4));
        assert_eq!(log.producer(1).and_then(ProducerState::open_since), Some(3));
        log.end_transaction(who, false);
        assert!(!log.has_open_transaction(who));
        assert_eq!(code(&log, &idempotent(0, 5, 1)), NONE);
    }

    //= type=test B13 a late marker
    #[test]
    fn a_marker_of_an_older_epoch_is_not_written() {
        let mut log = PartitionLog::new();
        append(&mut log, &transactional(Generation::Tv2, 1, 0));
        let before = log.clone();
        log.end_transaction(Identity { pid: 1, epoch: 0 }, true);
        assert_eq!(log, before);
    }

    //= type=test B3 the duplicate before the epoch, the epoch before the sequence
    #[test]
    fn checks_are_made_in_the_order_of_the_contract() {
        let mut log = PartitionLog::new();
        append(&mut log, &transactional(Generation::Tv1, 1, 0));
        assert_eq!(code(&log, &idempotent(1, 0, 1)), NONE);
        assert_eq!(code(&log, &idempotent(0, 9, 1)), OLD_EPOCH);
        assert_eq!(code(&log, &idempotent(1, 9, 1)), OUT_OF_ORDER);
        assert_eq!(code(&log, &idempotent(1, 1, 1)), ErrorCode::INVALID_TXN_STATE);
        assert_eq!(code(&log, &idempotent(1, 0, 0)), ErrorCode::INVALID_RECORD);
    }

    #[test]
    fn a_plain_batch_is_always_appended() {
        let mut log = PartitionLog::new();
        let plain = Produce { sender: Sender::Plain, records: 2, content: 5 };
        assert_eq!(append(&mut log, &plain), Verdict::appended(0));
        assert_eq!(append(&mut log, &plain), Verdict::appended(2));
    }
}
