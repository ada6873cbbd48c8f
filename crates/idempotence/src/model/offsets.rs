//! Offsets of consumer groups that transactions commit.

use std::collections::BTreeMap;

use klamm_wire::ErrorCode;

use super::produce::Identity;

/// What one producer id did to one group's offset.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Writer {
    epoch: i64,
    /// Written, and not yet decided on.
    pending: Option<u32>,
}

/// One group: its offset is a single number here, since a transaction's offsets share one fate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Group {
    writers: BTreeMap<i64, Writer>,
    committed: Option<u32>,
}

/// The offsets of the groups that a transactional producer commits for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Offsets {
    groups: BTreeMap<u32, Group>,
}

impl Offsets {
    /// What a member of the group would start from: the last value that was committed.
    #[must_use]
    pub fn committed(&self, group: u32) -> Option<u32> {
        self.groups.get(&group)?.committed
    }

    /// Whether a value waits for the end of its transaction.
    #[must_use]
    pub fn is_pending(&self, group: u32) -> bool {
        let writers = self.groups.get(&group).into_iter().flat_map(|group| group.writers.values());
        writers.into_iter().any(|writer| writer.pending.is_some())
    }

    /// Whether a transaction of exactly this identity has a value pending.
    pub(super) fn is_open(&self, group: u32, who: Identity) -> bool {
        let writer = self.groups.get(&group).and_then(|group| group.writers.get(&who.pid));
        writer.is_some_and(|writer| writer.epoch == who.epoch && writer.pending.is_some())
    }

    /// Keeps a value until the transaction ends.
    pub(super) fn write(&mut self, group: u32, who: Identity, value: u32) -> ErrorCode {
        let group = self.groups.entry(group).or_default();
        let writer = group.writer(who);
        //= B6 the group's log refuses older epochs as any other log
        if who.epoch < writer.epoch {
            return ErrorCode::INVALID_PRODUCER_EPOCH;
        }
        *writer = Writer { epoch: who.epoch, pending: Some(value) };
        ErrorCode::NONE
    }

    /// Ends a transaction in the group.
    pub(super) fn end_transaction(&mut self, group: u32, who: Identity, commit: bool) {
        let group = self.groups.entry(group).or_default();
        let writer = group.writer(who);
        if who.epoch < writer.epoch {
            return;
        }
        writer.epoch = who.epoch;
        let decided = writer.pending.take().filter(|_| commit);
        group.committed = decided.or(group.committed);
    }
}

impl Group {
    fn writer(&mut self, who: Identity) -> &mut Writer {
        let unknown = Writer { epoch: who.epoch, pending: None };
        self.writers.entry(who.pid).or_insert(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Identity = Identity { pid: 1, epoch: 0 };
    const NEW: Identity = Identity { pid: 1, epoch: 1 };

    #[test]
    fn an_offset_is_invisible_until_its_transaction_commits() {
        let mut offsets = Offsets::default();
        assert_eq!(offsets.write(9, OLD, 40), ErrorCode::NONE);
        assert_eq!(offsets.committed(9), None);
        assert!(offsets.is_pending(9));
        offsets.end_transaction(9, OLD, true);
        assert_eq!(offsets.committed(9), Some(40));
        assert!(!offsets.is_pending(9));
    }

    #[test]
    fn an_aborted_offset_leaves_the_one_before_it() {
        let mut offsets = Offsets::default();
        offsets.write(9, OLD, 40);
        offsets.end_transaction(9, OLD, true);
        offsets.write(9, OLD, 50);
        offsets.end_transaction(9, OLD, false);
        assert_eq!(offsets.committed(9), Some(40));
    }

    #[test]
    fn the_last_value_of_a_transaction_is_the_one_that_counts() {
        let mut offsets = Offsets::default();
        offsets.write(9, OLD, 40);
        offsets.write(9, OLD, 41);
        offsets.end_transaction(9, NEW, true);
        assert_eq!(offsets.committed(9), Some(41));
    }

    //= type=test B6 offsets of an older epoch
    #[test]
    fn offsets_of_an_older_epoch_are_refused() {
        let mut offsets = Offsets::default();
        offsets.write(9, OLD, 30);
        offsets.end_transaction(9, NEW, false);
        assert_eq!(offsets.write(9, OLD, 40), ErrorCode::INVALID_PRODUCER_EPOCH);
        assert!(!offsets.is_pending(9));
    }
}
