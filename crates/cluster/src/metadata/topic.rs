//! One topic in the picture.

use std::sync::Arc;

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
    /// The newest generation that was ever seen, -1 for none. It outlives its leader, because old
    /// news are known by it.
    pub(super) epoch: i32,
}

/// A topic in the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    name: Arc<str>,
    pub(super) id: TopicId,
    /// Without leaders while the topic is not known: then they only remember epochs.
    pub(super) partitions: Vec<Partition>,
    pub(super) is_known: bool,
}

impl Partition {
    /// One of which nothing is known.
    pub(super) const NEW: Self = Self { leader: None, epoch: -1 };
}

impl Topic {
    pub(super) fn new(name: Arc<str>) -> Self {
        Self { name, id: TopicId::ZERO, partitions: Vec::new(), is_known: false }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    /// The id; all zeros where the cluster has none, or has not said.
    pub fn id(&self) -> TopicId {
        self.id
    }

    /// The partitions, by their number; none while the topic is not known.
    pub fn partitions(&self) -> &[Partition] {
        if self.is_known { &self.partitions } else { &[] }
    }

    /// Who leads a partition.
    #[inline]
    pub fn leader(&self, partition: PartitionIndex) -> Option<LeaderAt> {
        self.partitions.get(usize::try_from(partition.0).ok()?)?.leader
    }

    /// Drops the epochs, where those of another topic of the same name may follow.
    pub(super) fn believe_afresh(&mut self) {
        for partition in &mut self.partitions {
            partition.epoch = -1;
        }
    }

    /// Makes the topic unknown. The epochs of its partitions stay if its id tells it from a later
    /// topic of the same name.
    pub(super) fn hide(&mut self) {
        self.is_known = false;
        if self.id == TopicId::ZERO {
            self.partitions.clear();
        }
        for partition in &mut self.partitions {
            partition.leader = None;
        }
    }
}
