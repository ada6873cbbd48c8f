//! Where the partitions of a topic go.

use std::collections::BTreeSet;

use klamm_wire::{ErrorCode, NodeId};

use super::{Refusal, Topics};

/// How many partitions a topic is to have, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Layout {
    /// So many, spread over the nodes.
    Spread { partitions: i32, replication: i16 },
    /// Exactly there: the replicas of each partition, the preferred leader first.
    Assigned(Vec<Vec<NodeId>>),
}

/// The nodes that partitions can be placed on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground<'n> {
    /// The nodes that are up; only they can lead.
    pub(crate) live: &'n [NodeId],
    /// All nodes of the cluster.
    pub(crate) all: &'n [NodeId],
}

impl Topics {
    /// Where the partitions of a new topic go.
    pub(crate) fn place(
        &mut self,
        layout: Layout,
        ground: Ground<'_>,
    ) -> Result<Vec<Vec<NodeId>>, Refusal> {
        match layout {
            Layout::Assigned(replicas) => {
                self.check_room(replicas.len())?;
                ground.check(&replicas, None)?;
                Ok(replicas)
            }
            Layout::Spread { partitions, replication } => {
                let count = usize::try_from(partitions).ok().filter(|count| *count > 0);
                let count = count.ok_or_else(no_partitions)?;
                let copies = ground.copies(replication)?;
                self.place_more(count, copies, ground)
            }
        }
    }

    /// Where so many more partitions go, with so many copies each.
    pub(crate) fn place_more(
        &mut self,
        count: usize,
        copies: usize,
        ground: Ground<'_>,
    ) -> Result<Vec<Vec<NodeId>>, Refusal> {
        self.check_room(count)?;
        let first = self.next_node;
        self.next_node = first.wrapping_add(1);
        (0..count).map(|n| ground.ring(first.wrapping_add(n), copies)).collect()
    }

    /// Whether so many more partitions fit into the cluster.
    pub(crate) fn check_room(&self, more: usize) -> Result<(), Refusal> {
        let held: usize = self.by_name.values().map(|topic| topic.partitions.len()).sum();
        if held.saturating_add(more) <= self.partitions_max {
            return Ok(());
        }
        let max = self.partitions_max;
        Err(Refusal::new(
            ErrorCode::POLICY_VIOLATION,
            format!("This cluster has room for {max} partitions, and {held} of them exist."),
        ))
    }
}

impl Ground<'_> {
    /// How many copies this replication factor means.
    fn copies(self, replication: i16) -> Result<usize, Refusal> {
        let refused = |text| Refusal::new(ErrorCode::INVALID_REPLICATION_FACTOR, text);
        let copies = usize::try_from(replication).ok().filter(|copies| *copies > 0);
        let copies = copies.ok_or_else(|| {
            refused(
                "Replication factor must be larger than 0, or -1 to use the default value."
                    .to_owned(),
            )
        })?;
        if copies > self.all.len() {
            return Err(refused(format!(
                "Unable to replicate the partition {copies} time(s): The target replication \
                 factor of {copies} cannot be reached because only {} broker(s) are registered.",
                self.all.len()
            )));
        }
        Ok(copies)
    }

    /// A node that is up, and others after it around the ring of all.
    fn ring(self, first: usize, copies: usize) -> Result<Vec<NodeId>, Refusal> {
        let at = first.checked_rem(self.live.len());
        let Some(leader) = at.and_then(|at| self.live.get(at)).copied() else {
            let text = "All brokers are currently fenced.".to_owned();
            return Err(Refusal::new(ErrorCode::INVALID_REPLICATION_FACTOR, text));
        };
        let after = self.all.iter().position(|node| *node == leader).unwrap_or(0);
        let others = self.all.iter().copied().cycle().skip(after).take(self.all.len());
        let others = others.filter(|node| *node != leader);
        Ok([leader].into_iter().chain(others).take(copies).collect())
    }

    /// Whether partitions can be exactly there, with `copies` each if that is given.
    pub(crate) fn check(
        self,
        replicas: &[Vec<NodeId>],
        copies: Option<usize>,
    ) -> Result<(), Refusal> {
        let mut expected = copies;
        for (index, nodes) in replicas.iter().enumerate() {
            self.check_one(nodes)?;
            let wanted = *expected.get_or_insert(nodes.len());
            if nodes.len() != wanted {
                return misplaced(format!(
                    "The manual partition assignment includes a partition with {} replica(s), but \
                     this is not consistent with previous partitions, which have {wanted} \
                     replica(s).",
                    nodes.len()
                ));
            }
            if !nodes.iter().any(|node| self.live.contains(node)) {
                return misplaced(format!(
                    "All brokers specified in the manual partition assignment for partition \
                     {index} are fenced or in controlled shutdown."
                ));
            }
        }
        Ok(())
    }

    fn check_one(self, nodes: &[NodeId]) -> Result<(), Refusal> {
        if nodes.is_empty() {
            return misplaced(
                "The manual partition assignment includes an empty replica list.".to_owned(),
            );
        }
        let mut seen = BTreeSet::new();
        for node in nodes {
            if !self.all.contains(node) {
                return misplaced(format!(
                    "The manual partition assignment includes broker {node}, but no such broker \
                     is registered."
                ));
            }
            if !seen.insert(*node) {
                return misplaced(format!(
                    "The manual partition assignment includes the broker {node} more than once."
                ));
            }
        }
        Ok(())
    }
}

fn no_partitions() -> Refusal {
    let text = "Number of partitions was set to an invalid non-positive value.".to_owned();
    Refusal::new(ErrorCode::INVALID_PARTITIONS, text)
}

/// An assignment that cannot be carried out.
fn misplaced<T>(text: String) -> Result<T, Refusal> {
    Err(Refusal::new(ErrorCode::INVALID_REPLICA_ASSIGNMENT, text))
}
