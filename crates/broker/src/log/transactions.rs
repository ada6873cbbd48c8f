//! Which transactions are open in the log, and how those that ended did.

use std::collections::BTreeMap;

use super::Marker;

/// A transaction that was aborted, as a reader of committed records is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AbortedTxn {
    /// Whose it was.
    pub(crate) pid: i64,
    /// Where it began.
    pub(crate) first_offset: i64,
}

/// The transactions of the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Transactions {
    /// Those that are open: whose, by the first offset.
    open: BTreeMap<i64, i64>,
    /// Those that ended, by the offset of the marker.
    ended: BTreeMap<i64, Ended>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ended {
    pid: i64,
    first_offset: i64,
    aborted: bool,
}

impl Transactions {
    /// A transaction begins.
    pub(super) fn begin(&mut self, pid: i64, first_offset: i64) {
        self.open.insert(first_offset, pid);
    }

    /// The one that began at `first_offset` ends by a marker at `at`.
    pub(super) fn end(&mut self, first_offset: i64, marker: Marker, at: i64) {
        self.open.remove(&first_offset);
        let ended = Ended { pid: marker.pid, first_offset, aborted: !marker.commit };
        self.ended.entry(at).or_insert(ended);
    }

    /// Where the first transaction begins that is open, or whose marker is not below the high
    /// watermark yet.
    pub(super) fn first_unstable(&self, high_watermark: i64) -> Option<i64> {
        let open = self.open.first_key_value().map(|(first, _)| *first);
        let unreplicated = self.ended.range(high_watermark..).map(|(_, ended)| ended.first_offset);
        open.into_iter().chain(unreplicated).min()
    }

    /// The aborted ones that reach into these offsets.
    pub(super) fn aborted(&self, from: i64, until: i64) -> Vec<AbortedTxn> {
        let reaching = self.ended.range(from..).map(|(_, ended)| ended);
        let aborted = reaching.filter(|ended| ended.aborted && ended.first_offset < until);
        aborted.map(|&Ended { pid, first_offset, .. }| AbortedTxn { pid, first_offset }).collect()
    }

    /// Nothing is known to be open: the producers are about to be rebuilt, or are lost.
    pub(super) fn forget_open(&mut self) {
        self.open.clear();
    }

    /// The log was cut off at `end`.
    pub(super) fn truncate_end(&mut self, end: i64) {
        self.ended.split_off(&end);
    }

    /// The log was cut off before `start`.
    pub(super) fn truncate_start(&mut self, start: i64) {
        self.ended = self.ended.split_off(&start);
    }
}
