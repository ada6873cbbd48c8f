//! What happens to a cluster by order: faults of requests, and troubles of the cluster itself.

use std::time::Duration;

use klamm_wire::{ErrorCode, NodeId, Now, PartitionIndex};

use super::Cluster;
use super::topics::Layout;
use crate::faults::{Asked, CoordinatorKind, CoordinatorTrouble, Fault, FaultId};
use crate::security::Sasl;

/// Says that the caller knows what is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Danger {
    /// Records that were acknowledged are cut off.
    Truncation,
}

impl Cluster {
    /// Lets something go wrong with requests that arrive from now on.
    pub fn inject(&mut self, fault: Fault) -> FaultId {
        self.state.faults.script.inject(fault, None)
    }

    /// As [`inject`](Self::inject), of requests for which the predicate holds as well. It is asked
    /// once for each request that fits otherwise.
    pub fn inject_if(
        &mut self,
        fault: Fault,
        predicate: impl FnMut(&Asked) -> bool + Send + 'static,
    ) -> FaultId {
        self.state.faults.script.inject(fault, Some(Box::new(predicate)))
    }

    /// Takes a fault back; how often it has hit.
    pub fn withdraw(&mut self, fault: FaultId) -> u64 {
        self.state.faults.script.withdraw(fault)
    }

    /// How often a fault has hit; 0 for one that was withdrawn.
    #[must_use]
    pub fn fired(&self, fault: FaultId) -> u64 {
        self.state.faults.script.fired(fault)
    }

    /// Offers this on the listeners that want SASL: other users, or other passwords of theirs. Who
    /// is known already stays so until its session or its connection ends.
    pub fn change_sasl(&mut self, sasl: Sasl) {
        self.state.offer(sasl);
    }

    /// Lets coordinators not serve for a time.
    pub fn trouble_coordinators(
        &mut self,
        now: Now,
        kind: CoordinatorKind,
        what: CoordinatorTrouble,
        lasts: Duration,
    ) {
        let until = now.mono.saturating_add(lasts);
        self.state.faults.troubles.trouble(kind, what, until);
    }

    /// Takes the leader of a partition away for a time; whether there is such a partition.
    pub fn leave_leaderless(
        &mut self,
        now: Now,
        topic: &str,
        partition: PartitionIndex,
        lasts: Duration,
    ) -> bool {
        let Some(known) = self.state.topics.get(topic) else { return false };
        let id = known.id;
        if known.partition(partition).is_none() {
            return false;
        }
        let until = now.mono.saturating_add(lasts);
        self.state.faults.troubles.keep_leaderless((topic.to_owned(), partition), until);
        self.state.elect(now, topic, id, partition);
        self.settle(now);
        true
    }

    /// Lets a follower stop to follow, or go on; whether it has a copy. One that is behind for
    /// longer than `replica.lag.time.max.ms` leaves the replicas in sync.
    pub fn stall_follower(
        &mut self,
        now: Now,
        (topic, partition): (&str, PartitionIndex),
        node: NodeId,
        stalled: bool,
    ) -> bool {
        let id = self.state.topics.get(topic).map(|known| known.id);
        let known = self.state.topics.partition_mut(topic, partition);
        let Some(copy) = known.and_then(|known| known.copy_mut(node)) else { return false };
        copy.stalled = stalled;
        if let Some(id) = id {
            self.state.touch(now, id, partition);
        }
        self.settle(now);
        true
    }

    /// Leaves the leader of a partition alone in sync at once: its followers stall.
    pub fn isolate_leader(&mut self, now: Now, topic: &str, partition: PartitionIndex) -> bool {
        self.change(now, topic, partition, super::Partition::isolate_leader)
    }

    /// Makes a node the leader although it may not have all that was acknowledged. What it lacks is
    /// cut off everywhere.
    pub fn elect_unclean(
        &mut self,
        now: Now,
        (topic, partition): (&str, PartitionIndex),
        node: NodeId,
        danger: Danger,
    ) -> bool {
        let Danger::Truncation = danger;
        let known = self.state.topics.partition(topic, partition);
        let has_copy = known.is_some_and(|known| known.copy(node).is_some());
        let is_up = self.state.nodes.get(&node).is_some_and(super::state::Node::is_alive);
        has_copy && is_up && self.change(now, topic, partition, |known| known.lead_unclean(node))
    }

    /// Lets every copy of a partition forget its producers.
    pub fn lose_producers(&mut self, now: Now, topic: &str, partition: PartitionIndex) -> bool {
        self.change(now, topic, partition, |known| {
            known.copies_mut().for_each(|(_, copy)| copy.log.lose_producers());
        })
    }

    /// Sets how far the wall clock of a node is ahead, in milliseconds; behind if negative.
    pub fn skew_node(&mut self, node: NodeId, millis: i64) {
        self.state.faults.troubles.skew(node, millis);
    }

    /// Lets the disk of a node refuse what is to be written: KAFKA_STORAGE_ERROR.
    pub fn break_disk(&mut self, node: NodeId) {
        self.state.faults.troubles.break_disk(node);
    }

    /// Lets the disk of a node work again.
    pub fn mend_disk(&mut self, node: NodeId) {
        self.state.faults.troubles.mend_disk(node);
    }

    /// Bounds what each client id may produce in a second, from the requests that arrive next. Who
    /// sends more is told so by the throttle time, and muted for as long.
    pub fn limit_produce(&mut self, bytes_per_second: Option<u64>) {
        self.state.faults.troubles.limit(bytes_per_second);
    }

    /// Deletes a topic and creates it again, empty and with another id, of as many partitions and
    /// with the same settings.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn recreate_topic(&mut self, now: Now, name: &str) -> Result<(), ErrorCode> {
        let nodes = self.state.live_nodes();
        let old = self.state.topics.delete(name);
        let old = old.ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
        self.state.groups.forget_topic(name);
        let partitions = i32::try_from(old.partitions.len()).unwrap_or(i32::MAX);
        let copies = old.partitions.first().map_or(1, |one| one.replicas.len()).min(nodes.len());
        let replication = i16::try_from(copies).unwrap_or(i16::MAX);
        let layout = Layout::Spread { partitions, replication };
        let id = self.state.topics.create(name, old.settings, layout, &nodes)?;
        self.state.touch(now, id, PartitionIndex(0));
        self.settle(now);
        Ok(())
    }

    /// Ends what has lasted for its time.
    pub(super) fn end_troubles(&mut self, now: Now) {
        for (topic, partition) in self.state.faults.troubles.end(now.mono) {
            if let Some(id) = self.state.topics.get(&topic).map(|known| known.id) {
                self.state.elect(now, &topic, id, partition);
            }
        }
    }

    /// Does something to a partition, and lets everyone learn of it; whether there is such one.
    fn change(
        &mut self,
        now: Now,
        topic: &str,
        partition: PartitionIndex,
        happen: impl FnOnce(&mut super::Partition),
    ) -> bool {
        let id = self.state.topics.get(topic).map(|known| known.id);
        let known = self.state.topics.partition_mut(topic, partition);
        let (Some(id), Some(known)) = (id, known) else { return false };
        happen(known);
        self.state.touch(now, id, partition);
        self.settle(now);
        true
    }
}
