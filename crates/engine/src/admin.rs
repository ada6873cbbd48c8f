//! The few requests about topics that producers want, as plain values.
//!
//! For each request a function that makes it, to be [asked](crate::Engine::ask) of whom its words
//! say, and one that reads the answer. A topic that the answer leaves out has failed, as one of
//! which nothing is known; what the answer says beyond what was asked is dropped.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use klamm_cluster::{Payload, ResponseFrame};
use klamm_protocol::frame::DecodeFrameError;
use klamm_wire::{ErrorCode, NodeId, TopicId};

use crate::translate::admin;

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

/// What became of a topic that was to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreatedTopic {
    /// Its id; all zeros where the cluster has none, or an old broker does not say.
    pub id: TopicId,
    /// How many partitions it has, if the broker says.
    pub partitions: Option<i32>,
    /// How many replicas each of them has, if the broker says.
    pub replication: Option<i16>,
}

/// An answer that says nothing of any topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unusable {
    /// It cannot be read.
    Malformed(DecodeFrameError),
    /// The broker refuses the request as a whole.
    Refused(ErrorCode),
}

impl From<DecodeFrameError> for Unusable {
    fn from(error: DecodeFrameError) -> Self {
        Self::Malformed(error)
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => write!(f, "the broker's answer cannot be read: {error}"),
            Self::Refused(code) => write!(f, "the broker refuses the request: {code}"),
        }
    }
}

impl std::error::Error for Unusable {}

/// A request to make topics, or merely to check whether they could be made; for the controller,
/// which waits so long until they are there everywhere.
///
/// Partitions or replicas that are left to the broker need one of Kafka 2.4 or newer.
pub fn create_topics(
    topics: &[NewTopic],
    timeout: Duration,
    validate_only: bool,
) -> Box<dyn Payload> {
    Box::new(admin::create(topics, timeout, validate_only))
}

/// What became of those topics, in their order.
///
/// # Errors
/// When the answer says nothing of any topic.
pub fn topics_created(
    asked: &[NewTopic],
    answer: &ResponseFrame,
) -> Result<PerTopic<CreatedTopic>, Unusable> {
    admin::created(asked, answer)
}

/// A request to drop topics; for the controller, which waits so long until they are gone
/// everywhere.
pub fn delete_topics(names: &[String], timeout: Duration) -> Box<dyn Payload> {
    Box::new(admin::delete(names, timeout))
}

/// What became of those topics, in their order.
///
/// # Errors
/// When the answer says nothing of any topic.
pub fn topics_deleted(asked: &[String], answer: &ResponseFrame) -> Result<PerTopic<()>, Unusable> {
    admin::deleted(asked, answer)
}

/// A request to describe topics, or all that we may see; for any broker. It makes none of them.
pub fn describe_topics(names: Option<&[String]>) -> Box<dyn Payload> {
    Box::new(admin::describe(names))
}

/// What is known of those topics, in their order; of all, by name.
///
/// # Errors
/// When the answer says nothing of any topic.
pub fn topics_described(
    asked: Option<&[String]>,
    answer: &ResponseFrame,
) -> Result<PerTopic<TopicDescription>, Unusable> {
    admin::described(asked, answer)
}
