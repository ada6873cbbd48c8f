//! What a producer asks of a partition, and what the partition answers.

use klamm_wire::ErrorCode;

/// How many sequences there are; they begin at 0 and start over after the last.
const SEQUENCES: i64 = 1 << 31;

/// A producer id with the epoch it is used under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The producer id.
    pub pid: i64,
    /// The epoch.
    pub epoch: i64,
}

/// Under which numbers a batch is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// The producer id.
    pub pid: i64,
    /// The epoch.
    pub epoch: i64,
    /// The sequence of the batch's first record.
    pub first: i64,
}

/// The version of the transaction protocol that a request speaks. Requests carry it, not only the
/// cluster, because a transaction ends in the version it began in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Generation {
    /// Partitions are added before they are written to, and the epoch stays.
    Tv1,
    /// Writing adds the partition, and every end of a transaction begins an epoch.
    Tv2,
}

/// Who sends a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sender {
    /// A producer without identity.
    Plain,
    /// An idempotent producer outside of any transaction.
    Idempotent(Stamp),
    /// A producer inside a transaction.
    Transactional(Stamp, Generation),
}

/// One batch for one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Produce {
    /// Who sends it.
    pub sender: Sender,
    /// How many records it has; a batch without any is invalid.
    pub records: u32,
    /// The name of the first record. The record after it is `content + 1`, and so on.
    pub content: u32,
}

/// What a partition answers to a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Verdict {
    /// Success, or the reason why not.
    pub code: ErrorCode,
    /// Where the batch stands, -1 if it was refused.
    pub base_offset: i64,
}

impl Stamp {
    /// The sequence of the last of `records` records.
    //= B10 a batch may span the wrap
    #[must_use]
    pub fn last(&self, records: u32) -> i64 {
        let position = self.first.saturating_add(i64::from(records)).saturating_sub(1);
        position.rem_euclid(SEQUENCES)
    }

    /// The identity without the sequence.
    #[must_use]
    pub const fn identity(&self) -> Identity {
        Identity { pid: self.pid, epoch: self.epoch }
    }

    const fn is_well_formed(&self) -> bool {
        self.pid >= 0 && self.epoch >= 0 && 0 <= self.first && self.first < SEQUENCES
    }
}

/// The sequence that comes after `last`.
//= B10 the space, and 0 after its end
pub(super) const fn sequence_after(last: i64) -> i64 {
    last.saturating_add(1).rem_euclid(SEQUENCES)
}

impl Produce {
    /// The numbers of the batch, unless it is a plain one.
    #[must_use]
    pub const fn stamp(&self) -> Option<Stamp> {
        match self.sender {
            Sender::Plain => None,
            Sender::Idempotent(stamp) | Sender::Transactional(stamp, _) => Some(stamp),
        }
    }

    /// Whether the batch is part of a transaction.
    #[must_use]
    pub const fn is_transactional(&self) -> bool {
        matches!(self.sender, Sender::Transactional(..))
    }

    /// Whether a broker would take it for a batch at all.
    pub(super) fn is_well_formed(&self) -> bool {
        self.records > 0 && self.stamp().is_none_or(|stamp| stamp.is_well_formed())
    }
}

impl Verdict {
    /// The batch stands at `base_offset`.
    #[must_use]
    pub const fn appended(base_offset: i64) -> Self {
        Self { code: ErrorCode::NONE, base_offset }
    }

    /// The batch was refused before it came to the log, which therefore need not be asked. Policies
    /// (a batch that is too large, a topic without access, too few replicas) are the world's.
    //= B11 the offset hints at what became of the batch
    #[must_use]
    pub const fn rejected(code: ErrorCode) -> Self {
        Self { code, base_offset: -1 }
    }

    /// The same answer under another code: what happened after the append.
    //= B11 a batch that was appended may be answered by an error
    #[must_use]
    pub const fn overridden(self, code: ErrorCode) -> Self {
        Self { code, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HIGHEST: i64 = 2_147_483_647;

    fn stamp(first: i64) -> Stamp {
        Stamp { pid: 1, epoch: 0, first }
    }

    //= type=test B10 the next sequence after 2^31-1
    #[test]
    fn zero_follows_the_highest_sequence() {
        assert_eq!(sequence_after(HIGHEST), 0);
        assert_eq!(sequence_after(HIGHEST - 1), HIGHEST);
        assert_eq!(sequence_after(0), 1);
    }

    //= type=test B10 a batch over the wrap
    #[test]
    fn a_batch_over_the_wrap_ends_low() {
        assert_eq!(stamp(HIGHEST).last(1), HIGHEST);
        assert_eq!(stamp(HIGHEST).last(2), 0);
        assert_eq!(stamp(HIGHEST - 1).last(4), 1);
    }

    //= type=test B11 the hint of the base offset
    #[test]
    fn only_an_answer_after_the_append_keeps_its_offset() {
        let late = Verdict::appended(7).overridden(ErrorCode::REQUEST_TIMED_OUT);
        assert_eq!(late, Verdict { code: ErrorCode::REQUEST_TIMED_OUT, base_offset: 7 });
        assert_eq!(Verdict::rejected(ErrorCode::MESSAGE_TOO_LARGE).base_offset, -1);
    }

    #[test]
    fn a_batch_without_records_or_with_odd_numbers_is_malformed() {
        let batch = |sender, records| Produce { sender, records, content: 0 };
        assert!(batch(Sender::Plain, 1).is_well_formed());
        assert!(batch(Sender::Idempotent(stamp(HIGHEST)), 1).is_well_formed());
        assert!(!batch(Sender::Plain, 0).is_well_formed());
        assert!(!batch(Sender::Idempotent(stamp(-1)), 1).is_well_formed());
        assert!(!batch(Sender::Idempotent(stamp(HIGHEST + 1)), 1).is_well_formed());
    }
}
