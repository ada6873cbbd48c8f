//! Which topics are wanted, since when they are missed, and when to ask for each again.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::Arc;
use std::time::Duration;

use klamm_wire::{ErrorCode, Time};

use super::event::Gone;
use super::topic::TopicRef;

/// What is wanted of one topic.
#[derive(Debug, Default)]
pub(super) struct Interest {
    pub(super) is_wanted: bool,
    /// It may be created by being asked for: it was not known since somebody wanted it.
    pub(super) may_create: bool,
    /// Why its waiters were told that it is gone, if they were.
    pub(super) told: Option<Gone>,
    /// When it was used last.
    pub(super) touched: Time,
    missing: Option<Missing>,
    /// Since when it has been smaller than it was.
    pub(super) short_since: Option<Time>,
    /// When it is to be asked for. In `Interests::asking` as well.
    ask_at: Option<Time>,
    /// Answers in a row that changed nothing.
    pub(super) tries: u32,
    /// Before this, asking again is of no use.
    pub(super) not_before: Time,
    /// It waits in the round at hand.
    pub(super) is_queued: bool,
    /// The last query that asked for it, and the last one that was answered about it.
    pub(super) asked: u64,
    pub(super) answered: u64,
}

/// A topic that is missing, and waited for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Missing {
    /// The end of the wait.
    pub(super) until: Time,
    /// What was last said of it.
    pub(super) code: ErrorCode,
}

/// What is wanted of all topics.
#[derive(Debug, Default)]
pub(super) struct Interests {
    /// Looked up and never walked through. The names are our own caller's: nobody else can choose
    /// some that collide, and so the hasher needs no secret.
    names: HashMap<Arc<str>, TopicRef, BuildHasherDefault<DefaultHasher>>,
    /// By reference.
    of: Vec<Interest>,
    /// Topics to ask for apart from their age, by the time from which to ask.
    asking: BTreeSet<(Time, TopicRef)>,
    /// Topics that are missing, by the end of the wait for them.
    missing: BTreeSet<(Time, TopicRef)>,
}

impl Interest {
    pub(super) fn is_missing(&self) -> bool {
        self.missing.is_some()
    }

    pub(super) fn is_idle(&self, now: Time, most: Duration) -> bool {
        now.saturating_duration_since(self.touched) >= most
    }

    /// How an answer went, and the wait before the next one.
    pub(super) fn pace(&mut self, now: Time, changed: bool, wait: impl FnOnce(u32) -> Duration) {
        self.tries = if changed { 0 } else { self.tries.saturating_add(1) };
        self.not_before = now.saturating_add(wait(self.tries.saturating_sub(1)));
    }
}

impl Interests {
    pub(super) fn named(&self, name: &str) -> Option<TopicRef> {
        self.names.get(name).copied()
    }

    /// A place for a name that has none.
    pub(super) fn add(&mut self, name: &Arc<str>) -> TopicRef {
        let at = TopicRef(u32::try_from(self.of.len()).unwrap_or(u32::MAX));
        self.names.insert(Arc::clone(name), at);
        self.of.push(Interest::default());
        at
    }

    pub(super) fn get_mut(&mut self, at: TopicRef) -> Option<&mut Interest> {
        self.of.get_mut(usize::try_from(at.0).ok()?)
    }

    pub(super) fn wanted(&mut self, at: TopicRef) -> Option<&mut Interest> {
        self.get_mut(at).filter(|interest| interest.is_wanted)
    }

    pub(super) fn all_wanted(&self) -> Vec<TopicRef> {
        let refs = (0..).map(TopicRef).zip(&self.of);
        refs.filter(|(_, one)| one.is_wanted).map(|(at, _)| at).collect()
    }

    /// Asks for a topic, at this time or at an earlier one that was said before.
    pub(super) fn ask(&mut self, at: TopicRef, when: Time) {
        let index = usize::try_from(at.0).ok();
        let Some(interest) = index.and_then(|index| self.of.get_mut(index)) else { return };
        match interest.ask_at {
            Some(earlier) if earlier <= when => return,
            Some(later) => self.asking.remove(&(later, at)),
            None => false,
        };
        interest.ask_at = Some(when);
        self.asking.insert((when, at));
    }

    pub(super) fn ask_no_more(&mut self, at: TopicRef) {
        if let Some(when) = self.get_mut(at).and_then(|interest| interest.ask_at.take()) {
            self.asking.remove(&(when, at));
        }
    }

    /// When the next topic is to be asked for.
    pub(super) fn first_ask(&self) -> Option<Time> {
        self.asking.first().map(|(when, _)| *when)
    }

    /// The next topic that is to be asked for by now, which is thereby taken out.
    pub(super) fn next_ask(&mut self, now: Time) -> Option<TopicRef> {
        let (when, at) = self.asking.first().copied()?;
        (when <= now).then(|| self.ask_no_more(at))?;
        Some(at)
    }

    /// The topic is missing; the wait ends then, unless it runs already.
    pub(super) fn miss(&mut self, at: TopicRef, missing: Missing) {
        let index = usize::try_from(at.0).ok();
        let Some(interest) = index.and_then(|index| self.of.get_mut(index)) else { return };
        if let Some(before) = &mut interest.missing {
            before.code = missing.code;
        } else {
            interest.missing = Some(missing);
            self.missing.insert((missing.until, at));
        }
    }

    /// What was last said of a topic that is missing.
    pub(super) fn missed(&self, at: TopicRef) -> Option<ErrorCode> {
        self.of.get(usize::try_from(at.0).ok()?)?.missing.map(|missing| missing.code)
    }

    pub(super) fn miss_no_more(&mut self, at: TopicRef) {
        if let Some(missing) = self.get_mut(at).and_then(|interest| interest.missing.take()) {
            self.missing.remove(&(missing.until, at));
        }
    }

    /// When the next wait ends.
    pub(super) fn first_end(&self) -> Option<Time> {
        self.missing.first().map(|(until, _)| *until)
    }

    /// The next topic whose wait is over by now.
    pub(super) fn next_end(&mut self, now: Time) -> Option<TopicRef> {
        let (until, at) = self.missing.first().copied()?;
        (until <= now).then(|| self.miss_no_more(at))?;
        Some(at)
    }

    /// No round is at hand in which a topic could wait.
    pub(super) fn clear_round(&mut self) {
        for interest in &mut self.of {
            interest.is_queued = false;
        }
    }

    /// Wants a topic no more.
    pub(super) fn forget(&mut self, at: TopicRef) {
        self.ask_no_more(at);
        self.miss_no_more(at);
        if let Some(interest) = self.get_mut(at) {
            // What is queued is found and passed over by its reference.
            let Interest { is_queued, touched, .. } = *interest;
            *interest = Interest { is_queued, touched, ..Interest::default() };
        }
    }
}
