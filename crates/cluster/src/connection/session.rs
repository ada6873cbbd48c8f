//! How long a broker believes who we are, and when to say it again (KIP-368).

use std::time::Duration;

use klamm_wire::Time;

use crate::dice::Dice;

/// Brokers ignore who says it again sooner after the last time.
const APART: Duration = Duration::from_secs(1);

/// The time for which the broker believes who we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Session {
    /// From when on nothing is sent but who we are.
    pub(super) renew: Time,
    /// When we may begin to say it.
    pub(super) earliest: Time,
}

impl Session {
    /// The session that an answer at `now` grants; `began` is when we began to say who we are.
    /// None for a lifetime of nothing, which is one without end.
    pub(super) fn granted(
        now: Time,
        began: Time,
        lifetime_ms: i64,
        dice: &mut Dice,
    ) -> Option<Self> {
        let lifetime = u64::try_from(lifetime_ms).ok().filter(|millis| *millis > 0)?;
        let renew = now.saturating_add(dice.percent(Duration::from_millis(lifetime), 85, 95));
        Some(Self { renew, earliest: began.saturating_add(APART).max(renew) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn it_is_renewed_at_nine_tenths_more_or_less() {
        let mut dice = Dice::new(3);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..200 {
            let session = Session::granted(Time(SECOND), Time(0), 10_000, &mut dice).unwrap();
            assert!((95 * SECOND / 10..=105 * SECOND / 10).contains(&session.renew.0));
            assert_eq!(session.earliest, session.renew);
            seen.insert(session.renew);
        }
        assert!(seen.len() > 100, "it is spread");
    }

    #[test]
    fn a_short_one_is_renewed_no_sooner_than_a_broker_listens() {
        let mut dice = Dice::new(3);
        let session = Session::granted(Time(50), Time(10), 1, &mut dice).unwrap();
        assert!(session.renew <= Time(1_000_050));
        assert_eq!(session.earliest, Time(SECOND + 10));
    }

    #[test]
    fn none_is_granted_for_nothing_and_the_longest_never_ends() {
        let mut dice = Dice::new(3);
        assert_eq!(Session::granted(Time(0), Time(0), 0, &mut dice), None);
        assert_eq!(Session::granted(Time(0), Time(0), -1, &mut dice), None);
        let session = Session::granted(Time(0), Time(0), i64::MAX, &mut dice).unwrap();
        assert_eq!(session.renew, Time(u64::MAX));
    }
}
