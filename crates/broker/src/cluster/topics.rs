//! The controller's picture: which topics there are, and who holds which partition.

mod names;
mod placement;

use std::collections::BTreeMap;

use klamm_wire::{ErrorCode, NodeId, PartitionIndex, TopicId, Uuid};

use super::partition::Partition;
use crate::group::TopicNames;
use crate::topic::{Spoken, TopicSettings};

pub(crate) use names::{is_valid_name, name_fault};
pub(crate) use placement::{Ground, Layout};

/// One topic.
pub(crate) struct Topic {
    pub(crate) id: TopicId,
    pub(crate) settings: TopicSettings,
    /// The settings that were given to this topic by name.
    pub(crate) spoken: Spoken,
    pub(crate) partitions: Vec<Partition>,
}

/// Why something cannot be done with a topic, for programs and for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: ErrorCode,
    /// Where there is nothing to add, Kafka says nothing.
    pub(crate) text: Option<String>,
}

impl Refusal {
    pub(crate) fn new(code: ErrorCode, text: impl Into<String>) -> Self {
        Self { code, text: Some(text.into()) }
    }
}

/// The topics of a cluster.
pub(crate) struct Topics {
    by_name: BTreeMap<String, Topic>,
    names: BTreeMap<TopicId, String>,
    ids: Ids,
    /// Where the first partition of the next topic goes.
    next_node: usize,
    partitions_max: usize,
}

impl Topics {
    pub(crate) fn new(seed: u64, partitions_max: usize) -> Self {
        let (by_name, names) = (BTreeMap::new(), BTreeMap::new());
        Self { by_name, names, ids: Ids(seed), next_node: 0, partitions_max }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Topic> {
        self.by_name.get(name)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Topic> {
        self.by_name.get_mut(name)
    }

    pub(crate) fn name_of(&self, id: TopicId) -> Option<&str> {
        self.names.get(&id).map(String::as_str)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Topic)> {
        self.by_name.iter().map(|(name, topic)| (name.as_str(), topic))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Topic)> {
        self.by_name.iter_mut().map(|(name, topic)| (name.as_str(), topic))
    }

    /// Whether there is such a partition.
    pub(crate) fn has(&self, name: &str, partition: i32) -> bool {
        self.partition(name, PartitionIndex(partition)).is_some()
    }

    pub(crate) fn partition(&self, name: &str, index: PartitionIndex) -> Option<&Partition> {
        self.get(name)?.partition(index)
    }

    pub(crate) fn partition_mut(
        &mut self,
        name: &str,
        index: PartitionIndex,
    ) -> Option<&mut Partition> {
        self.get_mut(name)?.partition_mut(index).map(|(partition, _)| partition)
    }

    /// Creates a topic on the nodes given, all of which are up.
    pub(crate) fn create(
        &mut self,
        name: &str,
        settings: TopicSettings,
        layout: Layout,
        nodes: &[NodeId],
    ) -> Result<TopicId, ErrorCode> {
        let ground = Ground { live: nodes, all: nodes };
        self.check_name(name).map_err(|refusal| refusal.code)?;
        let replicas = self.place(layout, ground).map_err(|refusal| refusal.code)?;
        let id = self.next_id();
        self.insert((name, id), (settings, Spoken::default()), replicas, nodes);
        Ok(id)
    }

    /// Why no topic of this name can be created, if there is a reason.
    pub(crate) fn check_name(&self, name: &str) -> Result<(), Refusal> {
        let refused = |code, text| Err(Refusal::new(code, text));
        if let Some(fault) = name_fault(name) {
            return refused(ErrorCode::INVALID_TOPIC_EXCEPTION, fault);
        }
        if self.by_name.contains_key(name) {
            let text = format!("Topic '{name}' already exists.");
            return refused(ErrorCode::TOPIC_ALREADY_EXISTS, text);
        }
        match self.collision(name) {
            None => Ok(()),
            Some(other) => refused(
                ErrorCode::INVALID_TOPIC_EXCEPTION,
                format!("Topic '{name}' collides with existing topic: {other}"),
            ),
        }
    }

    /// The id of a topic that is yet to be created.
    pub(crate) fn next_id(&mut self) -> TopicId {
        self.ids.next_topic()
    }

    /// Puts a topic there whose name and places were found good.
    pub(crate) fn insert(
        &mut self,
        (name, id): (&str, TopicId),
        (settings, spoken): (TopicSettings, Spoken),
        replicas: Vec<Vec<NodeId>>,
        live: &[NodeId],
    ) {
        let seed = self.ids.next_number();
        let partitions = replicas.into_iter().map(|nodes| begun(nodes, seed, live)).collect();
        self.by_name.insert(name.to_owned(), Topic { id, settings, spoken, partitions });
        self.names.insert(id, name.to_owned());
    }

    /// Adds partitions to a topic, there.
    pub(crate) fn grow(&mut self, name: &str, replicas: Vec<Vec<NodeId>>, live: &[NodeId]) {
        let seed = self.ids.next_number();
        if let Some(topic) = self.get_mut(name) {
            let more = replicas.into_iter().map(|nodes| begun(nodes, seed, live));
            topic.partitions.extend(more);
        }
    }

    /// Removes a topic; what it was, if it was.
    pub(crate) fn delete(&mut self, name: &str) -> Option<Topic> {
        let topic = self.by_name.remove(name)?;
        self.names.remove(&topic.id);
        Some(topic)
    }
}

/// A new partition: nodes that are up stand before those that are down, which are not in sync.
fn begun(replicas: Vec<NodeId>, seed: u64, live: &[NodeId]) -> Partition {
    let is_live = |node: &NodeId| live.contains(node);
    let (mut order, down): (Vec<_>, Vec<_>) = replicas.into_iter().partition(is_live);
    order.extend(down);
    let mut partition = Partition::new(order, seed);
    partition.in_sync.retain(is_live);
    partition
}

impl TopicNames for Topics {
    fn name(&self, id: TopicId) -> Option<&str> {
        self.name_of(id)
    }

    fn id(&self, name: &str) -> Option<TopicId> {
        self.get(name).map(|topic| topic.id)
    }
}

impl Topic {
    pub(crate) fn partition(&self, index: PartitionIndex) -> Option<&Partition> {
        self.partitions.get(usize::try_from(index.0).ok()?)
    }

    /// A partition, and the settings that all partitions of the topic have.
    pub(crate) fn partition_mut(
        &mut self,
        index: PartitionIndex,
    ) -> Option<(&mut Partition, &TopicSettings)> {
        let partition = self.partitions.get_mut(usize::try_from(index.0).ok()?)?;
        Some((partition, &self.settings))
    }

    /// The partitions with their numbers.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (PartitionIndex, &Partition)> {
        (0..).map(PartitionIndex).zip(&self.partitions)
    }
}

/// Draws identifiers from a seed.
struct Ids(u64);

impl Ids {
    /// The next number of the sequence that Steele, Lea and Flood call SplitMix.
    fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn next_topic(&mut self) -> TopicId {
        let (high, low) = (self.next_number(), self.next_number());
        TopicId(Uuid::from_u128((u128::from(high) << 64) | u128::from(low) | 1))
    }
}
