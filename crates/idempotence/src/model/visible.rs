//! What readers see of a log.

use super::log::{Entry, PartitionLog};

/// How far a reader gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// To the first open transaction, as a consumer does.
    LastStableOffset,
    /// To the end of the log, past transactions that are still open: what has been decided so far.
    End,
}

/// The names of the records that a reader of committed data gets, in order.
#[must_use]
pub fn read_committed(log: &PartitionLog, reach: Reach) -> Vec<u32> {
    let end = match reach {
        Reach::LastStableOffset => last_stable_offset(log),
        Reach::End => log.end_offset(),
    };
    let below = entries_with_offsets(log).take_while(|(_, offset, _)| *offset < end);
    let committed = below.filter(|(_, _, rest)| fate(rest) == Fate::Committed);
    committed.flat_map(|(entry, _, _)| names(entry)).collect()
}

/// The names of all records in order, whatever becomes of their transactions.
#[must_use]
pub fn read_uncommitted(log: &PartitionLog) -> Vec<u32> {
    log.entries().iter().flat_map(names).collect()
}

/// Where the first open transaction begins, or the end of the log.
#[must_use]
pub fn last_stable_offset(log: &PartitionLog) -> i64 {
    let open = entries_with_offsets(log).find(|(_, _, rest)| fate(rest) == Fate::Open);
    open.map_or_else(|| log.end_offset(), |(_, offset, _)| offset)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Committed,
    Aborted,
    Open,
}

/// What became of the first of `entries`: the next marker of its producer decides. A marker is
/// nobody's data and holds nobody up.
fn fate(entries: &[Entry]) -> Fate {
    let Some((Entry::Data { stamp, transactional, .. }, later)) = entries.split_first() else {
        return Fate::Aborted;
    };
    let Some(stamp) = stamp.filter(|_| *transactional) else { return Fate::Committed };
    let decision = later.iter().find_map(|entry| match entry {
        Entry::Marker { who, commit } if who.pid == stamp.pid => Some(*commit),
        Entry::Marker { .. } | Entry::Data { .. } => None,
    });
    match decision {
        Some(true) => Fate::Committed,
        Some(false) => Fate::Aborted,
        None => Fate::Open,
    }
}

/// Each entry with its offset, and the log from there on.
fn entries_with_offsets(log: &PartitionLog) -> impl Iterator<Item = (&Entry, i64, &[Entry])> {
    let mut next = 0_i64;
    let mut rest = log.entries();
    std::iter::from_fn(move || {
        let from_here = rest;
        let (entry, later) = rest.split_first()?;
        let offset = next;
        next = next.saturating_add(entry.offsets());
        rest = later;
        Some((entry, offset, from_here))
    })
}

fn names(entry: &Entry) -> impl Iterator<Item = u32> + use<> {
    let (first, records) = match entry {
        Entry::Data { content, records, .. } => (*content, *records),
        Entry::Marker { .. } => (0, 0),
    };
    first..first.saturating_add(records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Generation, Identity, Produce, Rules, Sender, Stamp};

    /// A log written by transactional producers, each batch of two records.
    #[derive(Default)]
    struct Writer(PartitionLog);

    impl Writer {
        fn plain(mut self, content: u32) -> Self {
            let sent = Produce { sender: Sender::Plain, records: 2, content };
            self.0.append(&sent, &Rules::BEFORE_3_6);
            self
        }

        fn write(mut self, pid: i64, first: i64, content: u32) -> Self {
            let sender = Sender::Transactional(Stamp { pid, epoch: 0, first }, Generation::Tv1);
            let sent = Produce { sender, records: 2, content };
            assert!(self.0.append(&sent, &Rules::BEFORE_3_6).code.is_ok());
            self
        }

        fn end(mut self, pid: i64, commit: bool) -> Self {
            self.0.end_transaction(Identity { pid, epoch: 0 }, commit);
            self
        }

        fn stable(&self) -> Vec<u32> {
            read_committed(&self.0, Reach::LastStableOffset)
        }
    }

    #[test]
    fn committed_records_are_visible_and_aborted_ones_are_not() {
        let log = Writer::default().write(1, 0, 10).end(1, true).write(1, 2, 20).end(1, false);
        assert_eq!(log.stable(), [10, 11]);
        assert_eq!(read_uncommitted(&log.0), [10, 11, 20, 21]);
        assert_eq!(last_stable_offset(&log.0), 6);
    }

    #[test]
    fn an_open_transaction_holds_up_what_comes_after_it() {
        let log = Writer::default().plain(1).write(1, 0, 10).plain(20).write(2, 0, 30).end(2, true);
        assert_eq!(last_stable_offset(&log.0), 2);
        assert_eq!(log.stable(), [1, 2]);
        assert_eq!(read_committed(&log.0, Reach::End), [1, 2, 20, 21, 30, 31]);
        assert_eq!(log.end(1, true).stable(), [1, 2, 10, 11, 20, 21, 30, 31]);
    }

    #[test]
    fn a_transaction_is_decided_by_the_markers_of_its_own_producer() {
        let log = Writer::default().write(1, 0, 10).write(2, 0, 20).end(2, false).end(1, true);
        assert_eq!(log.stable(), [10, 11]);
    }

    #[test]
    fn a_record_after_the_marker_belongs_to_the_next_transaction() {
        let log = Writer::default().write(1, 0, 10).end(1, true).write(1, 2, 20);
        assert_eq!(log.stable(), [10, 11]);
        assert_eq!(last_stable_offset(&log.0), 3);
    }
}
