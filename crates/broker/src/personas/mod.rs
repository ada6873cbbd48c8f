//! Whose versions and habits a cluster has.

use std::fmt;
use std::str::FromStr;

use klamm_protocol::{ApiKey, VersionRange};

/// What Apache Kafka 4.3 advertises of the APIs that this cluster has. Produce claims versions from
/// 0 on, which an old client library wants to see, and serves none below 3 (KAFKA-18659).
const APACHE_4_3: &[(ApiKey, i16, i16)] = &[
    (ApiKey::Produce, 0, 13),
    (ApiKey::Fetch, 4, 18),
    (ApiKey::ListOffsets, 1, 11),
    (ApiKey::Metadata, 0, 13),
    (ApiKey::OffsetCommit, 2, 10),
    (ApiKey::OffsetFetch, 1, 10),
    (ApiKey::FindCoordinator, 0, 6),
    (ApiKey::JoinGroup, 0, 9),
    (ApiKey::Heartbeat, 0, 4),
    (ApiKey::LeaveGroup, 0, 5),
    (ApiKey::SyncGroup, 0, 5),
    (ApiKey::SaslHandshake, 0, 1),
    (ApiKey::ApiVersions, 0, 4),
    (ApiKey::CreateTopics, 2, 7),
    (ApiKey::DeleteTopics, 1, 6),
    (ApiKey::DeleteRecords, 0, 2),
    (ApiKey::InitProducerId, 0, 5),
    (ApiKey::OffsetForLeaderEpoch, 2, 4),
    (ApiKey::AddPartitionsToTxn, 0, 5),
    (ApiKey::AddOffsetsToTxn, 0, 4),
    (ApiKey::EndTxn, 0, 5),
    (ApiKey::TxnOffsetCommit, 0, 5),
    (ApiKey::DescribeConfigs, 1, 4),
    (ApiKey::SaslAuthenticate, 0, 2),
    (ApiKey::CreatePartitions, 0, 3),
    (ApiKey::DescribeCluster, 0, 2),
    (ApiKey::DescribeProducers, 0, 0),
    (ApiKey::DescribeTransactions, 0, 0),
    (ApiKey::ListTransactions, 0, 2),
];

/// A broker, or a service, that clients meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Persona {
    /// Apache Kafka 4.3.
    #[default]
    Apache43,
}

/// A name that no persona has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownPersona(pub String);

impl fmt::Display for UnknownPersona {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no persona `{}`", self.0)
    }
}

impl std::error::Error for UnknownPersona {}

impl FromStr for Persona {
    type Err = UnknownPersona;

    fn from_str(name: &str) -> Result<Self, UnknownPersona> {
        let found = Self::ALL.iter().copied().find(|persona| persona.name() == name);
        found.ok_or_else(|| UnknownPersona(name.to_owned()))
    }
}

impl Persona {
    /// Every persona.
    pub const ALL: &'static [Self] = &[Self::Apache43];

    /// The name by which the command line knows it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Apache43 => "apache-4.3",
        }
    }

    /// The versions of an API that this broker advertises to clients; `None` where it has none.
    #[must_use]
    pub fn versions(self, api: ApiKey) -> Option<VersionRange> {
        let (_, min, max) = APACHE_4_3.iter().find(|(served, ..)| *served == api)?;
        Some(VersionRange::new(*min, *max))
    }

    /// Whether a sequence other than 0 of an unknown producer is refused (before 2.5).
    pub(crate) fn knows_unknown_producer_id(self) -> bool {
        false
    }

    /// Whether a batch older than the window is called a duplicate instead of out of order.
    pub(crate) fn says_duplicate_sequence(self) -> bool {
        false
    }

    /// The features that this broker supports, with the highest level of each.
    pub(crate) fn features(self) -> &'static [(&'static str, i16)] {
        &[("metadata.version", 29), ("transaction.version", 2), ("group.version", 1)]
    }
}
