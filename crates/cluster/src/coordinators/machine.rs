//! The machine: what to look up when, and what an answer means.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use klamm_protocol::frame::ResponseFrame;
use klamm_wire::{DecodeError, ErrorCode, NodeId, Time};

use super::lookup::{Kind, Lookup, Verdict};
use crate::address::HostPort;
use crate::dice::{Dice, backoff};
use crate::request::CoordinatorKey;

/// How many keys one request asks for at most.
const MAX_KEYS: usize = 100;
/// The shortest wait: without one, settings of zero would spin.
const SHORTEST: Duration = Duration::from_millis(1);

/// The coordinators that are known or being looked for.
///
/// What is [due](Self::due) is sent to any broker and comes back with its
/// [answer](Self::answered) or as [lost](Self::lost); of each kind of key at most one request is
/// under way. What came of it is [told](Self::poll) once. A look-up is repeated, after a wait
/// that grows, until there is an answer, a refusal, or no wish; whoever wishes keeps the deadline.
#[derive(Debug)]
pub struct Coordinators {
    backoff: Duration,
    backoff_max: Duration,
    dice: Dice,
    entries: BTreeMap<CoordinatorKey, Entry>,
    /// The request that is under way, by kind.
    under_way: BTreeMap<Kind, u64>,
    last_number: u64,
    /// Whether a request for many was lost, perhaps to a broker that is too old for it.
    wary: bool,
    /// Not yet taken; at most one of each key.
    found: VecDeque<Found>,
}

/// What is known of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    /// It is to be looked for.
    Wanted { at: Time, tries: u32 },
    /// A request asks for it.
    Asked { number: u64, since: Time, tries: u32 },
    /// The answer, and when it may be doubted at the earliest.
    Known { node: NodeId, stable: Time },
    /// The answer was wrong; the same broker may give it again at once, so it rests.
    Forgotten { until: Time },
}

/// What became of a wish; each change is told once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The coordinator, and where it is.
    At {
        /// Whose.
        key: CoordinatorKey,
        /// The broker.
        node: NodeId,
        /// Its address.
        host: HostPort,
    },
    /// There will be none: asking again cannot help. The wish is over.
    Refused {
        /// Whose.
        key: CoordinatorKey,
        /// What the broker said.
        code: ErrorCode,
    },
}

impl Found {
    /// Whose coordinator it is about.
    pub fn key(&self) -> &CoordinatorKey {
        match self {
            Self::At { key, .. } | Self::Refused { key, .. } => key,
        }
    }
}

impl Coordinators {
    /// Knows none. Tries are repeated after a wait that doubles from `backoff` to `backoff_max`.
    pub fn new(backoff: Duration, backoff_max: Duration, seed: u64) -> Self {
        Self {
            backoff,
            backoff_max,
            dice: Dice::new(seed),
            entries: BTreeMap::new(),
            under_way: BTreeMap::new(),
            last_number: 0,
            wary: false,
            found: VecDeque::new(),
        }
    }

    /// The coordinator, if it is known; else it is looked for until an answer, a refusal, or
    /// nobody [wants](Self::unwant) it any more.
    ///
    /// One that was [forgotten](Self::forget) right after it was found is looked for after a wait.
    pub fn want(&mut self, now: Time, key: &CoordinatorKey) -> Option<NodeId> {
        self.wake_forgotten(now);
        let at = match self.entries.get(key) {
            Some(Entry::Known { node, .. }) => return Some(*node),
            Some(Entry::Wanted { .. } | Entry::Asked { .. }) => return None,
            Some(Entry::Forgotten { until }) => *until,
            None => now,
        };
        self.entries.insert(key.clone(), Entry::Wanted { at, tries: 0 });
        None
    }

    /// The coordinator, if it is known.
    pub fn known(&self, key: &CoordinatorKey) -> Option<NodeId> {
        match self.entries.get(key) {
            Some(Entry::Known { node, .. }) => Some(*node),
            Some(Entry::Wanted { .. } | Entry::Asked { .. } | Entry::Forgotten { .. }) | None => {
                None
            }
        }
    }

