//! Apache Kafka 0.11, the first release with producers that number their batches (KIP-98).
//!
//! It remembers the last batch of a producer and no more, so one request may be in flight, and has
//! neither of the errors that 1.0 has for producers: the unknown must begin with 0, and what is
//! older than the last batch is out of order (`ProducerStateManager`, `validateAppend`). There is
//! no SaslAuthenticate: tokens follow the handshake without an envelope. Otherwise it does as 1.0.

use klamm_protocol::ApiKey;

use super::{Features, Habits, Profile, Sequences, Unknown, apache_1_0};

/// What is known of it.
pub(super) static PROFILE: Profile =
    Profile { name: "apache-0.11", versions: VERSIONS, features: Features::NONE, habits: HABITS };

const VERSIONS: &[(ApiKey, i16, i16)] = &[
    (ApiKey::Produce, 0, 3),
    (ApiKey::Fetch, 0, 5),
    (ApiKey::ListOffsets, 0, 2),
    (ApiKey::Metadata, 0, 4),
    (ApiKey::OffsetCommit, 0, 3),
    (ApiKey::OffsetFetch, 0, 3),
    (ApiKey::FindCoordinator, 0, 1),
    (ApiKey::JoinGroup, 0, 2),
    (ApiKey::Heartbeat, 0, 1),
    (ApiKey::LeaveGroup, 0, 1),
    (ApiKey::SyncGroup, 0, 1),
    (ApiKey::SaslHandshake, 0, 0),
    (ApiKey::ApiVersions, 0, 1),
    (ApiKey::CreateTopics, 0, 2),
    (ApiKey::DeleteTopics, 0, 1),
    (ApiKey::DeleteRecords, 0, 0),
    (ApiKey::InitProducerId, 0, 0),
    (ApiKey::OffsetForLeaderEpoch, 0, 0),
    (ApiKey::AddPartitionsToTxn, 0, 0),
    (ApiKey::AddOffsetsToTxn, 0, 0),
    (ApiKey::EndTxn, 0, 0),
    (ApiKey::TxnOffsetCommit, 0, 0),
    (ApiKey::DescribeConfigs, 0, 0),
];

const HABITS: Habits = Habits {
    sequences: Sequences { window: 1, unknown: Unknown::Zero, old_duplicates: false },
    ..apache_1_0::HABITS
};
