//! Apache Kafka 2.8 with ZooKeeper.
//!
//! Versions are those that a 2.8.2 broker tells. It has no finalized feature and tells so with
//! epoch 0, has topic ids (Metadata 10), and names no new leader, as its Produce ends with 9. A
//! topic that Metadata creates has no leader yet: 5, where brokers without ZooKeeper say 3.

use klamm_protocol::ApiKey;
use klamm_wire::ErrorCode;

use super::habits::Bounds;
use super::{Features, Habits, Profile};

/// What is known of it.
pub(super) static PROFILE: Profile = Profile {
    name: "apache-2.8",
    versions: VERSIONS,
    features: Features { epoch: 0, all: &[] },
    habits: HABITS,
};

const VERSIONS: &[(ApiKey, i16, i16)] = &[
    (ApiKey::Produce, 0, 9),
    (ApiKey::Fetch, 0, 12),
    (ApiKey::ListOffsets, 0, 6),
    (ApiKey::Metadata, 0, 11),
    (ApiKey::OffsetCommit, 0, 8),
    (ApiKey::OffsetFetch, 0, 7),
    (ApiKey::FindCoordinator, 0, 3),
    (ApiKey::JoinGroup, 0, 7),
    (ApiKey::Heartbeat, 0, 4),
    (ApiKey::LeaveGroup, 0, 4),
    (ApiKey::SyncGroup, 0, 5),
    (ApiKey::SaslHandshake, 0, 1),
    (ApiKey::ApiVersions, 0, 3),
    (ApiKey::CreateTopics, 0, 7),
    (ApiKey::DeleteTopics, 0, 6),
    (ApiKey::DeleteRecords, 0, 2),
    (ApiKey::InitProducerId, 0, 4),
    (ApiKey::OffsetForLeaderEpoch, 0, 4),
    (ApiKey::AddPartitionsToTxn, 0, 3),
    (ApiKey::AddOffsetsToTxn, 0, 3),
    (ApiKey::EndTxn, 0, 3),
    (ApiKey::TxnOffsetCommit, 0, 3),
    (ApiKey::DescribeConfigs, 0, 4),
    (ApiKey::SaslAuthenticate, 0, 2),
    (ApiKey::CreatePartitions, 0, 3),
    (ApiKey::DescribeCluster, 0, 0),
    (ApiKey::DescribeProducers, 0, 0),
];

const HABITS: Habits = Habits {
    created_topic: ErrorCode::LEADER_NOT_AVAILABLE,
    verifies_transactions: false,
    bounds: Bounds::BEFORE_TV2,
    ..Habits::MODERN
};