    /// Nobody waits for it any more: it is no longer looked for. What is known stays known.
    pub fn unwant(&mut self, key: &CoordinatorKey) {
        if matches!(self.entries.get(key), Some(Entry::Wanted { .. } | Entry::Asked { .. })) {
            self.entries.remove(key);
        }
    }

    /// It is not, or no longer, the coordinator; an answer that is under way may be as old as this
    /// news, and is not believed.
    pub fn forget(&mut self, key: &CoordinatorKey) {
        self.found.retain(|found| found.key() != key || matches!(found, Found::Refused { .. }));
        if let Some(entry) = self.entries.get_mut(key) {
            entry.forget();
        }
    }

    /// A broker is gone: it coordinates nothing.
    pub fn forget_node(&mut self, gone: NodeId) {
        self.found.retain(|found| !matches!(found, Found::At { node, .. } if *node == gone));
        let its = |entry: &&mut Entry| matches!(entry, Entry::Known { node, .. } if *node == gone);
        self.entries.values_mut().filter(its).for_each(Entry::forget);
    }

    /// The request that is due, if one is and none like it is under way: for one key, or for up to
    /// a hundred of a kind where `batches` says that the broker it goes to takes them, as it does
    /// if it speaks version 4.
    pub fn due(&mut self, now: Time, batches: bool) -> Option<Lookup> {
        self.wake_forgotten(now);
        let most = if batches && !self.wary { MAX_KEYS } else { 1 };
        let free = |kind: &Kind| !self.under_way.contains_key(kind);
        let (kind, keys) = Kind::ALL
            .into_iter()
            .filter(free)
            .map(|kind| (kind, self.longest_due(now, kind, most)))
            .find(|(_, keys)| !keys.is_empty())?;
        self.last_number = self.last_number.wrapping_add(1);
        let number = self.last_number;
        for name in &keys {
            if let Some(entry) = self.entries.get_mut(&kind.key(name)) {
                *entry = Entry::Asked { number, since: now, tries: entry.tries() };
            }
        }
        self.under_way.insert(kind, number);
        Some(Lookup { number, kind, keys })
    }

    /// The answer to a request.
    ///
    /// # Errors
    /// When the answer is malformed; the look-up is repeated later.
    pub fn answered(
        &mut self,
        now: Time,
        lookup: Lookup,
        frame: &ResponseFrame,
    ) -> Result<(), DecodeError> {
        let read = lookup.read(frame);
        self.wary &= read.is_err() || !Lookup::shows_batches(frame);
        let (mut verdicts, error) = match read {
            Ok(verdicts) => (verdicts, Ok(())),
            Err(error) => (BTreeMap::new(), Err(error)),
        };
        self.end(now, lookup, |name| verdicts.remove(name).unwrap_or(Verdict::Later));
        error
    }

    /// A request will not be answered, or could not be sent; it is repeated later.
    pub fn lost(&mut self, now: Time, lookup: Lookup) {
        self.wary |= lookup.is_batch();
        self.end(now, lookup, |_| Verdict::Later);
    }

    /// The next thing that was found out.
    pub fn poll(&mut self) -> Option<Found> {
        self.found.pop_front()
    }

    /// When [`due`](Self::due) is to be asked again, if ever: while a request is under way, its
    /// end is what to wait for.
    pub fn next_wake(&self) -> Option<Time> {
        let waiting = |(key, entry): (&CoordinatorKey, &Entry)| match entry {
            Entry::Wanted { at, .. } if !self.under_way.contains_key(&Kind::of(key)) => Some(*at),
            Entry::Wanted { .. }
            | Entry::Asked { .. }
            | Entry::Known { .. }
            | Entry::Forgotten { .. } => None,
        };
        self.entries.iter().filter_map(waiting).min()
    }

