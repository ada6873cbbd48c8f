//! Counts what a reader finds: each number once, ascending in its partition.

use std::collections::BTreeMap;

use crate::content::Mark;

/// What was found in the log.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// For each partition, where each number stands; more than one place is a duplicate.
    places: BTreeMap<i32, BTreeMap<u64, Vec<i64>>>,
    highest: BTreeMap<i32, u64>,
    pub(crate) read: u64,
    pub(crate) duplicated: u64,
    pub(crate) reordered: u64,
    pub(crate) foreign: u64,
}

impl Tally {
    /// Counts a record; without a mark its content is nobody's.
    pub(crate) fn take(&mut self, mark: Option<Mark>, offset: i64) {
        self.read += 1;
        let Some(mark) = mark else {
            self.foreign += 1;
            return;
        };
        let places = self.places.entry(mark.partition).or_default().entry(mark.number).or_default();
        places.push(offset);
        if places.len() > 1 {
            self.duplicated += 1;
            return;
        }
        let highest = self.highest.entry(mark.partition).or_insert(mark.number);
        if mark.number < *highest {
            self.reordered += 1;
        } else {
            *highest = mark.number;
        }
    }

    /// How many acknowledged records are not there, and how many are only at another offset.
    pub(crate) fn compare(&self, told: &[(Mark, i64)]) -> (u64, u64) {
        let (mut lost, mut misplaced) = (0, 0);
        for (mark, offset) in told {
            match self.places.get(&mark.partition).and_then(|all| all.get(&mark.number)) {
                None => lost += 1,
                // A broker that forgot where it put a duplicate says so with a negative offset.
                Some(places) if *offset >= 0 && !places.contains(offset) => misplaced += 1,
                Some(_) => {}
            }
        }
        (lost, misplaced)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(number: u64) -> Option<Mark> {
        Some(Mark { partition: 0, number })
    }

    fn tally(numbers: &[u64]) -> Tally {
        let mut tally = Tally::default();
        for (number, offset) in numbers.iter().zip(0..) {
            tally.take(mark(*number), offset);
        }
        tally
    }

    #[test]
    fn a_second_copy_is_a_duplicate_and_no_reordering() {
        let tally = tally(&[0, 1, 2, 1, 2, 3]);
        assert_eq!((tally.duplicated, tally.reordered), (2, 0));
    }

    #[test]
    fn a_first_copy_behind_a_later_number_is_a_reordering() {
        let tally = tally(&[0, 2, 1, 3]);
        assert_eq!((tally.duplicated, tally.reordered), (0, 1));
    }

    #[test]
    fn an_acknowledged_record_that_is_not_there_is_lost() {
        let told: Vec<(Mark, i64)> = (0..3).filter_map(|n| Some((mark(n)?, -1))).collect();
        assert_eq!(tally(&[0, 2]).compare(&told), (1, 0));
    }

    #[test]
    fn a_record_is_at_the_offset_that_was_told_or_misplaced() {
        let told: Vec<(Mark, i64)> = (0..2).filter_map(|n| Some((mark(n)?, 0))).collect();
        assert_eq!(tally(&[0, 1]).compare(&told), (0, 1));
    }

    #[test]
    fn content_without_a_mark_is_foreign() {
        let mut tally = Tally::default();
        tally.take(None, 0);
        assert_eq!((tally.read, tally.foreign), (1, 1));
    }
}
