//! Where each leadership began, by which replicas find out where they differ.

use std::collections::BTreeMap;

/// No epoch, and no offset of one.
const UNDEFINED: i32 = -1;

/// The first offset of each leader epoch; both rise together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct LeaderEpochs(BTreeMap<i32, i64>);

impl LeaderEpochs {
    /// Notes that what is at `start` is of this epoch. Entries that it contradicts go.
    pub(super) fn assign(&mut self, epoch: i32, start: i64) {
        let latest = self.0.last_key_value().map(|(epoch, start)| (*epoch, *start));
        let is_known = latest.is_some_and(|(last, since)| last == epoch && since <= start);
        if epoch < 0 || is_known {
            return;
        }
        self.pop_while(|last, since| last >= epoch || since >= start);
        self.0.insert(epoch, start);
    }

    /// The greatest epoch up to `epoch`, and where the next one began.
    pub(super) fn end_of(&self, epoch: i32, log_end: i64) -> (i32, i64) {
        let undefined = (UNDEFINED, i64::from(UNDEFINED));
        if epoch == UNDEFINED {
            return undefined;
        }
        if self.0.last_key_value().is_some_and(|(last, _)| *last == epoch) {
            return (epoch, log_end);
        }
        let above = epoch.checked_add(1).and_then(|next| self.0.range(next..).next());
        let Some((_, end)) = above else { return undefined };
        // An epoch below all that are known has been deleted: its end is where the log begins.
        let floor = self.0.range(..=epoch).next_back().map_or(epoch, |(floor, _)| *floor);
        (floor, *end)
    }

    /// The log was cut off at `end`.
    pub(super) fn truncate_end(&mut self, end: i64) {
        self.pop_while(|_, since| since >= end);
    }

    /// The log was cut off before `start`: the epoch that holds it begins there.
    pub(super) fn truncate_start(&mut self, start: i64) {
        let mut holder = None;
        while let Some(first) = self.0.first_entry() {
            if *first.get() > start {
                break;
            }
            holder = Some(*first.key());
            first.remove();
        }
        if let Some(epoch) = holder {
            self.0.insert(epoch, start);
        }
    }

    fn pop_while(&mut self, goes: impl Fn(i32, i64) -> bool) {
        while let Some(last) = self.0.last_entry() {
            if !goes(*last.key(), *last.get()) {
                break;
            }
            last.remove();
        }
    }
}
