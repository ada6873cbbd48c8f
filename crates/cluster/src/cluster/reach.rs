//! Whom to dial when anybody would do, and when to begin again from the bootstrap servers.

use std::collections::BTreeMap;
use std::time::Duration;

use klamm_wire::Time;

use super::links::Links;
use crate::dial::{Dial, Target};
use crate::failure::ConnFailure;
use crate::metadata::Metadata;

/// What is known of the ways into the cluster.
#[derive(Debug)]
pub(super) struct Reach {
    /// How many bootstrap servers there are.
    bootstrap: u32,
    /// The last failure of each server since it could last be used.
    failed: BTreeMap<Target, ConnFailure>,
    /// Where to begin looking, so that not everybody begins with the same server.
    turn: u64,
    /// Since when the picture is due and could not be had.
    cut_off: Option<Time>,
    /// When a server last said that it does not accept us.
    refused: Time,
    /// Before this, nobody begins again.
    again: Time,
}

/// For how many of the longest waits between dials the picture is left alone when no server accepts
/// us: too many wrong passwords lock an account. Who asks for something does not wait for that.
const REST_FROM_REFUSAL: u32 = 30;

/// So much time passes between two beginnings: each forgets all that is known of who rests, and a
/// cluster of which every part is mad would be dialled without an end.
const BETWEEN_BEGINNINGS: Duration = Duration::from_secs(1);

/// Whom to dial.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// This server.
    Dial(Target),
    /// Nobody now: every server is rested from.
    Rest,
    /// Nobody: every broker that we know failed, so we begin again from the bootstrap servers.
    Rebootstrap,
    /// Nobody: no server accepts us.
    Refused(ConnFailure),
}

impl Reach {
    pub(super) fn new(bootstrap: u32, turn: u64) -> Self {
        Self {
            bootstrap,
            failed: BTreeMap::new(),
            turn,
            cut_off: None,
            refused: Time(0),
            again: Time(0),
        }
    }

    /// The servers that may be dialled when anybody would do.
    fn candidates(&self, metadata: &Metadata) -> Vec<Target> {
        let brokers: Vec<Target> = metadata.brokers().map(|(node, _)| Target::Node(node)).collect();
        if brokers.is_empty() { self.bootstrap_servers().collect() } else { brokers }
    }

    pub(super) fn bootstrap_servers(&self) -> impl Iterator<Item = Target> + use<> {
        (0..self.bootstrap).map(Target::Bootstrap)
    }

    /// Whom to dial. As long as somebody is connected, nobody is insisted upon and nothing begins
    /// again: those who are connected have no room now, and may have some later.
    pub(super) fn way(
        &mut self,
        metadata: &Metadata,
        (dial, links): (&Dial, &Links),
        may_rebootstrap: bool,
    ) -> Way {
        let candidates = self.candidates(metadata);
        let count = u64::try_from(candidates.len()).unwrap_or(u64::MAX);
        let first = self.turn.checked_rem(count).and_then(|first| usize::try_from(first).ok());
        let Some(first) = first else { return Way::Rest };
        let in_turn = || candidates.iter().cycle().skip(first).take(candidates.len()).copied();
        let is_alone = links.is_alone();
        let refused = in_turn().filter_map(|target| self.refusal(target, dial));
        if is_alone
            && refused.clone().count() == candidates.len()
            && let Some(refusal) = refused.last()
        {
            return Way::Refused(refusal.clone());
        }
        let all_failed = in_turn().all(|target| self.failed.contains_key(&target));
        let are_brokers = in_turn().any(|target| matches!(target, Target::Node(_)));
        if is_alone && all_failed && are_brokers && may_rebootstrap {
            return Way::Rebootstrap;
        }
        let may_do = |target: &Target| {
            let refuses = self.failed.get(target).is_some_and(ConnFailure::is_final);
            !links.has(*target) && (is_alone || !refuses)
        };
        let free = in_turn().filter(may_do).find(|target| dial.resting_until(*target).is_none());
        let soonest = in_turn().filter(may_do).min_by_key(|target| dial.resting_until(*target));
        self.turn = self.turn.wrapping_add(1);
        free.or(soonest).map_or(Way::Rest, Way::Dial)
    }

    /// Why a server does not accept us, if that is so. It is asked again when it has been rested
    /// from: somebody may have changed a right in the meantime.
    pub(super) fn refusal(&self, target: Target, dial: &Dial) -> Option<&ConnFailure> {
        let failure = self.failed.get(&target).filter(|failure| failure.is_final())?;
        dial.resting_until(target).map(|_| failure)
    }

    /// The last failure of a server, or of whichever came furthest, for a person who asks why
    /// nothing could be sent.
    pub(super) fn failure(&self, of: Option<Target>) -> Option<&ConnFailure> {
        match of {
            Some(target) => self.failed.get(&target),
            None => self.failed.values().max_by_key(|failure| failure.stage),
        }
    }

    /// Until when nobody is dialled for the picture alone, if no server accepts us.
    pub(super) fn shunned_until(&self, metadata: &Metadata, longest: Duration) -> Option<Time> {
        if self.failed.is_empty() {
            return None;
        }
        let refuses = |target| self.failed.get(&target).is_some_and(ConnFailure::is_final);
        let all_refuse = self.candidates(metadata).into_iter().all(refuses);
        let rest = longest.saturating_mul(REST_FROM_REFUSAL);
        all_refuse.then(|| self.refused.saturating_add(rest))
    }

    /// A server could not be reached.
    pub(super) fn failed(&mut self, now: Time, target: Target, failure: ConnFailure) {
        if failure.is_final() {
            self.refused = now;
        }
        self.failed.insert(target, failure);
    }

    /// A server can be used.
    pub(super) fn ready(&mut self, target: Target) {
        self.failed.remove(&target);
    }

    /// A server is no longer part of anything.
    pub(super) fn removed(&mut self, target: Target) {
        self.failed.remove(&target);
    }

    /// The picture is due and cannot be had.
    pub(super) fn cut_off(&mut self, now: Time) {
        self.cut_off.get_or_insert(now);
    }

    /// The picture was had.
    pub(super) fn in_touch(&mut self) {
        self.cut_off = None;
    }

    /// Everything begins again.
    pub(super) fn begin_again(&mut self, now: Time) {
        self.cut_off = None;
        self.again = now.saturating_add(BETWEEN_BEGINNINGS);
    }

    /// From when on everything may begin again.
    pub(super) const fn again(&self) -> Time {
        self.again
    }

    /// When it will have been cut off for so long.
    pub(super) fn gives_up(&self, trigger: Duration) -> Option<Time> {
        self.cut_off.map(|since| since.saturating_add(trigger).max(self.again))
    }
}
