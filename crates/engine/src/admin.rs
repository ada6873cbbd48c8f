//! The few requests about topics that producers want, as plain values.

use std::collections::BTreeMap;

use klamm_wire::{ErrorCode, NodeId, TopicId};

/// A topic to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTopic {
    /// Its name.
    pub name: String,
    /// How many partitions; nothing for the broker's default.
    pub partitions: Option<i32>,
    /// How many replicas each; nothing for the broker's default.
    pub replication: Option<i16>,
    /// Its settings, as the broker calls them.
    pub configs: BTreeMap<String, String>,
}

/// What is known of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicDescription {
    /// Its name.
    pub name: String,
    /// Its id; all zeros where the cluster has none.
    pub id: TopicId,
    /// Whether it is the cluster's own.
    pub is_internal: bool,
    /// Its partitions, by number.
    pub partitions: Vec<PartitionDescription>,
}

/// What is known of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionDescription {
    /// Who leads it.
    pub leader: Option<NodeId>,
    /// Who has copies.
    pub replicas: Vec<NodeId>,
    /// Whose copies are up to date.
    pub in_sync: Vec<NodeId>,
}

/// One topic's answer: what was asked for, or why not, with the broker's words.
pub type PerTopic<T> = Vec<(String, Result<T, (ErrorCode, Option<String>)>)>;
