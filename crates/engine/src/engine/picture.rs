//! What is seen of topics: who leads them, how many partitions they have, which of them are new.
//!
//! An event says what changed; what is done goes by the picture as it is, so that one which is
//! heard late does no harm.

use klamm_batching::Generation;
use klamm_batching::names::Part;
use klamm_cluster::dial::Target;
use klamm_cluster::metadata::{Event, Gone, LeaderAt, Topic, TopicRef};
use klamm_idempotence::{Input, Leader};
use klamm_wire::{Now, PartitionIndex, TopicId};

use super::Engine;
use crate::failure::TopicError;
use crate::loads;
use crate::parts::Partition;

impl Engine {
    /// Takes in a change of the picture.
    pub(super) fn see(&mut self, now: Now, event: &Event) {
        match event {
            Event::TopicKnown { topic, .. }
            | Event::TopicRecreated { topic, .. }
            | Event::PartitionsAdded { topic, .. }
            | Event::PartitionsGone { topic, .. }
            | Event::TopicIdLearnt { topic, .. } => self.see_topic(now, *topic),
            Event::TopicGone { topic, why } => self.see_gone(now, *topic, *why),
            Event::Leader { topic, partition, .. } => self.see_leader(now, *topic, *partition),
            Event::BrokerGone(node) => {
                self.desk.trouble.gone(Target::Node(*node));
                // It is dialled no more, which nobody else says: who comes back is asked for anew.
                self.tell(now, Input::DialFailed { node: *node });
            }
            Event::BrokerAt { .. } | Event::RebootstrapRequired => {}
            _ => {}
        }
    }

    /// A topic is there.
    fn see_topic(&mut self, now: Now, at: TopicRef) {
        let Some(known) = self.cluster.metadata().topic(at) else { return };
        let (id, count) = (known.id(), known.partitions().len());
        let Some(entry) = self.topics.get_mut(at).filter(|_| count > 0) else { return };
        let is_another = entry.id != TopicId::ZERO && id != TopicId::ZERO && entry.id != id;
        entry.gone = None;
        if id != TopicId::ZERO {
            entry.id = id;
        }
        let before = std::mem::replace(&mut entry.count, count);
        if is_another {
            self.renew(now, at);
        }
        self.grow(at, count);
        if count < before {
            self.see_shrunk(now, at, count);
        }
        self.topics.change(at);
        if is_another {
            // Appenders must choose again, and have nothing to choose from before this.
            self.publish(now);
        }
    }

    /// Another topic of the same name: nothing more goes into batches for the old one, and all of
    /// those are announced before the state machine hears of the new one.
    fn renew(&mut self, now: Now, at: TopicRef) {
        let Some(entry) = self.topics.get_mut(at) else { return };
        tracing::warn!(target: "klamm::metadata", topic = &*entry.name, "made anew");
        entry.generation = Generation(entry.generation.0.wrapping_add(1));
        let (generation, parts) = (entry.generation, entry.parts.clone());
        for part in parts {
            if let Some(partition) = self.parts.get(part) {
                partition.slot.renew(generation);
                self.read_slot(now, part);
            }
        }
    }

    /// Makes slots for partitions that have none.
    fn grow(&mut self, at: TopicRef, count: usize) {
        let Some(entry) = self.topics.get_mut(at) else { return };
        while entry.parts.len() < count {
            let Ok(index) = i32::try_from(entry.parts.len()) else { return };
            let (index, part) = (PartitionIndex(index), self.parts.next_number());
            let slot = self.accumulator.slot(&entry.topic, index, Part(part), entry.generation);
            self.parts.push(slot, at, index);
            entry.parts.push(part);
        }
    }

    /// Partitions from there on are gone.
    fn see_shrunk(&mut self, now: Now, at: TopicRef, count: usize) {
        let Some(entry) = self.topics.get(at) else { return };
        let gone: Vec<u32> = entry.parts.iter().skip(count).copied().collect();
        for part in gone {
            self.tell_leader(now, part, TopicId::ZERO, Leader::Gone);
        }
    }

    /// A topic is not there, or nobody used it for so long that the picture forgot it.
    fn see_gone(&mut self, now: Now, at: TopicRef, why: Gone) {
        let Some(entry) = self.topics.get_mut(at) else { return };
        tracing::info!(target: "klamm::metadata", topic = &*entry.name, ?why, "gone");
        entry.gone = Some(why);
        if why == Gone::Idle {
            let parts = entry.parts.clone();
            let is_used = |part: &u32| self.parts.get(*part).is_some_and(Partition::has_batches);
            if parts.iter().any(is_used) {
                self.use_topic(now, at);
            }
            return;
        }
        entry.count = 0;
        entry.tell(&Err(TopicError::Gone(why)));
        for part in entry.parts.clone() {
            self.tell_leader(now, part, TopicId::ZERO, Leader::Missing);
        }
        self.topics.change(at);
    }

    /// Weighs the partitions of topics whose queues changed.
    pub(super) fn weigh(&mut self, now: Now) {
        let settings = self.accumulator.settings();
        if !settings.adaptive {
            return;
        }
        for at in self.desk.loads.take(now.mono) {
            let Some(entry) = self.topics.get(at).filter(|entry| entry.count > 1) else { continue };
            let leaders = self.cluster.metadata().topic(at).map_or(&[][..], Topic::partitions);
            let led = |index: usize| leaders.get(index).is_some_and(|one| one.leader.is_some());
            let patience = (now.mono, self.settings.slow_after);
            let parts = entry.parts.iter().take(entry.count).enumerate();
            let all: Vec<Option<usize>> = parts
                .map(|(index, part)| loads::load(self.parts.get(*part)?, led(index), patience))
                .collect();
            let weights = loads::weights(&all);
            if let Some(entry) = self.topics.get_mut(at).filter(|entry| entry.weights != weights) {
                entry.weights = weights;
                self.topics.change(at);
            }
        }
    }

    /// Who leads a partition may have changed.
    fn see_leader(&mut self, now: Now, at: TopicRef, index: PartitionIndex) {
        let Some(known) = self.cluster.metadata().topic(at) else { return };
        let Some(entry) = self.topics.get(at).filter(|entry| entry.is_known()) else { return };
        let part = usize::try_from(index.0).ok().and_then(|index| entry.parts.get(index));
        let Some(part) = part.copied() else { return };
        let (id, leader) = (known.id(), known.leader(index));
        let leader =
            leader.map_or(Leader::Nobody, |LeaderAt { node, epoch }| Leader::At { node, epoch });
        self.topics.change(at);
        self.tell_leader(now, part, id, leader);
    }

    fn tell_leader(&mut self, now: Now, part: u32, topic: TopicId, leader: Leader) {
        self.tell(now, Input::Leader { part: klamm_idempotence::Part(part), topic, leader });
        self.pulls.look(part);
    }
}
