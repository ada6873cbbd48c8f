//! What a rule is made of: operations, resources, patterns of names.

/// What a client may want to do. The numbers are those of Kafka's `AclOperation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Operation {
    /// In a rule: every operation.
    All = 2,
    /// Fetch from a topic, or be in a group.
    Read = 3,
    /// Produce to a topic, or under a transactional id.
    Write = 4,
    /// Create topics.
    Create = 5,
    /// Delete topics, records, groups.
    Delete = 6,
    /// Change what something is, the number of partitions for one.
    Alter = 7,
    /// See that something exists, and what it is.
    Describe = 8,
    /// What brokers do among themselves.
    ClusterAction = 9,
    /// Read settings.
    DescribeConfigs = 10,
    /// Change settings.
    AlterConfigs = 11,
    /// Produce idempotently; a right of the cluster.
    IdempotentWrite = 12,
}

impl Operation {
    /// Every operation.
    const EVERY: [Self; 11] = [
        Self::All,
        Self::Read,
        Self::Write,
        Self::Create,
        Self::Delete,
        Self::Alter,
        Self::Describe,
        Self::ClusterAction,
        Self::DescribeConfigs,
        Self::AlterConfigs,
        Self::IdempotentWrite,
    ];

    /// The name, as Kafka's tools show it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Create => "Create",
            Self::Delete => "Delete",
            Self::Alter => "Alter",
            Self::Describe => "Describe",
            Self::ClusterAction => "ClusterAction",
            Self::DescribeConfigs => "DescribeConfigs",
            Self::AlterConfigs => "AlterConfigs",
            Self::IdempotentWrite => "IdempotentWrite",
        }
    }

    /// The operation of that name; names are compared as they are.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|operation| operation.name() == name)
    }

    /// The number of the operation, which is also its bit in lists of authorized operations.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Whether a rule that allows `self` allows `wanted`: changing implies seeing.
    pub(super) fn allows(self, wanted: Self) -> bool {
        let implies = match self {
            Self::Read | Self::Write | Self::Delete | Self::Alter => Some(Self::Describe),
            Self::AlterConfigs => Some(Self::DescribeConfigs),
            Self::All
            | Self::Create
            | Self::Describe
            | Self::ClusterAction
            | Self::DescribeConfigs
            | Self::IdempotentWrite => None,
        };
        self.covers(wanted) || implies == Some(wanted)
    }

    /// Whether a rule on `self` speaks of `wanted` by name; no denial reaches further.
    pub(super) fn covers(self, wanted: Self) -> bool {
        self == Self::All || self == wanted
    }
}

/// What an operation is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource<'a> {
    /// A topic by name.
    Topic(&'a str),
    /// A consumer group by id.
    Group(&'a str),
    /// The cluster as a whole.
    Cluster,
    /// A transactional id.
    TransactionalId(&'a str),
}

impl Resource<'_> {
    /// Which sort of resource this is.
    #[must_use]
    pub const fn kind(&self) -> ResourceKind {
        match self {
            Self::Topic(_) => ResourceKind::Topic,
            Self::Group(_) => ResourceKind::Group,
            Self::Cluster => ResourceKind::Cluster,
            Self::TransactionalId(_) => ResourceKind::TransactionalId,
        }
    }

    /// The name that patterns are compared with.
    #[must_use]
    pub const fn name(&self) -> &str {
        match self {
            Self::Topic(name) | Self::Group(name) | Self::TransactionalId(name) => name,
            Self::Cluster => CLUSTER_NAME,
        }
    }
}

/// The name of the only resource of its kind.
pub const CLUSTER_NAME: &str = "kafka-cluster";

/// The sorts of resources, without names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceKind {
    /// Topics.
    Topic,
    /// Consumer groups.
    Group,
    /// The cluster as a whole.
    Cluster,
    /// Transactional ids.
    TransactionalId,
}

impl ResourceKind {
    /// The operations that make sense for this kind, as Kafka lists them.
    #[must_use]
    pub const fn operations(self) -> &'static [Operation] {
        use Operation::{
            Alter, AlterConfigs, ClusterAction, Create, Delete, Describe, DescribeConfigs,
            IdempotentWrite, Read, Write,
        };
        match self {
            Self::Topic => {
                &[Read, Write, Create, Describe, Delete, Alter, DescribeConfigs, AlterConfigs]
            }
            Self::Group => &[Read, Describe, Delete, DescribeConfigs, AlterConfigs],
            Self::Cluster => &[
                Create,
                ClusterAction,
                DescribeConfigs,
                AlterConfigs,
                IdempotentWrite,
                Alter,
                Describe,
            ],
            Self::TransactionalId => &[Describe, Write],
        }
    }
}

/// Which names a rule is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pattern {
    /// This name alone.
    Literal(String),
    /// Every name that begins like this.
    Prefixed(String),
    /// Every name; written `*`.
    Any,
}

impl Pattern {
    /// Whether a resource's name is meant.
    pub(super) fn matches(&self, name: &str) -> bool {
        match self {
            Self::Literal(literal) => literal == name,
            Self::Prefixed(prefix) => name.starts_with(prefix.as_str()),
            Self::Any => true,
        }
    }
}

/// Whether a rule gives or takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// The operation is allowed, and what it implies with it.
    Allow,
    /// The operation is refused, whatever else allows it.
    Deny,
}
