//! What a cluster is made of, and the limits that it keeps.

use std::time::Duration;

use klamm_wire::NodeId;

use crate::defects::Defects;
use crate::personas::Persona;
use crate::security::sasl::{Credentials, Iterations};
use crate::security::{Acls, Sasl};
use crate::topic::TopicSettings;

/// What a cluster is made of.
#[derive(Debug, Clone)]
pub struct ClusterSettings {
    /// The nodes, by ascending id.
    pub nodes: Vec<NodeSettings>,
    /// The name that the cluster gives itself.
    pub cluster_id: String,
    /// Whose versions and habits the cluster has.
    pub persona: Persona,
    /// The generation of transactions that is finalized: 1, or 2 (KIP-890).
    pub transaction_version: i16,
    /// What topics are like that nobody described.
    pub topics: TopicDefaults,
    /// How replicas follow, and when a silent node is given up.
    pub replication: ReplicationSettings,
    /// What a client may cost.
    pub limits: Limits,
    /// Who clients are, and what they may do.
    pub security: SecuritySettings,
    /// The promises that the cluster breaks.
    pub defects: Defects,
    /// Whether a partition that never held a record takes no first sequence but 0 (KAFKA-15591,
    /// from 4.5 on). Before, the second batch of a new producer may become the first, if leaders
    /// move between the two, and the first is then out of order for ever.
    pub fresh_partitions_begin_at_zero: bool,
    /// From which ids and nonces are drawn.
    pub seed: u64,
}

/// One node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeSettings {
    /// Its id.
    pub id: NodeId,
    /// Where it stands.
    pub rack: Option<String>,
}

/// What topics are like that nobody described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicDefaults {
    /// Whether asking for an unknown topic may create it (`auto.create.topics.enable`).
    pub auto_create: bool,
    /// `num.partitions`.
    pub partitions: i32,
    /// `default.replication.factor`; a cluster with fewer nodes has as many as there are.
    pub replication: i16,
    /// Partitions of the topics in which coordinators keep their state.
    pub internal_partitions: i32,
    /// Everything else.
    pub settings: TopicSettings,
}

/// How replicas follow, and when a silent node is given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicationSettings {
    /// How long after an append its followers have it; zero for at once.
    pub step: Duration,
    /// `replica.lag.time.max.ms`: a follower that is behind for so long leaves the replicas in
    /// sync.
    pub lag_max: Duration,
    /// `broker.session.timeout.ms`: a frozen node loses its leaderships after so long.
    pub session_timeout: Duration,
    /// `unclean.leader.election.enable`: a replica that is not in sync may lead.
    pub unclean_election: bool,
}

/// What a client may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// `socket.request.max.bytes`.
    pub request_bytes: usize,
    /// The largest request before a client has authenticated itself.
    pub unauthenticated_bytes: usize,
    /// Partitions that the cluster holds at most.
    pub partitions: usize,
    /// Bytes that the log of a partition holds at most, whatever its topic's retention says.
    pub partition_bytes: i64,
    /// Connections that a listener serves at once (`max.connections`); more wait at its door.
    pub connections: usize,
    /// `connections.max.idle.ms`.
    pub idle: Duration,
    /// `transaction.max.timeout.ms`.
    pub transaction_timeout_ms: i32,
    /// `producer.id.expiration.ms`.
    pub producer_expiration_ms: i64,
    /// `fetch.max.bytes` of a broker.
    pub fetch_bytes: usize,
}

/// Who clients are, and what they may do.
#[derive(Debug, Clone)]
pub struct SecuritySettings {
    /// What is offered on the listeners that want SASL.
    pub sasl: Sasl,
    /// Who may do what; without lists everybody may do everything.
    pub acls: Option<Acls>,
    /// `connection.failed.authentication.delay.ms`: how long the answer to a client that was not
    /// believed is withheld.
    pub failure_delay: Duration,
}

impl Default for ClusterSettings {
    fn default() -> Self {
        Self {
            nodes: vec![NodeSettings { id: NodeId(1), rack: None }],
            cluster_id: "klamm-test-cluster-000".to_owned(),
            persona: Persona::default(),
            transaction_version: 2,
            topics: TopicDefaults::default(),
            replication: ReplicationSettings::default(),
            limits: Limits::default(),
            security: SecuritySettings::default(),
            defects: Defects::default(),
            fresh_partitions_begin_at_zero: false,
            seed: 1,
        }
    }
}

impl ClusterSettings {
    /// These settings, as far as the persona goes along with them.
    pub(crate) fn bounded(mut self) -> Self {
        let bounds = self.persona.habits().bounds;
        self.transaction_version = self.transaction_version.min(bounds.transaction_version);
        self.limits.request_bytes = self.limits.request_bytes.min(bounds.request_bytes);
        self.limits.idle = self.limits.idle.min(bounds.idle);
        self
    }

    /// A cluster of nodes 1 to `nodes`, otherwise with defaults.
    #[must_use]
    pub fn of(nodes: u8) -> Self {
        let ids = (1..=i32::from(nodes)).map(NodeId);
        let nodes = ids.map(|id| NodeSettings { id, rack: None }).collect();
        Self { nodes, ..Self::default() }
    }
}

impl Default for TopicDefaults {
    fn default() -> Self {
        Self {
            auto_create: true,
            partitions: 1,
            replication: 3,
            internal_partitions: 5,
            settings: TopicSettings::default(),
        }
    }
}

impl Default for ReplicationSettings {
    fn default() -> Self {
        Self {
            step: Duration::ZERO,
            lag_max: Duration::from_secs(30),
            session_timeout: Duration::from_secs(9),
            unclean_election: false,
        }
    }
}

impl Default for SecuritySettings {
    /// Without users: nobody authenticates.
    fn default() -> Self {
        Self {
            sasl: Sasl::new(Credentials::new(1, Iterations::MIN)),
            acls: None,
            failure_delay: Duration::from_millis(100),
        }
    }
}

impl Limits {
    /// The largest request of a client, by whether it is known who it is.
    pub(crate) fn of_requests(&self, is_known: bool) -> usize {
        if is_known { self.request_bytes } else { self.unauthenticated_bytes }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_bytes: 104_857_600,
            unauthenticated_bytes: 524_288,
            partitions: 10_000,
            partition_bytes: 1 << 30,
            connections: 4_096,
            idle: Duration::from_secs(600),
            transaction_timeout_ms: 900_000,
            producer_expiration_ms: 86_400_000,
            fetch_bytes: 57_671_680,
        }
    }
}
