//! Everything that an answer may depend on, and that a request may change.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use klamm_wire::{ErrorCode, NodeId, Now, PartitionIndex, Time, TopicId};

use super::listener::Listener;
use super::partition::Partition;
use super::settings::ClusterSettings;
use super::topics::{Layout, Topics};
use crate::defects::{Defect, Defects};
use crate::faults::{CoordinatorKind, CoordinatorTrouble, Faults};
use crate::group::{GroupSettings, Groups};
use crate::security::Sasl;
use crate::security::sasl::Nonces;
use crate::topic::{TopicPartition, TopicSettings};
use crate::txn::{Coordinator, TxnRules};

/// The topic in which transaction coordinators keep their state.
pub(crate) const TRANSACTION_TOPIC: &str = "__transaction_state";
/// The topic in which group coordinators keep offsets.
pub(crate) const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// Where clients reach a node on one listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The host name or address that clients are told.
    pub host: String,
    /// The port that clients are told.
    pub port: u16,
}

/// Whether a node does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// It serves.
    Up,
    /// It holds its connections and does nothing, since then.
    Frozen(Time),
    /// It is gone.
    Down,
}

/// One node.
pub(crate) struct Node {
    pub(crate) life: Life,
    pub(crate) rack: Option<String>,
    /// By listener.
    pub(crate) endpoints: BTreeMap<Listener, Endpoint>,
    /// The others have given it up: it leads nothing.
    pub(crate) is_fenced: bool,
}

/// Everything that an answer may depend on, and that a request may change.
pub(crate) struct State {
    pub(crate) settings: ClusterSettings,
    pub(crate) nodes: BTreeMap<NodeId, Node>,
    pub(crate) topics: Topics,
    pub(crate) transactions: Coordinator,
    pub(crate) groups: Groups,
    /// The server's halves of the nonces of SCRAM.
    pub(crate) nonces: Nonces,
    /// What goes wrong by order.
    pub(crate) faults: Faults,
    /// Partitions whose logs or leaderships changed since replicas last took a step.
    pub(crate) touched: BTreeSet<(TopicId, PartitionIndex)>,
    /// When followers next take what leaders have appended.
    pub(crate) next_step: Option<Time>,
}

/// Which kind of coordinator is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coordinates {
    Groups,
    Transactions,
}

impl State {
    pub(crate) fn new(mut settings: ClusterSettings) -> Self {
        settings.security.sasl = offered(&settings.defects, settings.security.sasl);
        let node = |rack: &Option<String>| Node {
            life: Life::Up,
            rack: rack.clone(),
            endpoints: BTreeMap::new(),
            is_fenced: false,
        };
        Self {
            nodes: settings.nodes.iter().map(|one| (one.id, node(&one.rack))).collect(),
            topics: Topics::new(settings.seed, settings.limits.partitions),
            transactions: Coordinator::new(settings.seed),
            groups: Groups::new(group_settings(), settings.seed),
            nonces: Nonces::new(settings.seed),
            faults: Faults::new(settings.seed),
            touched: BTreeSet::new(),
            next_step: None,
            settings,
        }
    }

    /// Offers this from now on; sessions that have begun are what they are.
    pub(crate) fn offer(&mut self, sasl: Sasl) {
        self.settings.security.sasl = offered(&self.settings.defects, sasl);
    }

    /// Where clients of a listener reach a node.
    pub(crate) fn endpoint(&self, node: NodeId, listener: Listener) -> Option<&Endpoint> {
        self.nodes.get(&node)?.endpoints.get(&listener)
    }

    /// The nodes that a new topic may be placed on.
    pub(crate) fn live_nodes(&self) -> Vec<NodeId> {
        let live = self.nodes.iter().filter(|(_, node)| node.is_alive());
        live.map(|(id, _)| *id).collect()
    }

    /// The node that decides for all; the first that lives.
    pub(crate) fn controller(&self) -> NodeId {
        self.live_nodes().first().copied().unwrap_or(NodeId::NONE)
    }

    /// Creates a topic as nobody described it.
    pub(crate) fn create_by_default(&mut self, name: &str) -> Result<(), ErrorCode> {
        let defaults = &self.settings.topics;
        self.create_spread(name, defaults.partitions, defaults.settings.clone())
    }

    /// Creates a topic on the nodes that live, with as many copies as they can hold.
    pub(crate) fn create_spread(
        &mut self,
        name: &str,
        partitions: i32,
        settings: TopicSettings,
    ) -> Result<(), ErrorCode> {
        let nodes = self.live_nodes();
        let copies = i16::try_from(nodes.len()).unwrap_or(i16::MAX);
        let replication = self.settings.topics.replication.min(copies);
        let layout = Layout::Spread { partitions, replication };
        self.topics.create(name, settings, layout, &nodes).map(drop)
    }

