//! The controller's picture: which topics there are, and who holds which partition.

use std::collections::BTreeMap;

use klamm_wire::{ErrorCode, NodeId, PartitionIndex, TopicId, Uuid};

use super::partition::Partition;
use crate::group::TopicNames;
use crate::topic::TopicSettings;

/// The longest name of a topic.
const NAME_MAX: usize = 249;

/// One topic.
pub(crate) struct Topic {
    pub(crate) id: TopicId,
    pub(crate) settings: TopicSettings,
    pub(crate) partitions: Vec<Partition>,
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

/// How many partitions a topic is to have, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Layout {
    /// So many, spread over the nodes.
    Spread { partitions: i32, replication: i16 },
    /// Exactly there: the replicas of each partition, the preferred leader first.
    Assigned(Vec<Vec<NodeId>>),
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
        self.get_mut(name)?.partitions.get_mut(usize::try_from(index.0).ok()?)
    }

    /// Creates a topic on the nodes given.
    pub(crate) fn create(
        &mut self,
        name: &str,
        settings: TopicSettings,
        layout: Layout,
        nodes: &[NodeId],
    ) -> Result<TopicId, ErrorCode> {
        self.check_name(name)?;
        let replicas = self.place(layout, nodes)?;
        self.check_room(replicas.len())?;
        let id = self.ids.next_topic();
        let seed = self.ids.next_number();
        let partitions = replicas.into_iter().map(|nodes| Partition::new(nodes, seed)).collect();
        self.by_name.insert(name.to_owned(), Topic { id, settings, partitions });
        self.names.insert(id, name.to_owned());
        Ok(id)
    }

    /// Why no topic of this name can be created, if there is a reason.
    pub(crate) fn check_name(&self, name: &str) -> Result<(), ErrorCode> {
        if self.by_name.contains_key(name) {
            return Err(ErrorCode::TOPIC_ALREADY_EXISTS);
        }
        let collides = |other: &String| other.replace('.', "_") == name.replace('.', "_");
        if !is_valid_name(name) || self.by_name.keys().any(collides) {
            return Err(ErrorCode::INVALID_TOPIC_EXCEPTION);
        }
        Ok(())
    }

    fn check_room(&self, more: usize) -> Result<(), ErrorCode> {
        let held: usize = self.by_name.values().map(|topic| topic.partitions.len()).sum();
        if held.saturating_add(more) > self.partitions_max {
            return Err(ErrorCode::POLICY_VIOLATION);
        }
        Ok(())
    }

    /// Where the partitions of a new topic go.
    pub(crate) fn place(
        &mut self,
        layout: Layout,
        nodes: &[NodeId],
    ) -> Result<Vec<Vec<NodeId>>, ErrorCode> {
        match layout {
            Layout::Assigned(replicas) => Ok(replicas),
            Layout::Spread { partitions, replication } => {
                let (count, copies) = checked_counts(partitions, replication, nodes.len())?;
                if count > self.partitions_max {
                    return Err(ErrorCode::POLICY_VIOLATION);
                }
                let first = self.next_node;
                self.next_node = first.wrapping_add(1);
                Ok((0..count).map(|n| ring(nodes, first.wrapping_add(n), copies)).collect())
            }
        }
    }

    /// Adds partitions to a topic, up to `count`.
    pub(crate) fn grow(&mut self, name: &str, replicas: Vec<Vec<NodeId>>) -> Result<(), ErrorCode> {
        self.check_room(replicas.len())?;
        let seed = self.ids.next_number();
        let topic = self.get_mut(name).ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
        topic.partitions.extend(replicas.into_iter().map(|nodes| Partition::new(nodes, seed)));
        Ok(())
    }

    pub(crate) fn delete(&mut self, name: &str) -> Result<(), ErrorCode> {
        let topic = self.by_name.remove(name).ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
        self.names.remove(&topic.id);
        Ok(())
    }
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

    /// The partitions with their numbers.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (PartitionIndex, &Partition)> {
        (0..).map(PartitionIndex).zip(&self.partitions)
    }
}

/// Whether Kafka takes this for the name of a topic.
pub(crate) fn is_valid_name(name: &str) -> bool {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let is_dots = matches!(name, "." | "..");
    !name.is_empty() && name.len() <= NAME_MAX && !is_dots && name.bytes().all(is_legal)
}

fn checked_counts(
    partitions: i32,
    replication: i16,
    nodes: usize,
) -> Result<(usize, usize), ErrorCode> {
    let count = usize::try_from(partitions).ok().filter(|count| *count > 0);
    let copies = usize::try_from(replication).ok().filter(|copies| (1..=nodes).contains(copies));
    Ok((
        count.ok_or(ErrorCode::INVALID_PARTITIONS)?,
        copies.ok_or(ErrorCode::INVALID_REPLICATION_FACTOR)?,
    ))
}

/// `count` nodes, beginning with the one at `first`, around the ring.
fn ring(nodes: &[NodeId], first: usize, count: usize) -> Vec<NodeId> {
    let skipped = first.checked_rem(nodes.len()).unwrap_or(0);
    nodes.iter().copied().cycle().skip(skipped).take(count.min(nodes.len())).collect()
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
