//! How long to wait before something is tried again.

use std::time::Duration;

use crate::settings::Settings;

/// A wait that doubles with each try up to a limit, spread by a fifth either way.
///
/// The spread is a function of the seed and of what is tried again, not of a state that moves on:
/// the same machine in the same state waits equally long.
pub(crate) fn wait(settings: &Settings, tries: u32, salt: u64) -> Duration {
    let doubled = settings.backoff.saturating_mul(1u32.checked_shl(tries.min(16)).unwrap_or(1));
    let wait = doubled.min(settings.backoff_max);
    if settings.seed == 0 {
        return wait;
    }
    let spread = u32::try_from(mix(settings.seed ^ salt, tries) % 41).unwrap_or_default();
    wait.saturating_mul(spread.saturating_add(80)).checked_div(100).unwrap_or(wait)
}

/// Numbers that look unrelated for related arguments (the finalizer of SplitMix64).
fn mix(salt: u64, tries: u32) -> u64 {
    let mut z = salt.wrapping_add(u64::from(tries).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Mode;

    #[test]
    fn waits_double_up_to_the_limit_and_stay_within_a_fifth() {
        let settings = Settings { seed: 7, ..Settings::new(Mode::Idempotent) };
        let exact = [100, 200, 400, 800, 1000, 1000];
        for (tries, millis) in (0..).zip(exact) {
            for salt in 0..100 {
                let wait = wait(&settings, tries, salt).as_micros();
                assert!((millis * 800..=millis * 1200).contains(&wait), "{tries}: {wait}");
            }
        }
        assert_eq!(wait(&settings, 3, 5), wait(&settings, 3, 5));
        assert_ne!(wait(&settings, 3, 5), wait(&settings, 3, 6));
    }

    #[test]
    fn seed_zero_spreads_nothing() {
        let settings = Settings::new(Mode::Idempotent);
        assert_eq!(wait(&settings, 1, 99), Duration::from_millis(200));
        assert_eq!(wait(&settings, u32::MAX, 99), Duration::from_secs(1));
    }
}
