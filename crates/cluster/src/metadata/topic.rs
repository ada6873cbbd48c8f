//! One topic in the picture.

use klamm_wire::{NodeId, PartitionIndex, TopicId};

/// A topic by its place in the picture: the same for the same name for as long as the picture
/// lives, and never given to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicRef(pub u32);

/// Who leads a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaderAt {
    /// The broker.
    pub node: NodeId,
    /// The generation of its leadership; -1 where the cluster is too old to say.
    pub epoch: i32,
}

/// A partition in the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// Who leads it; `None` while nobody does.
    pub leader: Option<LeaderAt>,
}

/// A topic in the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    name: String,
    id: TopicId,
    partitions: Vec<Partition>,
}

impl Topic {
    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id; all zeros where the cluster has none, or has not said.
    pub fn id(&self) -> TopicId {
        self.id
    }

    /// The partitions, by their number; none while the topic is not known.
    pub fn partitions(&self) -> &[Partition] {
        &self.partitions
    }

    /// Who leads a partition.
    pub fn leader(&self, partition: PartitionIndex) -> Option<LeaderAt> {
        self.partitions.get(usize::try_from(partition.0).ok()?)?.leader
    }
}
