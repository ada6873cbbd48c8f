//! Sets: every byte belongs to an entry or to the tail.

use super::batches;
use super::repair;
use super::walk::{self, Walk};
use crate::compression::Decompressors;
use crate::error::BatchError;
use crate::layout::MAGIC_AT;
use crate::view::{Checksum, Entry, RecordSet};

/// What the entries of a set may decompress to, each.
const ENTRY_CAP: usize = 1 << 16;

/// Reads any bytes as a set: as they are, and with the checksums put right.
///
/// Entries and tail are the input; a front part of a set has the same entries as far as it goes;
/// after an error there is nothing, and what is left fails in the same way.
pub fn record_set(data: &[u8]) {
    one_set(data);
    one_set(&repair::set(data, |magic| magic));
}

/// One set, with its checksums compared and not.
pub(super) fn one_set(bytes: &[u8]) {
    let all = Cut::of(bytes, Checksum::Deferred);
    let checked = Cut::of(bytes, Checksum::Checked);
    assert!(all.ends.starts_with(&checked.ends));
    all.check_fronts(bytes);
    checked.check_fronts(bytes);
    let set = RecordSet::new(bytes).with_checksum(Checksum::Deferred);
    set.map_while(Result::ok).for_each(|entry| check_entry(&entry));
}

/// Where the entries of a set end, and with what the set does.
struct Cut {
    checksum: Checksum,
    ends: Vec<usize>,
    error: Option<BatchError>,
}

impl Cut {
    fn of(bytes: &[u8], checksum: Checksum) -> Self {
        let mut set = RecordSet::new(bytes).with_checksum(checksum);
        let (mut ends, mut end) = (Vec::new(), 0);
        let error = loop {
            match set.next() {
                None => break None,
                Some(Err(error)) => break Some(error),
                Some(Ok(entry)) => {
                    let place = bytes.get(end..end + entry.bytes().len());
                    assert!(!entry.bytes().is_empty() && place == Some(entry.bytes()));
                    end += entry.bytes().len();
                    ends.push(end);
                }
            }
            assert_eq!(Some(set.tail()), bytes.get(end..));
        };
        assert!(set.next().is_none() && set.next().is_none());
        assert_eq!(Some(set.tail()), bytes.get(end..));
        let cut = Self { checksum, ends, error };
        cut.check_tail(set.tail());
        cut
    }

    /// A tail without an error is a part of one entry; with one it has the error at its front.
    fn check_tail(&self, tail: &[u8]) {
        if let Some(error) = self.error {
            walk::check_set_error(error, tail);
            let again = RecordSet::new(tail).with_checksum(self.checksum).next();
            assert_eq!(again.map(Result::err), Some(Some(error)));
        } else {
            let is_short = repair::total(tail).is_none_or(|total| tail.len() < total);
            assert!(tail.len() <= MAGIC_AT || is_short, "{} bytes are left", tail.len());
        }
    }

    /// A set that is cut anywhere has the entries before the cut, and no error before its own.
    fn check_fronts(&self, bytes: &[u8]) {
        let last = self.ends.last().copied().unwrap_or_default();
        let until = if self.error.is_none() { bytes.len() } else { last };
        let around = self.ends.iter().take(4).flat_map(|end| [end - 1, *end, end + 1]);
        for len in around.chain((0..8).map(|eighth| until * eighth / 8)) {
            let Some(front) = bytes.get(..len.min(until)) else { continue };
            let mut set = RecordSet::new(front).with_checksum(self.checksum);
            let mut expected = self.ends.iter().filter(|end| **end <= front.len());
            let found: Result<Vec<_>, _> = set.by_ref().collect();
            assert_eq!(found.map(|found| found.len()), Ok(expected.clone().count()));
            let end = expected.next_back().copied().unwrap_or_default();
            assert_eq!(Some(set.tail()), front.get(end..));
            assert!(set.next().is_none());
        }
    }
}

/// The records of an entry end, and are the same when they are read again.
fn check_entry(entry: &Entry<'_>) {
    if let Entry::Batch(batch) = entry {
        let is_small = batch.codec().is_ok_and(|codec| codec == crate::Codec::None);
        if is_small {
            batches::check_records(batch);
        }
    }
    let (mut one, mut other) = (Decompressors::new(), Decompressors::new());
    let [first, second] = [&mut one, &mut other]
        .map(|decompressors| entry.records(decompressors, ENTRY_CAP).map(Walk::of));
    assert_eq!(first, second);
}
