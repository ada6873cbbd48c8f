//! What is done to nodes: by an operator, by a test, by the others.

use klamm_wire::{NodeId, Now, PartitionIndex, TopicId};

use super::state::{Coordinates, Life, State, coordinator_index};
use super::{Cluster, ConnectionId, Endpoint, Listener, Output};

/// How a node comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Restart {
    /// As after a clean stop: of each producer the last batch is remembered, and none before it.
    #[default]
    WithSnapshot,
    /// Everything is read again from the log.
    WithoutSnapshot,
}

impl Cluster {
    /// Tells under which address clients reach a node on a listener.
    pub fn advertise(&mut self, node: NodeId, listener: Listener, endpoint: Endpoint) {
        if let Some(node) = self.state.nodes.get_mut(&node) {
            node.endpoints.insert(listener, endpoint);
        }
    }

    /// Moves the leadership of a partition; whether the node has a copy and is up.
    pub fn move_leader(
        &mut self,
        now: Now,
        topic: &str,
        partition: PartitionIndex,
        to: NodeId,
    ) -> bool {
        let moved = self.state.move_leader(now, topic, partition, to);
        self.settle(now);
        moved
    }

    /// Ends a node at once, and its connections.
    pub fn kill(&mut self, now: Now, node: NodeId) {
        if let Some(known) = self.state.nodes.get_mut(&node) {
            known.life = Life::Down;
        }
        self.hang_up_all(node);
        self.state.fence(now, node);
        self.settle(now);
    }

    /// Stops a node: it keeps its connections and does nothing, until it is thawed or given up.
    pub fn freeze(&mut self, now: Now, node: NodeId) {
        if let Some(known) = self.state.nodes.get_mut(&node)
            && known.life == Life::Up
        {
            known.life = Life::Frozen(now.mono);
        }
    }

    /// Lets a frozen node go on.
    pub fn thaw(&mut self, now: Now, node: NodeId) {
        let Some(known) = self.state.nodes.get_mut(&node) else { return };
        if known.life == Life::Down {
            return;
        }
        known.life = Life::Up;
        known.is_fenced = false;
        self.state.rejoin(now, node);
        for id in self.connections_to(node) {
            self.serve_all(now, id);
        }
        self.settle(now);
    }

    /// Starts a node that was killed.
    pub fn restart(&mut self, now: Now, node: NodeId, how: Restart) {
        let Some(known) = self.state.nodes.get_mut(&node) else { return };
        if known.life != Life::Down {
            return;
        }
        known.life = Life::Up;
        known.is_fenced = false;
        self.state.reload_copies(node, how);
        self.state.rejoin(now, node);
        self.settle(now);
    }

    fn hang_up_all(&mut self, node: NodeId) {
        for id in self.connections_to(node) {
            self.closed(id);
            self.outputs.push_back(Output::Close { connection: id });
        }
    }

    fn connections_to(&self, node: NodeId) -> Vec<ConnectionId> {
        let of_node = self.connections.iter().filter(|(_, one)| one.session.node == node);
        of_node.map(|(id, _)| *id).collect()
    }
}

impl State {
    fn move_leader(&mut self, now: Now, topic: &str, index: PartitionIndex, to: NodeId) -> bool {
        let is_up = self.nodes.get(&to).is_some_and(super::state::Node::is_alive);
        let Some(known) = self.topics.get_mut(topic) else { return false };
        let id = known.id;
        let Some(partition) = self.topics.partition_mut(topic, index) else { return false };
        let is_fit = is_up && partition.in_sync.contains(&to) && partition.leader != Some(to);
        if is_fit {
            partition.lead(Some(to));
            self.touch(now, id, index);
            self.reload_coordinators(now, topic, index);
        }
        is_fit
    }

    /// The others give a node up: whatever it leads, another one leads.
    pub(super) fn fence(&mut self, now: Now, node: NodeId) {
        if let Some(known) = self.nodes.get_mut(&node) {
            known.is_fenced = true;
        }
        let led = self.partitions_where(|partition| partition.leader == Some(node));
        for (name, id, index) in led {
            self.elect(now, &name, id, index);
        }
        self.drop_from_sync(now, node);
    }

    /// Whoever waited for that node's copy is looked at: it is waited for no more.
    fn drop_from_sync(&mut self, now: Now, node: NodeId) {
        let follows = |partition: &super::Partition| {
            let is_led = partition.leader.is_some_and(|leader| leader != node);
            is_led && partition.in_sync.contains(&node)
        };
        for (name, id, index) in self.partitions_where(follows) {
            if let Some(partition) = self.topics.partition_mut(&name, index) {
                partition.in_sync.remove(&node);
            }
            self.touch(now, id, index);
        }
    }

    /// A node is back: it leads what nobody leads, and follows the rest.
    fn rejoin(&mut self, now: Now, node: NodeId) {
        let orphans = self.partitions_where(|partition| partition.leader.is_none());
        for (name, id, index) in orphans {
            self.elect(now, &name, id, index);
        }
        let held = self.partitions_where(|partition| partition.copy(node).is_some());
        for (name, id, index) in held {
            if let Some(partition) = self.topics.partition_mut(&name, index) {
                partition.reconcile(node);
            }
            self.touch(now, id, index);
        }
    }

    pub(super) fn elect(&mut self, now: Now, name: &str, id: TopicId, index: PartitionIndex) {
        let nodes = &self.nodes;
        let is_leaderless = self.faults.troubles.is_leaderless(name, index);
        let is_up = |node: NodeId| {
            !is_leaderless && nodes.get(&node).is_some_and(super::state::Node::is_alive)
        };
        let unclean = self.settings.replication.unclean_election;
        if let Some(partition) = self.topics.partition_mut(name, index) {
            let candidate = partition.candidate(&is_up, unclean);
            if candidate.is_some() || partition.leader.is_some() {
                partition.lead(candidate);
            }
        }
        self.touch(now, id, index);
        self.reload_coordinators(now, name, index);
    }

    /// Whoever takes over a coordinator's partition reads its state anew.
    pub(super) fn reload_coordinators(&mut self, now: Now, topic: &str, index: PartitionIndex) {
        if topic == Coordinates::Transactions.topic() {
            self.transactions.reload();
        } else if topic == Coordinates::Groups.topic() {
            let count = self.topics.get(topic).map_or(0, |topic| topic.partitions.len());
            let is_kept_there = |group: &str| coordinator_index(group, count) == index.0;
            self.groups.reload_if(now, &is_kept_there);
        }
    }

    fn reload_copies(&mut self, node: NodeId, how: Restart) {
        for (_, topic) in self.topics.iter_mut() {
            for partition in &mut topic.partitions {
                if let Some(copy) = partition.copy_mut(node) {
                    if how == Restart::WithSnapshot {
                        copy.log.take_snapshot();
                    }
                    copy.log.restart(how == Restart::WithSnapshot);
                }
            }
        }
    }

    fn partitions_where(
        &self,
        is_meant: impl Fn(&super::Partition) -> bool,
    ) -> Vec<(String, TopicId, PartitionIndex)> {
        let topics = self.topics.iter().flat_map(|(name, topic)| {
            topic.numbered().map(move |(index, partition)| (name, topic.id, index, partition))
        });
        topics
            .filter(|(.., partition)| is_meant(partition))
            .map(|(name, id, index, _)| (name.to_owned(), id, index))
            .collect()
    }
}
