//! The faults that are in force, and how often each has been met.

use std::fmt;

use klamm_protocol::ApiKey;
use klamm_wire::NodeId;

use super::asked::{Asked, Part};
use super::dice::Dice;
use super::fault::{Chance, Fault, Intercept, Place, Welcome, When, Withhold};

/// The name of a fault that was injected, never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaultId(u64);

/// A condition of the caller's own.
pub(crate) type Predicate = Box<dyn FnMut(&Asked) -> bool + Send>;

/// The faults that are in force, in the order in which they were injected.
///
/// A request meets them in that order at each place, and the first that hits ends the search:
/// those behind it have not seen the request. Only error codes of Produce and Fetch let it go on,
/// since the next one may mean another partition.
#[derive(Debug)]
pub(crate) struct Script {
    dice: Dice,
    last_id: u64,
    entries: Vec<Entry>,
}

struct Entry {
    id: FaultId,
    fault: Fault,
    predicate: Option<Predicate>,
    /// How many requests have fitted.
    seen: u64,
    /// How many were hit. At most `fault.when.times`.
    fired: u64,
    dice: Dice,
}

/// Where in its course a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Accept,
    Receipt,
    Before,
    After,
    Answering,
    Answered,
}

/// A fault that hits a request, and the partitions of it that are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) place: Place,
    pub(crate) parts: Vec<Part>,
}

impl Script {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed), last_id: 0, entries: Vec::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn inject(&mut self, fault: Fault, predicate: Option<Predicate>) -> FaultId {
        self.last_id = self.last_id.saturating_add(1);
        let id = FaultId(self.last_id);
        let dice = Dice::new(self.dice.number());
        self.entries.push(Entry { id, fault, predicate, seen: 0, fired: 0, dice });
        id
    }

    /// Takes a fault back; how often it has hit.
    pub(crate) fn withdraw(&mut self, id: FaultId) -> u64 {
        let fired = self.fired(id);
        self.entries.retain(|entry| entry.id != id);
        fired
    }

    pub(crate) fn fired(&self, id: FaultId) -> u64 {
        self.entries.iter().find(|entry| entry.id == id).map_or(0, |entry| entry.fired)
    }

    /// What is done to a connection that comes to this node.
    pub(crate) fn welcome(&mut self, node: NodeId) -> Option<Welcome> {
        self.entries.iter_mut().find_map(|entry| entry.welcomes(node))
    }

    /// The faults that hit this request here. `parts` are those that it has at this stage.
    pub(crate) fn hits(&mut self, stage: Stage, asked: &Asked, parts: &[Part]) -> Vec<Hit> {
        let mut hits = Vec::new();
        for entry in &mut self.entries {
            let place = entry.fault.place;
            let Some(parts) = entry.meets(stage, asked, parts) else { continue };
            hits.push(Hit { place, parts });
            if !(asked.has_parts() && place.is_error()) {
                break;
            }
        }
        hits
    }

    /// So many bytes of nonsense.
    pub(crate) fn garbage(&mut self, count: usize) -> Vec<u8> {
        self.dice.bytes(count)
    }
}

impl Entry {
    /// The partitions that are meant, if the request is hit.
    fn meets(&mut self, stage: Stage, asked: &Asked, parts: &[Part]) -> Option<Vec<Part>> {
        let when = &self.fault.when;
        if self.is_spent() || self.fault.place.stage() != stage || !when.fits(asked) {
            return None;
        }
        let meant: Vec<Part> = parts.iter().filter(|part| when.means(part)).cloned().collect();
        let wants_parts = self.fault.wants_parts(asked.api);
        if wants_parts && meant.is_empty() || !self.is_wished(asked) {
            return None;
        }
        self.counts().then_some(meant)
    }

    /// What is done to a connection, if it is hit. Nobody has wishes for what is no request.
    fn welcomes(&mut self, node: NodeId) -> Option<Welcome> {
        let Place::OnAccept(welcome) = self.fault.place else { return None };
        let is_meant = self.fault.when.fits_connection(node) && self.predicate.is_none();
        (is_meant && !self.is_spent() && self.counts()).then_some(welcome)
    }

    fn is_spent(&self) -> bool {
        self.fault.when.times.is_some_and(|times| self.fired >= times)
    }

    fn is_wished(&mut self, asked: &Asked) -> bool {
        self.predicate.as_mut().is_none_or(|predicate| predicate(asked))
    }

    /// Counts a request that fits; whether it is one of those that are hit.
    fn counts(&mut self) -> bool {
        let When { skip, every, chance, .. } = self.fault.when;
        let nth = self.seen.checked_sub(skip);
        self.seen = self.seen.saturating_add(1);
        let is_due = nth.is_some_and(|nth| nth % every == 0);
        let is_hit = is_due && (chance == Chance::ALWAYS || self.dice.hits(chance.as_millionths()));
        self.fired = self.fired.saturating_add(u64::from(is_hit));
        is_hit
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` seen {} fired {}", self.fault, self.seen, self.fired)
    }
}

impl Fault {
    /// Whether it hits only requests with a partition that is meant.
    fn wants_parts(&self, api: ApiKey) -> bool {
        let is_named = self.when.topic.is_some() || self.when.partition.is_some();
        let is_append = matches!(self.place.stage(), Stage::Before | Stage::After);
        let is_disk = matches!(self.place, Place::AfterAppend(Withhold::SlowDisk(_)));
        is_named || is_disk || is_append && api == ApiKey::Produce
    }
}

impl When {
    fn fits(&self, asked: &Asked) -> bool {
        self.api.is_none_or(|api| api == asked.api)
            && self.above.is_none_or(|version| asked.version > version)
            && self.node.is_none_or(|node| node == asked.node)
            && self.client.as_ref().is_none_or(|client| *client == asked.client_id)
    }

    /// Whether a connection to this node fits, which has sent nothing.
    fn fits_connection(&self, node: NodeId) -> bool {
        !self.is_of_requests() && self.node.is_none_or(|meant| meant == node)
    }

    /// Whether it says more than what a connection has before any request.
    pub(super) fn is_of_requests(&self) -> bool {
        let Self { api, above, client, topic, partition, .. } = self;
        api.is_some()
            || above.is_some()
            || client.is_some()
            || topic.is_some()
            || partition.is_some()
    }

    fn means(&self, part: &Part) -> bool {
        self.topic.as_ref().is_none_or(|topic| *topic == part.topic)
            && self.partition.is_none_or(|index| index == part.index)
    }
}

impl Place {
    pub(crate) const fn stage(self) -> Stage {
        match self {
            Self::OnAccept(_) => Stage::Accept,
            Self::OnReceipt(_) => Stage::Receipt,
            Self::BeforeAppend(_) => Stage::Before,
            Self::AfterAppend(_) => Stage::After,
            Self::Answering(_) => Stage::Answering,
            Self::AfterAnswer(_) => Stage::Answered,
        }
    }

    const fn is_error(self) -> bool {
        matches!(
            self,
            Self::OnReceipt(Intercept::Error(_))
                | Self::BeforeAppend(Intercept::Error(_))
                | Self::AfterAppend(Withhold::Error(_))
        )
    }
}
