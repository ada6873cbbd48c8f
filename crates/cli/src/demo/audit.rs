//! Compares what was acknowledged with what is in the logs.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use klamm_records::{Decompressors, RecordSet};

/// The most bytes that a batch may have when it is read.
const CAP: usize = 64 << 20;

/// A record in a log: its offset, and its number in the order of sending.
pub(super) type Logged = (i64, u64);

/// How a partition's log and its acknowledgements fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Verdict {
    pub(super) acked: usize,
    pub(super) logged: usize,
    /// Records that are in the log more than once, each time counted but the first.
    pub(super) duplicates: usize,
    /// Acknowledged records that are not in the log where the acknowledgement says.
    pub(super) lost: usize,
    /// Whether records stand in the order in which they were sent.
    pub(super) is_ordered: bool,
}

impl Verdict {
    /// Whether the log is what was promised: exactly the acknowledged records, in order.
    pub(super) fn is_kept(&self) -> bool {
        self.acked == self.logged && self.duplicates == 0 && self.lost == 0 && self.is_ordered
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            acked: self.acked.saturating_add(other.acked),
            logged: self.logged.saturating_add(other.logged),
            duplicates: self.duplicates.saturating_add(other.duplicates),
            lost: self.lost.saturating_add(other.lost),
            is_ordered: self.is_ordered && other.is_ordered,
        }
    }
}

/// Holds a log against the acknowledgements: numbers of records with their offsets.
pub(super) fn compare(log: &[Logged], acked: &BTreeMap<u64, Option<i64>>) -> Verdict {
    let places: BTreeSet<Logged> = log.iter().copied().collect();
    let numbers: BTreeSet<u64> = log.iter().map(|(_, number)| *number).collect();
    let is_there = |(number, offset): (&u64, &Option<i64>)| {
        offset.is_some_and(|offset| places.contains(&(offset, *number)))
    };
    Verdict {
        acked: acked.len(),
        logged: log.len(),
        duplicates: log.len().saturating_sub(numbers.len()),
        lost: acked.len().saturating_sub(acked.iter().filter(|one| is_there(*one)).count()),
        is_ordered: log.is_sorted_by_key(|(_, number)| *number),
    }
}

/// The records of a log.
///
/// # Errors
/// When it cannot be read, or holds something else than this demonstration's records.
pub(super) fn read(log: &[Bytes]) -> Result<Vec<Logged>, String> {
    let mut decompressors = Decompressors::new();
    let mut logged = Vec::new();
    for entry in log.iter().flat_map(|bytes| RecordSet::new(bytes)) {
        let entry = entry.map_err(|error| error.to_string())?;
        let records = entry.records(&mut decompressors, CAP).map_err(|error| error.to_string())?;
        for record in records {
            let record = record.map_err(|error| error.to_string())?;
            let number = record.value.and_then(number_of);
            let number = number.ok_or("a record in the log is none of ours")?;
            logged.push((record.offset, number));
        }
    }
    Ok(logged)
}

/// The number that a value tells.
fn number_of(value: &[u8]) -> Option<u64> {
    let value: serde_json::Value = serde_json::from_slice(value).ok()?;
    value.get("order")?.as_u64()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acked(pairs: &[(u64, i64)]) -> BTreeMap<u64, Option<i64>> {
        pairs.iter().map(|(number, offset)| (*number, Some(*offset))).collect()
    }

    #[test]
    fn a_log_of_the_acknowledged_records_in_order_is_what_was_promised() {
        let verdict = compare(&[(0, 3), (1, 5)], &acked(&[(3, 0), (5, 1)]));
        assert!(verdict.is_kept(), "{verdict:?}");
        assert!(compare(&[], &acked(&[])).is_kept());
    }

    #[test]
    fn every_way_to_break_the_promise_is_seen() {
        let twice = compare(&[(0, 3), (1, 3)], &acked(&[(3, 0)]));
        assert!(twice.duplicates == 1 && !twice.is_kept(), "{twice:?}");
        let lost = compare(&[(0, 3)], &acked(&[(3, 0), (5, 1)]));
        assert!(lost.lost == 1 && !lost.is_kept(), "{lost:?}");
        let elsewhere = compare(&[(0, 3), (1, 5)], &acked(&[(3, 0), (5, 7)]));
        assert!(elsewhere.lost == 1 && !elsewhere.is_kept(), "{elsewhere:?}");
        let turned = compare(&[(0, 5), (1, 3)], &acked(&[(3, 1), (5, 0)]));
        assert!(!turned.is_ordered && !turned.is_kept(), "{turned:?}");
        let secret = compare(&[(0, 3), (1, 5)], &acked(&[(3, 0)]));
        assert!(!secret.is_kept(), "{secret:?}");
    }
}
