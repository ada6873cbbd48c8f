//! The requests of administrators, and what consumers ask beside reading.
//!
//! Topics can be created and changed by asking any node: brokers pass such requests on to the
//! controller, which here is one memory for all.

pub(super) mod create_partitions;
pub(super) mod create_topics;
pub(super) mod delete_records;
pub(super) mod delete_topics;
pub(super) mod describe_cluster;
pub(super) mod describe_configs;
pub(super) mod describe_producers;
pub(super) mod describe_transactions;
pub(super) mod list_transactions;
pub(super) mod offset_for_leader_epoch;
mod settings;

use std::borrow::Cow;
use std::collections::BTreeSet;

use klamm_wire::{ErrorCode, NodeId};

use crate::cluster::{Ground, Refusal, State};

/// What Kafka says where a topic is not known.
const UNKNOWN_TOPIC: &str = "This server does not host this topic-partition.";
/// What Kafka says where a topic's id is not known.
const UNKNOWN_TOPIC_ID: &str = "This server does not host this topic ID.";

/// The nodes of the cluster, for whoever places partitions on them.
struct Nodes {
    live: Vec<NodeId>,
    all: Vec<NodeId>,
}

impl Nodes {
    fn of(state: &State) -> Self {
        Self { live: state.live_nodes(), all: state.nodes.keys().copied().collect() }
    }

    fn ground(&self) -> Ground<'_> {
        Ground { live: &self.live, all: &self.all }
    }
}

/// What stands twice in a request.
fn repeated<'n, N: Ord + Copy + 'n>(names: impl Iterator<Item = N>) -> BTreeSet<N> {
    let mut seen = BTreeSet::new();
    names.filter(|name| !seen.insert(*name)).collect()
}

/// A request about a thing that it names twice.
fn named_twice() -> Refusal {
    Refusal::new(ErrorCode::INVALID_REQUEST, "Duplicate topic name.")
}

/// A request that Kafka refuses with its code alone.
fn bare(code: ErrorCode) -> Refusal {
    Refusal { code, text: None }
}

/// The words of a refusal in an answer.
fn text(refusal: Refusal) -> Option<Cow<'static, str>> {
    refusal.text.map(Cow::Owned)
}

fn owned(name: &str) -> Cow<'static, str> {
    Cow::Owned(name.to_owned())
}
