//! What is known: topics, brokers, and the changes that nobody has read.

use std::collections::VecDeque;
use std::sync::Arc;

use klamm_wire::{NodeId, PartitionIndex, TopicId};

use super::brokers::Brokers;
use super::event::{Event, Gone};
use super::machine::Hint;
use super::oddities::{Oddities, count};
use super::topic::{Topic, TopicRef};
use super::{Broker, leaders};

/// What is known.
#[derive(Debug, Default)]
pub(super) struct Picture {
    /// By their references.
    pub(super) topics: Vec<Topic>,
    pub(super) brokers: Brokers,
    pub(super) events: VecDeque<Event>,
    pub(super) oddities: Oddities,
    /// Which partitions of the topic at hand were named; kept for its room.
    pub(super) named: Vec<bool>,
}

impl Picture {
    pub(super) fn topic(&self, at: TopicRef) -> Option<&Topic> {
        self.topics.get(usize::try_from(at.0).ok()?)
    }

    pub(super) fn topic_mut(&mut self, at: TopicRef) -> Option<&mut Topic> {
        self.topics.get_mut(usize::try_from(at.0).ok()?)
    }

    pub(super) fn is_known(&self, at: TopicRef) -> bool {
        self.topic(at).is_some_and(|topic| topic.is_known)
    }

    pub(super) fn name(&self, at: TopicRef) -> Option<Arc<str>> {
        self.topic(at).map(Topic::shared_name)
    }

    /// Makes a topic unknown without a word.
    pub(super) fn hide(&mut self, at: TopicRef) {
        if let Some(topic) = self.topic_mut(at) {
            topic.hide();
        }
    }

    /// Makes a topic unknown, and says so.
    pub(super) fn drop_topic(&mut self, at: TopicRef, why: Gone) {
        self.hide(at);
        self.events.push_back(Event::TopicGone { topic: at, why });
    }

    /// The topics with partitions that one of these brokers leads.
    pub(super) fn led_by<'a>(&'a self, nodes: &'a [NodeId]) -> impl Iterator<Item = TopicRef> + 'a {
        let refs = (0..).map(TopicRef).zip(&self.topics);
        let led = |topic: &Topic| {
            let mut leaders = topic.partitions.iter().filter_map(|one| one.leader);
            leaders.any(|leader| nodes.contains(&leader.node))
        };
        refs.filter(move |(_, topic)| !nodes.is_empty() && led(topic)).map(|(at, _)| at)
    }

    //= M7 what a hint must have to be taken
    /// Takes a hint; false if it is void.
    pub(super) fn hint(&mut self, hint: &Hint, given: &[(NodeId, Broker)]) -> bool {
        let taken = self.try_hint(hint, given).is_some();
        if !taken {
            count(&mut self.oddities.void_hints);
        }
        taken
    }

    fn try_hint(&mut self, hint: &Hint, given: &[(NodeId, Broker)]) -> Option<()> {
        let node = hint.leader.node;
        let given = given.iter().find(|(of, _)| *of == node).map(|(_, broker)| broker);
        let topic = self.topics.get_mut(usize::try_from(hint.topic.0).ok()?)?;
        let is_same = [hint.id, topic.id].contains(&TopicId::ZERO) || hint.id == topic.id;
        if !topic.is_known || !is_same || node.0 < 0 {
            return None;
        }
        if given.is_none() && !self.brokers.contains(node) {
            return None;
        }
        let partition = topic.partitions.get_mut(usize::try_from(hint.partition.0).ok()?)?;
        let mut hinted = partition.clone();
        match leaders::hint(&mut hinted, hint.leader) {
            leaders::News::Old => return None,
            leaders::News::Same => {
                *partition = hinted;
                return Some(());
            }
            leaders::News::Changed => {}
        }
        if let Some(broker) = given
            && !self.brokers.add(node, broker, &mut self.events)
        {
            return None;
        }
        *partition = hinted;
        let (topic, leader) = (hint.topic, Some(hint.leader));
        self.events.push_back(Event::Leader { topic, partition: hint.partition, leader });
        Some(())
    }

    /// Says who leads the partitions from one on.
    pub(super) fn announce_from(&mut self, at: TopicRef, first: usize) {
        let Self { topics, events, .. } = self;
        let topic = usize::try_from(at.0).ok().and_then(|index| topics.get(index));
        let partitions = topic.map_or(&[][..], |topic| &topic.partitions);
        let numbered = (0..).map(PartitionIndex).zip(partitions).skip(first);
        events.extend(numbered.map(|(partition, one)| Event::Leader {
            topic: at,
            partition,
            leader: one.leader,
        }));
    }
}
