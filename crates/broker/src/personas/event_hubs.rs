//! Azure Event Hubs by its Kafka endpoint.
//!
//! A service that is not Kafka, put together here from what users and client libraries have
//! reported; nobody publishes its versions, and they have changed over the years. The persona keeps
//! the traps: Produce goes to versions that name topics by ids which Metadata cannot tell; a
//! version of ApiVersions that it does not know breaks the connection, as does a request of more
//! than 1,046,528 bytes or a silence of four minutes; requests without acknowledgement are
//! answered; no codec but gzip is taken; and empty bytes are written as null, which is played for
//! the assignment of SyncGroup. There are no transactions.

use std::time::Duration;

use klamm_protocol::ApiKey;
use klamm_records::Codec;
use klamm_wire::ErrorCode;

use super::habits::Bounds;
use super::{Features, Habits, Profile, Refusal};

/// What is known of it.
pub(super) static PROFILE: Profile =
    Profile { name: "event-hubs", versions: VERSIONS, features: Features::NONE, habits: HABITS };

const VERSIONS: &[(ApiKey, i16, i16)] = &[
    (ApiKey::Produce, 0, 13),
    (ApiKey::Fetch, 4, 6),
    (ApiKey::ListOffsets, 0, 8),
    (ApiKey::Metadata, 0, 9),
    (ApiKey::OffsetCommit, 0, 8),
    (ApiKey::OffsetFetch, 0, 8),
    (ApiKey::FindCoordinator, 0, 4),
    (ApiKey::JoinGroup, 0, 9),
    (ApiKey::Heartbeat, 0, 4),
    (ApiKey::LeaveGroup, 0, 5),
    (ApiKey::SyncGroup, 0, 5),
    (ApiKey::SaslHandshake, 0, 1),
    (ApiKey::ApiVersions, 0, 3),
    (ApiKey::CreateTopics, 0, 2),
    (ApiKey::DeleteTopics, 0, 2),
    (ApiKey::InitProducerId, 0, 1),
    (ApiKey::OffsetForLeaderEpoch, 0, 0),
    (ApiKey::DescribeConfigs, 0, 2),
    (ApiKey::SaslAuthenticate, 0, 1),
    (ApiKey::CreatePartitions, 0, 1),
];

const REFUSED: ErrorCode = ErrorCode::UNSUPPORTED_FOR_MESSAGE_FORMAT;

const HABITS: Habits = Habits {
    refusal: Refusal::Close,
    refused_codecs: &[(Codec::Snappy, REFUSED), (Codec::Lz4, REFUSED), (Codec::Zstd, REFUSED)],
    names_new_leaders: false,
    answers_acks_zero: true,
    null_for_empty: true,
    bounds: Bounds {
        request_bytes: 1_046_528,
        idle: Duration::from_secs(240),
        ..Bounds::BEFORE_TV2
    },
    ..Habits::MODERN
};
