//! The topics that somebody wanted, who waits for them, and what appenders are shown.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use klamm_batching::topic::PartitionView;
use klamm_batching::{Generation, TopicView};
use klamm_cluster::metadata::{self, Gone, TopicRef};
use klamm_wire::{Time, TopicId};

use crate::Topic;
use crate::call::Reply;
use crate::failure::{Failure, TopicError};
use crate::metrics::Slot;
use crate::parts::Parts;

/// What is answered to who wants a topic.
pub(crate) type Wanted = Reply<Result<Arc<Topic>, TopicError>>;

/// The topics that somebody wanted.
#[derive(Default)]
pub(crate) struct Topics {
    all: BTreeMap<TopicRef, Entry>,
    /// Whose picture is to be published.
    changed: BTreeSet<TopicRef>,
    /// When somebody has waited long enough; perhaps nobody who still waits.
    earliest: Option<Time>,
}

/// Somebody who waits for a topic.
struct Waiting {
    since: Time,
    deadline: Time,
    wanted: Wanted,
}

/// One topic.
pub(crate) struct Entry {
    pub(crate) topic: Arc<Topic>,
    pub(crate) name: Arc<str>,
    /// Where its numbers go.
    pub(crate) meter: Slot,
    pub(crate) id: TopicId,
    pub(crate) generation: Generation,
    /// Its partitions' numbers; those that are gone stay, behind the others.
    pub(crate) parts: Vec<u32>,
    /// How many partitions there are; 0 while it is not known.
    pub(crate) count: usize,
    /// Why it is not there, if that is known.
    pub(crate) gone: Option<Gone>,
    pub(crate) weights: Vec<u32>,
    waiting: Vec<Waiting>,
}

impl Topics {
    pub(crate) fn get(&self, topic: TopicRef) -> Option<&Entry> {
        self.all.get(&topic)
    }

    pub(crate) fn get_mut(&mut self, topic: TopicRef) -> Option<&mut Entry> {
        self.all.get_mut(&topic)
    }

    /// The place of a topic, made if there is none.
    pub(crate) fn place(
        &mut self,
        at: TopicRef,
        name: &str,
        make: impl FnOnce(&Arc<str>) -> (Arc<Topic>, Slot),
    ) -> &mut Entry {
        self.all.entry(at).or_insert_with(|| {
            let name = Arc::from(name);
            let (topic, meter) = make(&name);
            Entry::new(topic, name, meter)
        })
    }

    /// What appenders see of a topic is old.
    pub(crate) fn change(&mut self, topic: TopicRef) {
        self.changed.insert(topic);
    }

    /// Shows appenders every topic that changed; whether there was one. Since when those waited who
    /// are told of it goes to `since`.
    pub(crate) fn publish(
        &mut self,
        (picture, parts): (&metadata::Metadata, &Parts),
        mut since: impl FnMut(Time),
    ) -> bool {
        let changed = std::mem::take(&mut self.changed);
        for at in &changed {
            if let Some(entry) = self.all.get_mut(at) {
                if entry.is_known() {
                    entry.waiting.iter().for_each(|one| since(one.since));
                }
                entry.publish(picture.topic(*at), parts);
            }
        }
        !changed.is_empty()
    }

    /// Those who waited until now, and for what.
    pub(crate) fn overdue(&mut self, now: Time) -> Vec<(TopicRef, Wanted)> {
        if self.earliest.is_none_or(|earliest| earliest > now) {
            return Vec::new();
        }
        let over = self.all.iter_mut().flat_map(|(at, entry)| {
            let over = entry.waiting.extract_if(.., |one| one.deadline <= now);
            over.map(|one| (*at, one.wanted))
        });
        let over = over.collect();
        let waiting = self.all.values().flat_map(|entry| &entry.waiting);
        self.earliest = waiting.map(|one| one.deadline).min();
        over
    }

    /// Everybody who waits.
    pub(crate) fn give_up(&mut self) -> Vec<Wanted> {
        let waiting = self.all.values_mut().flat_map(|entry| entry.waiting.drain(..));
        waiting.map(|one| one.wanted).collect()
    }

    /// Somebody waits for a topic.
    pub(crate) fn wait(&mut self, at: TopicRef, (since, deadline): (Time, Time), wanted: Wanted) {
        if let Some(entry) = self.all.get_mut(&at) {
            entry.waiting.push(Waiting { since, deadline, wanted });
            let earliest = self.earliest.unwrap_or(deadline);
            self.earliest = Some(earliest.min(deadline));
        }
    }

    /// When the next one has waited long enough.
    pub(crate) const fn next_wake(&self) -> Option<Time> {
        self.earliest
    }
}

impl Entry {
    fn new(topic: Arc<Topic>, name: Arc<str>, meter: Slot) -> Self {
        Self {
            topic,
            name,
            meter,
            id: TopicId::ZERO,
            generation: Generation::default(),
            parts: Vec::new(),
            count: 0,
            gone: None,
            weights: Vec::new(),
            waiting: Vec::new(),
        }
    }

    /// Whether records can be appended to it.
    pub(crate) const fn is_known(&self) -> bool {
        self.count > 0
    }

    /// Tells everybody who waits for it.
    pub(crate) fn tell(&mut self, result: &Result<(), TopicError>) {
        for Waiting { wanted, .. } in self.waiting.drain(..) {
            wanted(result.clone().map(|()| Arc::clone(&self.topic)));
        }
    }

    /// Shows appenders what is known, and then tells those who waited.
    fn publish(&mut self, known: Option<&metadata::Topic>, parts: &Parts) {
        let leaders = known.map_or(&[][..], metadata::Topic::partitions);
        let numbered = self.parts.iter().take(self.count).enumerate();
        let partitions: Vec<PartitionView<Failure>> = numbered
            .filter_map(|(index, part)| {
                let slot = Arc::clone(&parts.get(*part)?.slot);
                let is_available = leaders.get(index).is_some_and(|one| one.leader.is_some());
                Some(PartitionView { slot, is_available })
            })
            .collect();
        let weights =
            if partitions.len() == self.weights.len() { self.weights.clone() } else { Vec::new() };
        self.topic.publish(TopicView {
            generation: self.generation,
            id: self.id,
            partitions,
            weights,
        });
        if self.is_known() {
            self.tell(&Ok(()));
        }
    }
}
