//! Numbers that look random and are a function of a seed.

use std::time::Duration;

/// A source of numbers: the same seed gives the same ones, on every machine.
///
/// It spreads waits, so that many clients do not come back at the same instant. It is no source of
/// secrets: what must not be guessed (a nonce) is handed in by the shell.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Dice(u64);

impl Dice {
    /// The numbers of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number (SplitMix64).
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 when that is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.roll().checked_rem(bound).unwrap_or(0)
    }

    /// A duration within a fifth of `around`, either way.
    pub fn within_a_fifth(&mut self, around: Duration) -> Duration {
        self.percent(around, 80, 120)
    }

    /// From `low` to `high` hundredths of a duration.
    pub fn percent(&mut self, of: Duration, low: u32, high: u32) -> Duration {
        let steps = u64::from(high.saturating_sub(low)).saturating_mul(100).saturating_add(1);
        let step = u32::try_from(self.below(steps)).unwrap_or(0);
        let parts = low.saturating_mul(100).saturating_add(step);
        of.saturating_mul(parts).checked_div(10_000).unwrap_or(of)
    }
}

/// A wait that doubles with each try up to a limit, spread by a fifth either way; the spread may
/// exceed the limit, as Java's does.
pub fn backoff(dice: &mut Dice, tries: u32, first: Duration, limit: Duration) -> Duration {
    let doubled = first.saturating_mul(1u32.checked_shl(tries.min(20)).unwrap_or(u32::MAX));
    dice.within_a_fifth(doubled.min(limit.max(first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_limit_within_a_fifth() {
        let mut dice = Dice::new(7);
        let (first, limit) = (Duration::from_millis(50), Duration::from_secs(1));
        for (tries, millis) in (0..).zip([50, 100, 200, 400, 800, 1000, 1000, 1000]) {
            for _ in 0..100 {
                let wait = backoff(&mut dice, tries, first, limit).as_micros();
                assert!((millis * 800..=millis * 1200).contains(&wait), "{tries}: {wait}");
            }
        }
        assert!(backoff(&mut dice, u32::MAX, first, limit) <= Duration::from_millis(1200));
    }

    #[test]
    fn a_seed_gives_the_same_numbers_again() {
        let rolls = |seed| -> Vec<u64> {
            (0..9)
                .map({
                    let mut d = Dice::new(seed);
                    move |_| d.roll()
                })
                .collect()
        };
        assert_eq!(rolls(3), rolls(3));
        assert_ne!(rolls(3), rolls(4));
    }
}
