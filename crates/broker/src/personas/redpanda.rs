//! Redpanda 24.3.
//!
//! Versions are those that its handlers register. Produce ends with 7, which has no room for errors
//! of single records nor for new leaders; Metadata ends with 8, so there are no topic ids. A
//! version of ApiVersions that it does not know is answered with an error and with all ranges; any
//! other unknown version ends the connection. Transactions are of the first generation.

use klamm_protocol::ApiKey;

use super::habits::Bounds;
use super::{Features, Habits, Profile, Refusal};

/// What is known of it.
pub(super) static PROFILE: Profile =
    Profile { name: "redpanda", versions: VERSIONS, features: Features::NONE, habits: HABITS };

const VERSIONS: &[(ApiKey, i16, i16)] = &[
    (ApiKey::Produce, 0, 7),
    (ApiKey::Fetch, 4, 11),
    (ApiKey::ListOffsets, 0, 4),
    (ApiKey::Metadata, 0, 8),
    (ApiKey::OffsetCommit, 1, 8),
    (ApiKey::OffsetFetch, 1, 7),
    (ApiKey::FindCoordinator, 0, 3),
    (ApiKey::JoinGroup, 0, 6),
    (ApiKey::Heartbeat, 0, 4),
    (ApiKey::LeaveGroup, 0, 4),
    (ApiKey::SyncGroup, 0, 4),
    (ApiKey::SaslHandshake, 0, 1),
    (ApiKey::ApiVersions, 0, 3),
    (ApiKey::CreateTopics, 0, 6),
    (ApiKey::DeleteTopics, 0, 5),
    (ApiKey::DeleteRecords, 0, 2),
    (ApiKey::InitProducerId, 0, 3),
    (ApiKey::OffsetForLeaderEpoch, 0, 4),
    (ApiKey::AddPartitionsToTxn, 0, 3),
    (ApiKey::AddOffsetsToTxn, 0, 1),
    (ApiKey::EndTxn, 0, 3),
    (ApiKey::TxnOffsetCommit, 0, 3),
    (ApiKey::DescribeConfigs, 0, 4),
    (ApiKey::SaslAuthenticate, 0, 2),
    (ApiKey::CreatePartitions, 0, 3),
    (ApiKey::DescribeProducers, 0, 0),
    (ApiKey::DescribeTransactions, 0, 0),
    (ApiKey::ListTransactions, 0, 0),
];

const HABITS: Habits = Habits {
    refusal: Refusal::AllRanges,
    names_new_leaders: false,
    bounds: Bounds::BEFORE_TV2,
    ..Habits::MODERN
};
