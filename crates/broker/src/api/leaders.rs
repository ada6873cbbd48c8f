//! Who leads now, and where: what Produce and Fetch tell whoever asked somebody else (KIP-951).

use std::borrow::Cow;
use std::collections::BTreeSet;

use klamm_wire::{NodeId, PartitionIndex, TopicId};

use crate::cluster::{Listener, State};

/// The leaders that one answer names.
pub(super) struct Leaders<'s> {
    state: &'s State,
    /// The addresses are those of this one.
    listener: Listener,
    named: BTreeSet<NodeId>,
}

/// Who leads a partition.
pub(super) struct Leader {
    /// Nobody's id where nobody does.
    pub(super) node: NodeId,
    pub(super) epoch: i32,
}

/// Where a node is reached.
pub(super) struct Reached {
    pub(super) node: NodeId,
    pub(super) host: Cow<'static, str>,
    pub(super) port: i32,
    pub(super) rack: Option<Cow<'static, str>>,
}

impl<'s> Leaders<'s> {
    pub(super) fn new(state: &'s State, listener: Listener) -> Self {
        Self { state, listener, named: BTreeSet::new() }
    }

    /// Who leads a partition, of a topic with this name or this id. Its address will be told.
    pub(super) fn of(
        &mut self,
        (name, id): (&str, TopicId),
        index: PartitionIndex,
    ) -> Option<Leader> {
        let name = self.state.topics.name_of(id).unwrap_or(name);
        let partition = self.state.topics.partition(name, index)?;
        self.named.extend(partition.leader);
        let node = partition.leader.unwrap_or(NodeId::NONE);
        Some(Leader { node, epoch: partition.leader_epoch })
    }

    /// Where the leaders are that were named.
    pub(super) fn addresses(&self) -> impl Iterator<Item = Reached> {
        self.named.iter().filter_map(|node| reached(self.state, self.listener, *node))
    }
}

/// Where clients of a listener reach a node.
pub(super) fn reached(state: &State, listener: Listener, node: NodeId) -> Option<Reached> {
    let known = state.nodes.get(&node)?;
    let at = state.endpoint(node, listener)?;
    Some(Reached {
        node,
        host: Cow::Owned(at.host.clone()),
        port: i32::from(at.port),
        rack: known.rack.clone().map(Cow::Owned),
    })
}