    /// Those that have waited longest, in the order of their names.
    fn longest_due(&self, now: Time, kind: Kind, most: usize) -> Vec<String> {
        let waiting = |(key, entry): (&CoordinatorKey, &Entry)| match (key, entry) {
            (CoordinatorKey::Group(name) | CoordinatorKey::Transaction(name), entry) => {
                let at = entry.due_at(now)?;
                (Kind::of(key) == kind).then(|| (at, name.clone()))
            }
        };
        let mut due: Vec<_> = self.entries.iter().filter_map(waiting).collect();
        due.sort_unstable();
        due.truncate(most);
        let mut names: Vec<_> = due.into_iter().map(|(_, name)| name).collect();
        names.sort_unstable();
        names
    }

    /// A request is over. The keys that try again do so together, if they have tried as often.
    fn end(&mut self, now: Time, lookup: Lookup, mut verdict: impl FnMut(&str) -> Verdict) {
        let Lookup { number, kind, keys } = lookup;
        if self.under_way.get(&kind) != Some(&number) {
            return;
        }
        self.under_way.remove(&kind);
        let mut again = BTreeMap::new();
        for name in keys {
            let key = kind.key(&name);
            let Some(tries) = self.entries.get(&key).and_then(|entry| entry.asked_by(number))
            else {
                continue;
            };
            let at = *again.entry(tries).or_insert_with(|| self.later(now, tries));
            self.settle(key, verdict(&name), at, tries);
        }
    }

    fn settle(&mut self, key: CoordinatorKey, verdict: Verdict, later: Time, tries: u32) {
        let (entry, found) = match verdict {
            Verdict::Later => {
                let tries = tries.saturating_add(1);
                self.entries.insert(key, Entry::Wanted { at: later, tries });
                return;
            }
            Verdict::At(node, host) => {
                let entry = Entry::Known { node, stable: later };
                (Some(entry), Found::At { key: key.clone(), node, host })
            }
            Verdict::Refused(code) => (None, Found::Refused { key: key.clone(), code }),
        };
        match entry {
            Some(entry) => self.entries.insert(key.clone(), entry),
            None => self.entries.remove(&key),
        };
        self.found.retain(|found| *found.key() != key);
        self.found.push_back(found);
    }

    fn later(&mut self, now: Time, tries: u32) -> Time {
        let wait = backoff(&mut self.dice, tries, self.backoff, self.backoff_max);
        now.saturating_add(wait.max(SHORTEST))
    }

    /// Drops what was remembered only for a wait that is over.
    fn wake_forgotten(&mut self, now: Time) {
        let over = |entry: &Entry| matches!(entry, Entry::Forgotten { until } if *until <= now);
        self.entries.retain(|_, entry| !over(entry));
    }
}

impl Entry {
    fn forget(&mut self) {
        *self = match *self {
            Self::Known { stable, .. } => Self::Forgotten { until: stable },
            Self::Asked { since, tries, .. } => Self::Wanted { at: since, tries },
            Self::Wanted { .. } | Self::Forgotten { .. } => return,
        };
    }

    /// How often it was tried before, if it waits for the answer to this request.
    fn asked_by(&self, request: u64) -> Option<u32> {
        match self {
            Self::Asked { number, tries, .. } if *number == request => Some(*tries),
            Self::Wanted { .. }
            | Self::Asked { .. }
            | Self::Known { .. }
            | Self::Forgotten { .. } => None,
        }
    }

    fn tries(&self) -> u32 {
        match self {
            Self::Wanted { tries, .. } | Self::Asked { tries, .. } => *tries,
            Self::Known { .. } | Self::Forgotten { .. } => 0,
        }
    }

    fn due_at(&self, now: Time) -> Option<Time> {
        match self {
            Self::Wanted { at, .. } if *at <= now => Some(*at),
            Self::Wanted { .. }
            | Self::Asked { .. }
            | Self::Known { .. }
            | Self::Forgotten { .. } => None,
        }
    }
}
