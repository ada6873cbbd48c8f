//! When which record is due: fixed before the first one is sent, and never moved.

use std::time::Duration;

/// Due times, so many a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Schedule {
    per_second: f64,
}

impl Schedule {
    pub(super) const fn new(per_second: f64) -> Self {
        Self { per_second }
    }

    /// How long after the beginning the record with this number is due.
    pub(super) fn due(self, number: u64) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "nobody sends 2^53 records at a rate")]
        let seconds = number as f64 / self.per_second;
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_times_do_not_depend_on_when_others_were_sent() {
        let schedule = Schedule::new(1000.0);
        assert_eq!(schedule.due(0), Duration::ZERO);
        assert_eq!(schedule.due(1), Duration::from_millis(1));
        assert_eq!(schedule.due(3_600_000), Duration::from_secs(3600));
        assert_eq!(Schedule::new(f64::MIN_POSITIVE).due(u64::MAX), Duration::MAX);
    }
}
