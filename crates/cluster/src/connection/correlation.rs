//! The numbers by which answers are recognised, and those that should have none.

use std::collections::VecDeque;

/// How many numbers there are on the wire: 0 to `i32::MAX`, then 0 again.
const ROUND: u64 = 1 << 31;
/// How many ranges of unanswered numbers are remembered; beyond that the oldest two become one.
const RANGES: usize = 64;

/// The numbers of requests: counted for ever here, and in rounds on the wire.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    issued: u64,
}

impl Numbers {
    /// Numbers of which so many have been used.
    #[cfg(test)]
    pub(super) const fn after(issued: u64) -> Self {
        Self { issued }
    }

    /// The number that [`take`](Self::take) will give.
    pub(super) const fn upcoming(&self) -> u64 {
        self.issued
    }

    /// The next number.
    pub(super) fn take(&mut self) -> u64 {
        let serial = self.issued;
        self.issued = self.issued.saturating_add(1);
        serial
    }

    /// The newest number that looks like this on the wire, if one was ever given.
    fn newest(&self, on_wire: i32) -> Option<u64> {
        let last = self.issued.checked_sub(1)?;
        let wanted = u64::try_from(on_wire).ok()?;
        let ahead = last.checked_rem(ROUND)?.saturating_add(ROUND).saturating_sub(wanted);
        last.checked_sub(ahead.checked_rem(ROUND)?)
    }
}

/// How a number looks on the wire.
pub(super) fn on_wire(serial: u64) -> i32 {
    serial.checked_rem(ROUND).and_then(|id| i32::try_from(id).ok()).unwrap_or(0)
}

/// The numbers of requests that no answer is due for. Some services answer them all the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Strays {
    /// First and last of each range, in ascending order, with gaps between them.
    ranges: VecDeque<(u64, u64)>,
    seen: u64,
}

impl Strays {
    /// Remembers a number, which is higher than all before.
    pub(super) fn remember(&mut self, serial: u64) {
        match self.ranges.back_mut() {
            Some((_, last)) if last.saturating_add(1) == serial => *last = serial,
            _ => self.ranges.push_back((serial, serial)),
        }
        // The numbers between the two had answers, long ago; one more of those is dropped as well.
        if self.ranges.len() > RANGES
            && let Some((first, _)) = self.ranges.pop_front()
            && let Some(oldest) = self.ranges.front_mut()
        {
            oldest.0 = first;
        }
    }

    /// Counts an answer that bears the number of an unanswered request, and says whether it does.
    pub(super) fn is_one(&mut self, numbers: &Numbers, id: i32) -> bool {
        let Some(serial) = numbers.newest(id) else { return false };
        let known = self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&serial));
        self.seen = self.seen.saturating_add(u64::from(known));
        known
    }

    /// How many such answers came.
    pub(super) const fn seen(&self) -> u64 {
        self.seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_round_within_what_is_not_negative() {
        let mut numbers = Numbers::after(ROUND - 1);
        let ids: Vec<i32> = (0..3).map(|_| on_wire(numbers.take())).collect();
        assert_eq!(ids, [i32::MAX, 0, 1]);
        assert_eq!(numbers.newest(i32::MAX), Some(ROUND - 1));
        assert_eq!(numbers.newest(1), Some(ROUND + 1));
        assert_eq!(numbers.newest(2), Some(2), "of the round before");
        assert_eq!(numbers.newest(-1), None);
        assert_eq!(Numbers::default().newest(0), None);
        assert_eq!(Numbers::after(3).newest(3), None, "not given yet");
    }

    #[test]
    fn adjacent_numbers_are_one_range_and_ranges_are_few() {
        let (mut strays, numbers) = (Strays::default(), Numbers::after(1_000_000));
        (0..100_000).for_each(|serial| strays.remember(serial));
        assert_eq!(strays.ranges.len(), 1);
        (0..1000).for_each(|n| strays.remember(200_000 + 2 * n));
        assert_eq!(strays.ranges.len(), RANGES);
        for serial in (0..100_000).chain((0..1000).map(|n| 200_000 + 2 * n)) {
            assert!(strays.is_one(&numbers, on_wire(serial)), "{serial}");
        }
        assert!(!strays.is_one(&numbers, 201_999), "between two that are remembered apart");
        assert!(!strays.is_one(&numbers, 202_000));
        assert_eq!(strays.seen(), 101_000);
    }
}
