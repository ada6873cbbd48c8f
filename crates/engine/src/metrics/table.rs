//! Numbers by topic or by broker, of which there may be more than anybody wants to see.

use std::collections::BTreeMap;

/// So many have a row of their own.
const MOST_ROWS: usize = 1000;

/// What the row of all the others is called.
pub const OTHER: &str = "__other__";

/// One row for each of the first thousand, and one for all the others together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table<K, T> {
    names: BTreeMap<K, Slot>,
    /// As many as there are names.
    rows: Vec<T>,
    others: Option<T>,
}

/// Where a row is; that of the others if it has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Slot(Option<usize>);

impl<K: Ord, T: Default> Table<K, T> {
    /// Where this one's row is, or will be: for ever.
    pub(super) fn slot(&mut self, key: K) -> Slot {
        if let Some(slot) = self.names.get(&key) {
            return *slot;
        }
        let slot = Slot(Some(self.rows.len()));
        if self.rows.len() >= MOST_ROWS {
            return Slot(None);
        }
        self.rows.push(T::default());
        self.names.insert(key, slot);
        slot
    }

    pub(super) fn at(&mut self, slot: Slot) -> &mut T {
        match slot.0.and_then(|at| self.rows.get_mut(at)) {
            Some(row) => row,
            None => self.others.get_or_insert_default(),
        }
    }

    /// The row of one, if it has one of its own.
    pub fn get(&self, key: &K) -> Option<&T> {
        self.rows.get(self.names.get(key)?.0?)
    }

    /// The row of all that have none of their own, if there are any.
    pub fn others(&self) -> Option<&T> {
        self.others.as_ref()
    }

    /// All rows in order; that of the [others](OTHER), which has no name, is the last.
    pub fn iter(&self) -> impl Iterator<Item = (Option<&K>, &T)> {
        let own = self.names.iter();
        let own = own.filter_map(|(key, slot)| Some((Some(key), self.rows.get(slot.0?)?)));
        own.chain(self.others.iter().map(|row| (None, row)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_kept_for_each_and_found_again() {
        let mut table = Table::<&str, u64>::default();
        let (b, a) = (table.slot("b"), table.slot("a"));
        *table.at(b) += 1;
        *table.at(a) += 10;
        let again = table.slot("b");
        *table.at(again) += 1;
        assert_eq!(
            (table.get(&"a"), table.get(&"b"), table.get(&"c")),
            (Some(&10), Some(&2), None)
        );
        assert_eq!(table.others(), None);
        let rows: Vec<_> = table.iter().collect();
        assert_eq!(rows, [(Some(&"a"), &10), (Some(&"b"), &2)]);
    }

    #[test]
    fn beyond_a_thousand_all_share_one() {
        let mut table = Table::<u32, u64>::default();
        for key in 0..5_000 {
            let slot = table.slot(key);
            *table.at(slot) += 1;
        }
        assert_eq!(table.iter().count(), MOST_ROWS + 1);
        assert_eq!(table.others(), Some(&4_000));
        assert_eq!((table.get(&999), table.get(&1_000)), (Some(&1), None));
    }
}
