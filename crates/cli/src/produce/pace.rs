//! When the next record may leave, so that a second sees no more than a number of them.

use std::time::Duration;

/// A schedule that knows no past: who was late catches up, and nobody is earlier than they may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    per_second: f64,
}

impl Pace {
    pub(super) const fn new(per_second: f64) -> Self {
        Self { per_second }
    }

    /// How long after the beginning the record may leave before which as many others left.
    pub(super) fn due(self, before: u64) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "nobody sends 2^53 records at a rate")]
        let seconds = before as f64 / self.per_second;
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_spread_from_the_first_on() {
        let pace = Pace::new(4.0);
        let due: Vec<_> = (0..3).map(|before| pace.due(before).as_millis()).collect();
        assert_eq!(due, [0, 250, 500]);
        assert_eq!(Pace::new(f64::MIN_POSITIVE).due(u64::MAX), Duration::MAX);
    }
}
