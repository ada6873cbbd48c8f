//! One topic in the picture.

use std::sync::Arc;

use klamm_wire::{NodeId, PartitionIndex, TopicId};

use super::in_sync::InSync;

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
    /// Who follows the leaders closely, by partition; apart from them, since nobody needs it to
    /// find a leader. May be shorter than the partitions.
    in_sync: Vec<InSync>,
    pub(super) is_known: bool,
}

impl Partition {
    /// One of which nothing is known.
    pub(super) const NEW: Self = Self { leader: None, epoch: -1 };
}

impl Topic {
    pub(super) fn new(name: Arc<str>) -> Self {
        Self {
            name,
            id: TopicId::ZERO,
            partitions: Vec::new(),
            in_sync: Vec::new(),
            is_known: false,
        }
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

    /// The replicas of a partition that are in sync with its leader, the leader included, as the
    /// last answer listed them; none where nothing is known.
    pub fn in_sync(&self, partition: PartitionIndex) -> &[NodeId] {
        let index = usize::try_from(partition.0).ok().filter(|_| self.is_known);
        index.and_then(|index| self.in_sync.get(index)).map_or(&[], InSync::nodes)
    }

    /// Notes who is in sync with the leader of a partition.
    pub(super) fn note_in_sync(
        &mut self,
        index: usize,
        nodes: impl Iterator<Item = NodeId> + Clone,
    ) {
        if self.in_sync.len() <= index {
            self.in_sync.resize(self.partitions.len(), InSync::NOBODY);
        }
        if let Some(known) = self.in_sync.get_mut(index)
            && !known.nodes().iter().copied().eq(nodes.clone())
        {
            *known = nodes.collect();
        }
    }

    /// Drops the epochs, where those of another topic of the same name may follow.
    pub(super) fn believe_afresh(&mut self) {
        for partition in &mut self.partitions {
            partition.epoch = -1;
        }
    }

    /// Forgets every partition.
    pub(super) fn clear(&mut self) {
        self.partitions.clear();
        self.in_sync.clear();
    }

    /// Makes the topic unknown. The epochs of its partitions stay if its id tells it from a later
    /// topic of the same name.
    pub(super) fn hide(&mut self) {
        self.is_known = false;
        if self.id == TopicId::ZERO {
            self.clear();
        }
        for partition in &mut self.partitions {
            partition.leader = None;
        }
    }
}
