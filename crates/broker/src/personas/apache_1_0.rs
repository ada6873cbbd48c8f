//! Apache Kafka 1.0.0.
//!
//! The first release that remembers five batches of a producer and that knows
//! `UNKNOWN_PRODUCER_ID`, and the only one that answers a batch older than those five with
//! `DUPLICATE_SEQUENCE_NUMBER`: from 1.0.1 on that is out of order (`ProducerStateManager`,
//! `checkSequence`). The unknown were told so until 2.4 (KIP-360). Records that break a rule are
//! called corrupt (until 2.3; KIP-467), zstd is a codec nobody knows (until 2.0; KIP-110), and an
//! unknown version of ApiVersions gets an error and no range (until 2.3; KIP-511).

use klamm_protocol::ApiKey;
use klamm_records::Codec;
use klamm_wire::ErrorCode;

use super::habits::Bounds;
use super::{Features, Habits, Profile, Refusal, Sequences, Unknown};

/// What is known of it.
pub(super) static PROFILE: Profile =
    Profile { name: "apache-1.0", versions: VERSIONS, features: Features::NONE, habits: HABITS };

const VERSIONS: &[(ApiKey, i16, i16)] = &[
    (ApiKey::Produce, 0, 5),
    (ApiKey::Fetch, 0, 6),
    (ApiKey::ListOffsets, 0, 2),
    (ApiKey::Metadata, 0, 5),
    (ApiKey::OffsetCommit, 0, 3),
    (ApiKey::OffsetFetch, 0, 3),
    (ApiKey::FindCoordinator, 0, 1),
    (ApiKey::JoinGroup, 0, 2),
    (ApiKey::Heartbeat, 0, 1),
    (ApiKey::LeaveGroup, 0, 1),
    (ApiKey::SyncGroup, 0, 1),
    (ApiKey::SaslHandshake, 0, 1),
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
    (ApiKey::SaslAuthenticate, 0, 0),
    (ApiKey::CreatePartitions, 0, 0),
];

pub(super) const HABITS: Habits = Habits {
    refusal: Refusal::Bare,
    sequences: Sequences { window: 5, unknown: Unknown::Told, old_duplicates: true },
    created_topic: ErrorCode::LEADER_NOT_AVAILABLE,
    invalid_record: ErrorCode::CORRUPT_MESSAGE,
    refused_codecs: &[(Codec::Zstd, ErrorCode::UNKNOWN_SERVER_ERROR)],
    verifies_transactions: false,
    bounds: Bounds::BEFORE_TV2,
    ..Habits::MODERN
};
