//! Apache Kafka 4.3.
//!
//! Versions and features are those that a 4.3.1 broker tells, with one node in KRaft mode.

use klamm_protocol::ApiKey;

use super::{Feature, Features, Habits, Profile};

/// What is known of it.
pub(super) static PROFILE: Profile =
    Profile { name: "apache-4.3", versions: VERSIONS, features: FEATURES, habits: HABITS };

/// Produce claims versions from 0 on, which an old client library wants to see, and serves none
/// below 3 (KAFKA-18659).
const VERSIONS: &[(ApiKey, i16, i16)] = &[
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

const HABITS: Habits = Habits::MODERN;

const FEATURES: Features = Features {
    epoch: 1,
    all: &[
        Feature { name: "eligible.leader.replicas.version", min: 0, max: 1, finalized: 1 },
        Feature { name: "group.version", min: 0, max: 1, finalized: 1 },
        Feature { name: "kraft.version", min: 0, max: 1, finalized: 0 },
        Feature { name: "metadata.version", min: 7, max: 30, finalized: 30 },
        Feature { name: "share.version", min: 0, max: 1, finalized: 1 },
        Feature { name: "streams.version", min: 0, max: 1, finalized: 1 },
        Feature { name: "transaction.version", min: 0, max: 2, finalized: 2 },
    ],
};
