//! Numbers that look random and follow from a seed, the same on every machine.

/// A generator by Sebastiano Vigna's SplitMix64.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is small beside 2⁶⁴; 0 if there is none.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % bound).unwrap_or_default()
    }

    /// True once in `times`.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// A number that is not negative.
    pub(super) const fn unsigned(&mut self) -> i64 {
        (self.next() >> 1).cast_signed()
    }

    /// A number from `low` on, below `low + width`.
    pub(super) fn from(&mut self, low: i64, width: usize) -> i64 {
        low.saturating_add(i64::try_from(self.below(width)).unwrap_or_default())
    }

    /// One of some items, of which there is at least one.
    pub(super) fn one_of<T: Copy>(&mut self, items: &[T]) -> Option<T> {
        items.get(self.below(items.len())).copied()
    }

    /// So many bytes that no codec makes fewer.
    pub(super) fn bytes(&mut self, len: usize) -> Vec<u8> {
        let words = std::iter::repeat_with(|| self.next().to_le_bytes());
        words.take(len.div_ceil(8)).flatten().take(len).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let (mut one, mut other) = (Random::new(1), Random::new(1));
        assert_eq!(one.bytes(100), other.bytes(100));
        assert_ne!(one.bytes(100), Random::new(2).bytes(100));
        // The first number of the seed 0, as SplitMix64 is published.
        assert_eq!(Random::new(0).next(), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn numbers_stay_below_their_bound() {
        let mut random = Random::new(3);
        assert!((0..1000).all(|_| random.below(7) < 7));
        assert!((0..1000).all(|_| (-1..4).contains(&random.from(-1, 5))));
        assert!((0..1000).all(|_| random.unsigned() >= 0));
        assert_eq!(random.below(0), 0);
    }
}
