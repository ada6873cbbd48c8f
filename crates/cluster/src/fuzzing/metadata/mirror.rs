//! The picture as its events tell it, and what must hold of it.

use std::collections::{BTreeMap, BTreeSet};

use klamm_wire::{NodeId, PartitionIndex, TopicId};

use crate::address::HostPort;
use crate::metadata::{Event, Gone, LeaderAt, Metadata, TopicRef};

/// As many partitions as an answer can make of each that it lists.
const MOST_PER_LISTED: usize = 10;

/// What the events have told.
#[derive(Default)]
pub(super) struct Mirror {
    topics: BTreeMap<TopicRef, Topic>,
    brokers: BTreeMap<NodeId, HostPort>,
    /// The most partitions that an answer listed.
    listed: usize,
    /// The kinds of events that came.
    pub(super) kinds: BTreeSet<&'static str>,
}

/// A topic.
#[derive(Default)]
struct Topic {
    /// `None` while it is not known.
    known: Option<Known>,
    /// Its waiters were told that it is missing.
    is_told: bool,
    /// The id that it had last.
    id: TopicId,
    /// The newest epochs of that id.
    epochs: BTreeMap<PartitionIndex, i32>,
}

struct Known {
    partitions: i32,
    leaders: BTreeMap<PartitionIndex, Option<LeaderAt>>,
}

impl Known {
    fn of(partitions: i32) -> Self {
        Self { partitions, leaders: BTreeMap::new() }
    }
}

impl Mirror {
    pub(super) fn want(&mut self, topic: TopicRef, name: &str) {
        let topic = self.topics.entry(topic).or_default();
        topic.is_told &= name.is_empty();
    }

    pub(super) fn forget(&mut self, topic: TopicRef) {
        if let Some(topic) = self.topics.get_mut(&topic) {
            topic.known = None;
        }
    }

    pub(super) fn list(&mut self, partitions: usize) {
        self.listed = self.listed.max(partitions);
    }

    pub(super) fn see(&mut self, event: Event) {
        self.kinds.insert(kind(&event));
        match event {
            Event::BrokerAt { node, host } => {
                let before = self.brokers.insert(node, host.clone());
                assert_ne!(before, Some(host), "{node} did not move");
            }
            Event::BrokerGone(node) => assert!(self.brokers.remove(&node).is_some()),
            Event::RebootstrapRequired => {}
            Event::TopicKnown { topic, id, partitions } => {
                let topic = self.topics.entry(topic).or_default();
                assert!(topic.known.is_none(), "it is known already");
                topic.is_now(id);
                topic.epochs.retain(|at, _| at.0 < partitions);
                topic.known = Some(Known::of(partitions));
            }
            Event::TopicRecreated { topic, id, partitions } => {
                let topic = self.topics.entry(topic).or_default();
                assert!(topic.id != id && topic.id != TopicId::ZERO && id != TopicId::ZERO);
                topic.is_now(id);
                topic.known = Some(Known::of(partitions));
            }
            Event::TopicIdLearnt { topic, id } => {
                let topic = self.topics.entry(topic).or_default();
                assert!(topic.id == TopicId::ZERO && topic.known.is_some());
                topic.is_now(id);
            }
            Event::TopicGone { topic, why } => {
                let topic = self.topics.entry(topic).or_default();
                assert!(!(topic.is_told && why == Gone::Missing), "it was told already");
                topic.is_told |= why == Gone::Missing;
                topic.known = None;
            }
            Event::PartitionsAdded { topic, partitions } => self.resize(topic, partitions, true),
            Event::PartitionsGone { topic, partitions } => self.resize(topic, partitions, false),
            Event::Leader { topic, partition, leader } => self.lead(topic, partition, leader),
        }
    }

    fn resize(&mut self, topic: TopicRef, partitions: i32, grows: bool) {
        let topic = self.topics.entry(topic).or_default();
        let Some(known) = &mut topic.known else { unreachable!("nobody knows it") };
        assert_eq!(partitions > known.partitions, grows);
        known.partitions = partitions;
        known.leaders.retain(|at, _| at.0 < partitions);
        topic.epochs.retain(|at, _| at.0 < partitions);
    }

    fn lead(&mut self, topic: TopicRef, partition: PartitionIndex, leader: Option<LeaderAt>) {
        let topic = self.topics.entry(topic).or_default();
        let Some(known) = &mut topic.known else { unreachable!("nobody knows it") };
        assert!((0..known.partitions).contains(&partition.0));
        let before = known.leaders.insert(partition, leader);
        assert_ne!(before, Some(leader), "nothing changed");
        let Some(LeaderAt { node, epoch }) = leader else { return };
        assert!(self.brokers.contains_key(&node), "nobody knows where {node} is");
        let newest = topic.epochs.entry(partition).or_insert(epoch);
        assert!(topic.id == TopicId::ZERO || *newest <= epoch, "{epoch} is older than {newest}");
        *newest = epoch;
    }

    /// The picture is what its events have told.
    pub(super) fn check(&self, metadata: &Metadata) {
        let brokers = metadata.brokers().map(|(node, broker)| (node, broker.host.clone()));
        assert_eq!(brokers.collect::<BTreeMap<_, _>>(), self.brokers);
        for (at, mirrored) in &self.topics {
            let Some(topic) = metadata.topic(*at) else { unreachable!("it was wanted") };
            let partitions = topic.partitions();
            assert!(partitions.len() <= self.listed.saturating_mul(MOST_PER_LISTED));
            let Some(known) = &mirrored.known else {
                assert!(partitions.is_empty());
                assert_eq!(topic.leader(PartitionIndex(0)), None);
                continue;
            };
            assert_eq!(topic.id(), mirrored.id);
            assert_eq!(i32::try_from(partitions.len()), Ok(known.partitions));
            let leaders = partitions.iter().map(|partition| Some(partition.leader));
            let told = (0..known.partitions).map(|at| known.leaders.get(&PartitionIndex(at)));
            assert!(leaders.eq(told.map(Option::<&_>::copied)), "{at:?}");
        }
    }
}

impl Topic {
    /// It has this id, and is told from one that had another.
    fn is_now(&mut self, id: TopicId) {
        if self.id != id {
            self.epochs.clear();
        }
        self.id = id;
        self.is_told = false;
    }
}

fn kind(event: &Event) -> &'static str {
    match event {
        Event::BrokerAt { .. } => "BrokerAt",
        Event::BrokerGone(_) => "BrokerGone",
        Event::RebootstrapRequired => "RebootstrapRequired",
        Event::TopicKnown { .. } => "TopicKnown",
        Event::TopicRecreated { .. } => "TopicRecreated",
        Event::TopicIdLearnt { .. } => "TopicIdLearnt",
        Event::TopicGone { why: Gone::Missing, .. } => "Missing",
        Event::TopicGone { why: Gone::Refused(_), .. } => "Refused",
        Event::TopicGone { why: Gone::Idle, .. } => "Idle",
        Event::PartitionsAdded { .. } => "PartitionsAdded",
        Event::PartitionsGone { .. } => "PartitionsGone",
        Event::Leader { leader: Some(_), .. } => "Leader",
        Event::Leader { leader: None, .. } => "Leaderless",
    }
}