    /// The partition in which a coordinator keeps what it knows of `key`. It is created by the
    /// first who asks.
    pub(crate) fn coordinator_partition(&mut self, kind: Coordinates, key: &str) -> TopicPartition {
        let topic = kind.topic();
        if self.topics.get(topic).is_none() {
            let settings = TopicSettings {
                internal: true,
                compacted: true,
                deletes: false,
                ..TopicSettings::default()
            };
            let partitions = self.settings.topics.internal_partitions;
            // Where it cannot be created there is no coordinator, which the caller finds out.
            let _ = self.create_spread(topic, partitions, settings);
        }
        let count = self.topics.get(topic).map_or(1, |topic| topic.partitions.len());
        TopicPartition { topic: topic.to_owned(), partition: coordinator_index(key, count) }
    }

    /// The node that coordinates `key`.
    pub(crate) fn coordinator(&mut self, kind: Coordinates, key: &str) -> Option<NodeId> {
        let at = self.coordinator_partition(kind, key);
        self.topics.partition(&at.topic, PartitionIndex(at.partition))?.leader
    }

    /// The node that a client is told to coordinate `key`, if one is to be found.
    pub(crate) fn find_coordinator(&mut self, kind: Coordinates, key: &str) -> Option<NodeId> {
        let trouble = self.faults.troubles.of_coordinator(kind.into());
        let is_hidden = trouble == Some(CoordinatorTrouble::NotAvailable);
        if is_hidden { None } else { self.coordinator(kind, key) }
    }

    /// How a request fails that `node` is asked to coordinate, if it does.
    pub(crate) fn check_coordinator(
        &mut self,
        node: NodeId,
        kind: Coordinates,
        key: &str,
    ) -> Result<(), ErrorCode> {
        self.faults.verdict()?;
        if let Some(trouble) = self.faults.troubles.of_coordinator(kind.into()) {
            return Err(trouble.code());
        }
        match self.coordinator(kind, key) {
            Some(coordinator) if coordinator == node => Ok(()),
            Some(_) => Err(ErrorCode::NOT_COORDINATOR),
            None => Err(ErrorCode::COORDINATOR_NOT_AVAILABLE),
        }
    }

    /// A partition for a request that came to `node`, with its topic's settings.
    pub(crate) fn led_partition(
        &mut self,
        node: NodeId,
        topic: &str,
        index: PartitionIndex,
    ) -> Result<(&mut Partition, &TopicSettings), ErrorCode> {
        let unknown = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
        let topic = self.topics.get_mut(topic).ok_or(unknown)?;
        let (partition, settings) = topic.partition_mut(index).ok_or(unknown)?;
        check_leader(&self.settings.defects, partition, node)?;
        Ok((partition, settings))
    }

    /// Says that something was appended to a partition, or that it is led anew.
    pub(crate) fn touch(&mut self, now: Now, topic: TopicId, index: PartitionIndex) {
        self.touched.insert((topic, index));
        let due = now.mono.saturating_add(self.settings.replication.step);
        self.next_step = Some(self.next_step.map_or(due, |step| step.min(due)));
    }
}

/// How a request fails that would change a partition at this node, if it does.
pub(crate) fn check_leader(
    defects: &Defects,
    partition: &Partition,
    node: NodeId,
) -> Result<(), ErrorCode> {
    if defects.has(Defect::AppendsOnFollower) { Ok(()) } else { partition.check_led_by(node) }
}

/// Kafka waits three seconds for more members of a new group; tests would wait with it.
fn group_settings() -> GroupSettings {
    GroupSettings { initial_rebalance_delay: Duration::ZERO, ..GroupSettings::default() }
}

/// The rules by which transactions are coordinated.
pub(crate) fn transaction_rules(settings: &ClusterSettings, now: Now) -> TxnRules<'_> {
    TxnRules {
        defects: &settings.defects,
        max_timeout_ms: settings.limits.transaction_timeout_ms,
        two: settings.transaction_version >= 2,
        now,
        id_expiration_ms: 604_800_000,
    }
}

impl From<Coordinates> for CoordinatorKind {
    fn from(kind: Coordinates) -> Self {
        match kind {
            Coordinates::Groups => Self::Groups,
            Coordinates::Transactions => Self::Transactions,
        }
    }
}

impl Node {
    pub(crate) fn is_alive(&self) -> bool {
        self.life != Life::Down && !self.is_fenced
    }

    /// Whether it does anything at all.
    pub(crate) fn is_working(&self) -> bool {
        self.life == Life::Up
    }
}

impl Coordinates {
    pub(crate) const fn topic(self) -> &'static str {
        match self {
            Self::Groups => OFFSETS_TOPIC,
            Self::Transactions => TRANSACTION_TOPIC,
        }
    }
}

/// What becomes of an offer where passwords are of no account.
fn offered(defects: &Defects, sasl: Sasl) -> Sasl {
    if defects.has(Defect::AcceptsAnyPassword) { sasl.believing_any_password() } else { sasl }
}

/// Which of so many partitions keeps what a coordinator knows of `key`.
pub(crate) fn coordinator_index(key: &str, partitions: usize) -> i32 {
    let count = i32::try_from(partitions).unwrap_or(i32::MAX);
    java_hash(key).wrapping_abs().checked_rem(count).unwrap_or(0).max(0)
}

/// The hash that Java gives a string, by which Kafka finds the partition of a coordinator.
fn java_hash(text: &str) -> i32 {
    text.encode_utf16()
        .fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}
