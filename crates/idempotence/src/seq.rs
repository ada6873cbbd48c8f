//! Sequence numbers: the only place of the client that steps one.
//!
//! A lane counts the records of one partition under one producer id and epoch in 64 bits, so that
//! order is the order of numbers and the wrap never shows. What travels is the low 31 bits.

use klamm_wire::Sequence;

/// The place of a record among those of its partition, producer id and epoch.
//= R2 64 bits inside, the low 31 on the wire
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position(u64);

/// Sequences of the wire lie below this; the one after the last is 0.
const SEQUENCES: u64 = 1 << 31;

impl Position {
    /// The first record of an epoch.
    pub const FIRST: Self = Self(0);

    /// A place in the middle of a lane, for models and tests that begin near the wrap.
    #[must_use]
    pub const fn at(place: u64) -> Self {
        Self(place)
    }

    /// The place after so many records.
    #[must_use]
    pub const fn after(self, records: u32) -> Self {
        // A lane is renewed long before 2^64 records: a million a second last half a million years.
        Self(self.0.wrapping_add(records as u64))
    }

    /// How many records lie between this place and an earlier one; nothing when it is not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Option<u64> {
        self.0.checked_sub(earlier.0)
    }

    /// What a batch that begins here says on the wire.
    #[must_use]
    pub fn sequence(self) -> Sequence {
        Sequence(i32::try_from(self.0 % SEQUENCES).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    //= type=test R2
    #[test]
    fn the_sequence_after_the_largest_is_zero() {
        let last = Position::at(SEQUENCES - 1);
        assert_eq!(last.sequence(), Sequence(i32::MAX));
        assert_eq!(last.after(1).sequence(), Sequence(0));
        assert!(last < last.after(1), "order does not wrap");
    }

    proptest::proptest! {
        #[test]
        fn sequences_agree_with_wide_arithmetic(place in 0..1u64 << 40, records in 1..u32::MAX) {
            let wide = i128::from(place).saturating_add(i128::from(records));
            let expected = wide.rem_euclid(1 << 31);
            let after = Position::at(place).after(records);
            proptest::prop_assert_eq!(i128::from(after.sequence().0), expected);
            proptest::prop_assert_eq!(after.since(Position::at(place)), Some(u64::from(records)));
            proptest::prop_assert_eq!(Position::at(place).since(after), None);
        }
    }
}
