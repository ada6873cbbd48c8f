//! What changed in the picture.

use klamm_wire::{ErrorCode, NodeId, PartitionIndex, TopicId};

use super::topic::{LeaderAt, TopicRef};
use crate::address::HostPort;

/// One change of the picture, in the order in which it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A topic is there: for the first time, or again after it was gone. Its leaders follow.
    TopicKnown {
        /// The topic.
        topic: TopicRef,
        /// Its id; all zeros where the cluster has none.
        id: TopicId,
        /// How many partitions it has.
        partitions: i32,
    },
    /// A topic was deleted and made anew: everything known of the old one is void. Its leaders
    /// follow.
    TopicRecreated {
        /// The topic.
        topic: TopicRef,
        /// The id of the new one.
        id: TopicId,
        /// How many partitions the new one has.
        partitions: i32,
    },
    /// A topic has more partitions than before. Their leaders follow.
    PartitionsAdded {
        /// The topic.
        topic: TopicRef,
        /// How many it has now.
        partitions: i32,
    },
    /// A topic has had fewer partitions than before for as long as the settings wait for an unknown
    /// topic: those from here on are gone.
    PartitionsGone {
        /// The topic.
        topic: TopicRef,
        /// How many it has now.
        partitions: i32,
    },
    /// A topic that was known without an id has one, and is no other topic for that.
    TopicIdLearnt {
        /// The topic.
        topic: TopicRef,
        /// Its id.
        id: TopicId,
    },
    /// A topic is not there, or we may not see it.
    TopicGone {
        /// The topic.
        topic: TopicRef,
        /// Why.
        why: Gone,
    },
    /// Who leads a partition changed, or became known.
    Leader {
        /// The topic.
        topic: TopicRef,
        /// The partition.
        partition: PartitionIndex,
        /// Who leads it; `None` while nobody does.
        leader: Option<LeaderAt>,
    },
    /// A broker is there, or has another address.
    BrokerAt {
        /// The broker.
        node: NodeId,
        /// Its address.
        host: HostPort,
    },
    /// A broker is no longer part of the cluster.
    BrokerGone(NodeId),
    /// The cluster does not know us any more: begin again from the bootstrap servers.
    RebootstrapRequired,
}

/// Why a topic is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gone {
    /// It was missing for as long as the settings wait for an unknown topic.
    Missing,
    /// The broker says that it never will be: a bad name, no right.
    Refused(ErrorCode),
    /// Nobody used it for as long as the settings keep a topic; whoever wants it again says so.
    Idle,
}
