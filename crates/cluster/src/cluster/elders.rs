//! Addresses where somebody hangs up on newer ApiVersions instead of saying that it is too new.

use std::collections::BTreeMap;
use std::time::Duration;

use klamm_protocol::negotiate::Ask;
use klamm_wire::Time;

use crate::address::HostPort;

/// So many hang-ups in a row right after our first bytes, and the oldest version is tried.
const HANG_UPS: u32 = 2;
/// For how long that is remembered.
const REMEMBERED: Duration = Duration::from_secs(3600);
/// So many addresses are remembered; a cluster has fewer.
const MOST: usize = 10_000;

/// What is remembered, by address.
#[derive(Debug, Default)]
pub(super) struct Elders(BTreeMap<HostPort, Memory>);

#[derive(Debug)]
enum Memory {
    /// So many hang-ups in a row.
    HungUp(u32),
    /// Asked at the oldest version until then.
    Elder { until: Time },
}

impl Elders {
    /// At which version to ask.
    pub(super) fn ask(&mut self, now: Time, host: &HostPort) -> Ask {
        match self.0.get(host) {
            Some(Memory::Elder { until }) if now < *until => Ask::oldest(),
            Some(Memory::Elder { .. }) => {
                self.0.remove(host);
                Ask::first()
            }
            Some(Memory::HungUp(_)) | None => Ask::first(),
        }
    }

    /// Somebody hung up right after our first bytes.
    pub(super) fn hung_up(&mut self, now: Time, host: &HostPort) {
        let times = match self.0.get(host) {
            Some(Memory::HungUp(times)) => times.saturating_add(1),
            Some(Memory::Elder { .. }) => {
                // Its hang-ups had nothing to do with our question.
                self.0.remove(host);
                return;
            }
            None if self.0.len() >= MOST => return,
            None => 1,
        };
        let memory = if times < HANG_UPS {
            Memory::HungUp(times)
        } else {
            Memory::Elder { until: now.saturating_add(REMEMBERED) }
        };
        self.0.insert(host.clone(), memory);
    }

    /// Somebody answered, so earlier hang-ups meant nothing.
    pub(super) fn answered(&mut self, host: &HostPort) {
        if matches!(self.0.get(host), Some(Memory::HungUp(_))) {
            self.0.remove(host);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host() -> HostPort {
        "hub:9093".parse().unwrap()
    }

    #[test]
    fn two_hang_ups_in_a_row_make_an_elder_for_an_hour() {
        let mut elders = Elders::default();
        elders.hung_up(Time(0), &host());
        assert_eq!(elders.ask(Time(0), &host()), Ask::first());
        elders.hung_up(Time(1), &host());
        assert_eq!(elders.ask(Time(1), &host()), Ask::oldest());
        let later = Time(1).saturating_add(REMEMBERED);
        assert_eq!(elders.ask(later, &host()), Ask::first());
        elders.hung_up(later, &host());
        assert_eq!(elders.ask(later, &host()), Ask::first(), "counted anew");
    }

    #[test]
    fn an_answer_between_two_hang_ups_clears_the_count() {
        let mut elders = Elders::default();
        elders.hung_up(Time(0), &host());
        elders.answered(&host());
        elders.hung_up(Time(1), &host());
        assert_eq!(elders.ask(Time(1), &host()), Ask::first());
    }

    #[test]
    fn who_hangs_up_on_the_oldest_question_too_is_no_elder() {
        let mut elders = Elders::default();
        (0..3).for_each(|time| elders.hung_up(Time(time), &host()));
        assert_eq!(elders.ask(Time(3), &host()), Ask::first());
    }

    #[test]
    fn other_addresses_are_not_judged() {
        let mut elders = Elders::default();
        elders.hung_up(Time(0), &host());
        elders.hung_up(Time(0), &host());
        assert_eq!(elders.ask(Time(0), &"hub:9094".parse().unwrap()), Ask::first());
    }
}
