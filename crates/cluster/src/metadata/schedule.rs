//! When to ask, and for what: rounds of queries, of which one is under way at a time.

use std::collections::VecDeque;
use std::time::Duration;

use klamm_wire::Time;

use super::topic::TopicRef;
use crate::dice::{Dice, backoff};
use crate::settings::MetadataSettings;

/// The most names in a query.
const MOST_NAMES: usize = 10_000;
/// The fewest that losses bring it down to.
const FEWEST_NAMES: usize = 64;
/// The shortest wait: without one, settings of zero would spin.
const SHORTEST: Duration = Duration::from_millis(1);

/// When to ask.
#[derive(Debug)]
pub(super) struct Schedule {
    /// The number of the last query.
    serial: u64,
    is_under_way: bool,
    pub(super) round: Round,
    /// Before this nothing is asked, unless a new topic is wanted.
    not_before: Time,
    /// When the whole picture is to be asked for.
    full_at: Time,
    /// The whole picture was asked for while it was being taken.
    is_again: bool,
    /// Since when a topic is wanted that was never asked for.
    fresh: Option<Time>,
    /// Queries lost in a row.
    failures: u32,
    /// How many names a query may have. An answer that is too long for its connection is lost, and
    /// half as many names make half the answer.
    names: usize,
    dice: Dice,
}

/// What is still to be asked for, in one query or in several.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// Topics that may be created by being asked for.
    pub(super) creating: VecDeque<TopicRef>,
    /// Topics that may not.
    pub(super) plain: VecDeque<TopicRef>,
    /// It began with every topic that is wanted.
    pub(super) is_full: bool,
    /// It is not over before a query was answered, even one for no topic.
    pub(super) is_open: bool,
}

/// The waits that follow from one answer: the same for topics of the same standing, so that they
/// are asked for together.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    dice: Dice,
    first: Duration,
    limit: Duration,
}

impl Pace {
    pub(super) fn wait(&self, tries: u32) -> Duration {
        backoff(&mut self.dice.clone(), tries, self.first, self.limit).max(SHORTEST)
    }
}

impl Schedule {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            serial: 0,
            is_under_way: false,
            round: Round::default(),
            not_before: Time(0),
            full_at: Time(0),
            is_again: false,
            fresh: None,
            failures: 0,
            names: MOST_NAMES,
            dice: Dice::new(seed),
        }
    }

    pub(super) fn is_under_way(&self) -> bool {
        self.is_under_way
    }

    pub(super) fn is_failing(&self) -> bool {
        self.failures > 0
    }

    pub(super) fn most_names(&self) -> usize {
        self.names
    }

    /// Whether the pause is over.
    pub(super) fn may_ask(&self, now: Time) -> bool {
        now >= self.not_before || self.fresh.is_some()
    }

    pub(super) fn is_full_due(&self, now: Time) -> bool {
        now >= self.full_at.max(self.not_before)
    }

    pub(super) fn ask_all(&mut self, now: Time) {
        self.full_at = self.full_at.min(now);
        self.is_again |= self.round.is_full;
    }

    pub(super) fn want(&mut self, now: Time) {
        self.fresh.get_or_insert(now);
    }

    /// What is fresh has been looked at.
    pub(super) fn has_looked(&mut self) {
        self.fresh = None;
    }

    pub(super) fn begin_full(&mut self) {
        self.round.is_full = true;
        self.round.is_open = true;
        self.names = self.names.saturating_mul(2).min(MOST_NAMES);
    }

    /// A query leaves; its number.
    pub(super) fn leave(&mut self) -> u64 {
        self.serial = self.serial.saturating_add(1);
        self.is_under_way = true;
        self.serial
    }

    /// Whether this query is the one under way, which it then is no more.
    pub(super) fn came_back(&mut self, serial: u64) -> bool {
        let is_it = self.is_under_way && serial == self.serial;
        self.is_under_way &= !is_it;
        is_it
    }

    /// A query was answered.
    pub(super) fn answered(&mut self, now: Time, settings: &MetadataSettings) -> Pace {
        self.failures = 0;
        let (first, limit) = (settings.backoff, settings.backoff_max);
        let pace = Pace { dice: Dice::new(self.dice.roll()), first, limit };
        if !self.round.is_empty() {
            self.not_before = now;
            return pace;
        }
        if std::mem::take(&mut self.round).is_full {
            let age = self.dice.percent(settings.max_age, 80, 100);
            self.full_at = if self.is_again { now } else { now.saturating_add(age) };
            self.is_again = false;
        }
        self.not_before = now.saturating_add(pace.wait(0));
        pace
    }

    /// A query for so many topics was lost.
    pub(super) fn lost(&mut self, now: Time, names: usize, settings: &MetadataSettings) {
        let (first, limit) = (settings.backoff, settings.backoff_max);
        let wait = backoff(&mut self.dice, self.failures, first, limit);
        self.failures = self.failures.saturating_add(1);
        self.not_before = now.saturating_add(wait.max(SHORTEST));
        self.fresh = None;
        if names > FEWEST_NAMES {
            self.names = self.names.min(names.div_euclid(2)).max(FEWEST_NAMES);
        }
    }

    /// Begins again with everything.
    pub(super) fn restart(&mut self, now: Time) {
        self.round = Round::default();
        self.is_under_way = false;
        self.not_before = now;
        self.full_at = now;
        self.failures = 0;
    }

    /// When to look again, given when the next topic is to be asked for.
    pub(super) fn next(&self, first_ask: Option<Time>) -> Option<Time> {
        if self.is_under_way {
            return None;
        }
        let asked = if self.round.is_empty() && !self.round.is_open {
            first_ask.map_or(self.full_at, |ask| ask.min(self.full_at)).max(self.not_before)
        } else {
            self.not_before
        };
        Some(self.fresh.map_or(asked, |fresh| fresh.min(asked)))
    }
}

impl Round {
    pub(super) fn is_empty(&self) -> bool {
        self.creating.is_empty() && self.plain.is_empty()
    }

    /// The topics that are asked for next, and whether they may be created.
    pub(super) fn next(&mut self) -> (&mut VecDeque<TopicRef>, bool) {
        if self.creating.is_empty() { (&mut self.plain, false) } else { (&mut self.creating, true) }
    }

    pub(super) fn queue(&mut self, creates: bool) -> &mut VecDeque<TopicRef> {
        if creates { &mut self.creating } else { &mut self.plain }
    }
}
