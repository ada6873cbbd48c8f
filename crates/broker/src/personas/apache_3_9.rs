//! Apache Kafka 3.9, the last release before the second generation of transactions.
//!
//! Versions and features are those that a 3.9.1 broker tells, with one node in KRaft mode. It asks
//! the coordinator before it takes a batch of a transaction, as every release does since 3.6.

use klamm_protocol::ApiKey;

use super::habits::Bounds;
use super::{Feature, Features, Habits, Profile};

/// What is known of it.
pub(super) static PROFILE: Profile =
    Profile { name: "apache-3.9", versions: VERSIONS, features: FEATURES, habits: HABITS };

const VERSIONS: &[(ApiKey, i16, i16)] = &[
    (ApiKey::Produce, 0, 11),
    (ApiKey::Fetch, 0, 17),
    (ApiKey::ListOffsets, 0, 9),
    (ApiKey::Metadata, 0, 12),
    (ApiKey::OffsetCommit, 0, 9),
    (ApiKey::OffsetFetch, 0, 9),
    (ApiKey::FindCoordinator, 0, 6),
    (ApiKey::JoinGroup, 0, 9),
    (ApiKey::Heartbeat, 0, 4),
    (ApiKey::LeaveGroup, 0, 5),
    (ApiKey::SyncGroup, 0, 5),
    (ApiKey::SaslHandshake, 0, 1),
    (ApiKey::ApiVersions, 0, 4),
    (ApiKey::CreateTopics, 0, 7),
    (ApiKey::DeleteTopics, 0, 6),
    (ApiKey::DeleteRecords, 0, 2),
    (ApiKey::InitProducerId, 0, 5),
    (ApiKey::OffsetForLeaderEpoch, 0, 4),
    (ApiKey::AddPartitionsToTxn, 0, 5),
    (ApiKey::AddOffsetsToTxn, 0, 4),
    (ApiKey::EndTxn, 0, 4),
    (ApiKey::TxnOffsetCommit, 0, 4),
    (ApiKey::DescribeConfigs, 0, 4),
    (ApiKey::SaslAuthenticate, 0, 2),
    (ApiKey::CreatePartitions, 0, 3),
    (ApiKey::DescribeCluster, 0, 1),
    (ApiKey::DescribeProducers, 0, 0),
    (ApiKey::DescribeTransactions, 0, 0),
    (ApiKey::ListTransactions, 0, 1),
];

const HABITS: Habits = Habits { bounds: Bounds::BEFORE_TV2, ..Habits::MODERN };

const FEATURES: Features = Features {
    epoch: 1,
    all: &[
        Feature { name: "kraft.version", min: 0, max: 1, finalized: 0 },
        Feature { name: "metadata.version", min: 1, max: 21, finalized: 21 },
    ],
};
