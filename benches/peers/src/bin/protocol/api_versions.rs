//! The ApiVersions response, with the tagged fields that brokers send in it.

use std::borrow::Cow;

use bytes::Bytes;
use kafka_protocol::messages as peer;
use kafka_protocol::messages::api_versions_response as peers;
use kafka_protocol::protocol::{Decodable, StrBytes};
use klamm_peers_bench::Contest;
use klamm_protocol::api_versions::response as ours;

use crate::contest::{Decoders, Subject, Title};
use crate::floor::Floor;
use crate::sum::Sum;

const VERSION: i16 = 4;
const APIS: i16 = 60;
const EPOCH: i64 = 118;
/// Names of features, with the highest level that is supported and the one in force.
const FEATURES: [(&str, i16, i16); 3] =
    [("group.version", 1, 1), ("metadata.version", 27, 25), ("transaction.version", 2, 2)];

pub(crate) fn contests() -> [Contest<Title>; 2] {
    let subject = Subject {
        message: "ApiVersions response",
        version: VERSION,
        ours: ours_value(),
        peer: peer_value(),
        floor,
    };
    subject.contests(&Decoders { ours: decode_ours, peer: decode_peer })
}

fn newest(key: i16) -> i16 {
    3 + key % 15
}

fn ours_value() -> ours::ApiVersionsResponse<'static> {
    let api = |key| ours::ApiVersion {
        api_key: key,
        min_version: key % 3,
        max_version: newest(key),
        ..Default::default()
    };
    let supported = |(name, most, _)| ours::SupportedFeatureKey {
        name: Cow::Borrowed(name),
        max_version: most,
        ..Default::default()
    };
    let finalized = |(name, _, level)| ours::FinalizedFeatureKey {
        name: Cow::Borrowed(name),
        max_version_level: level,
        min_version_level: level,
        ..Default::default()
    };
    ours::ApiVersionsResponse {
        api_keys: (0..APIS).map(api).collect(),
        supported_features: FEATURES.into_iter().map(supported).collect(),
        finalized_features_epoch: EPOCH,
        finalized_features: FEATURES.into_iter().map(finalized).collect(),
        ..Default::default()
    }
}

fn peer_value() -> peer::ApiVersionsResponse {
    let api = |key| {
        peers::ApiVersion::default()
            .with_api_key(key)
            .with_min_version(key % 3)
            .with_max_version(newest(key))
    };
    let supported = |(name, most, _)| {
        peers::SupportedFeatureKey::default()
            .with_name(StrBytes::from_static_str(name))
            .with_max_version(most)
    };
    let finalized = |(name, _, level)| {
        peers::FinalizedFeatureKey::default()
            .with_name(StrBytes::from_static_str(name))
            .with_max_version_level(level)
            .with_min_version_level(level)
    };
    peer::ApiVersionsResponse::default()
        .with_api_keys((0..APIS).map(api).collect())
        .with_supported_features(FEATURES.into_iter().map(supported).collect())
        .with_finalized_features_epoch(EPOCH)
        .with_finalized_features(FEATURES.into_iter().map(finalized).collect())
}

fn floor() -> Floor {
    let mut out = Floor::with_room(256 + 8 * APIS.unsigned_abs() as usize, 0);
    out.put(&0_i16.to_be_bytes());
    out.compact(APIS.unsigned_abs() as usize);
    for key in 0..APIS {
        out.put(&key.to_be_bytes());
        out.put(&(key % 3).to_be_bytes());
        out.put(&newest(key).to_be_bytes());
        out.uvarint(0);
    }
    out.put(&0_i32.to_be_bytes());
    // Three tagged fields, each with its number and its size.
    out.uvarint(3);
    let names = FEATURES.iter().map(|(name, ..)| name.len()).sum::<usize>();
    let features = 1 + names + FEATURES.len() * 6;
    out.uvarint(0);
    out.uvarint(features);
    floor_features(&mut out, |most, _| [0, most]);
    out.put(&[1, 8]);
    out.put(&EPOCH.to_be_bytes());
    out.uvarint(2);
    out.uvarint(features);
    floor_features(&mut out, |_, level| [level, level]);
    out
}

#[inline]
fn floor_features(out: &mut Floor, levels: impl Fn(i16, i16) -> [i16; 2]) {
    out.compact(FEATURES.len());
    for (name, most, level) in FEATURES {
        out.text(name);
        levels(most, level).iter().for_each(|level| out.put(&level.to_be_bytes()));
        out.uvarint(0);
    }
}

fn decode_ours(frame: &Bytes, version: i16) -> Sum {
    let message: ours::ApiVersionsResponse<'_> =
        klamm_protocol::decode_exact(frame, version).expect("written by the encoder");
    let mut sum = Sum::default();
    sum.number(message.error_code.0);
    for api in &message.api_keys {
        sum.number(api.api_key);
        sum.number(api.min_version);
        sum.number(api.max_version);
        sum.number(api.unknown_tags.len() as i64);
    }
    sum.number(message.throttle_time_ms);
    for feature in &message.supported_features {
        sum.short(feature.name.as_bytes());
        sum.number(feature.min_version);
        sum.number(feature.max_version);
        sum.number(feature.unknown_tags.len() as i64);
    }
    sum.number(message.finalized_features_epoch);
    for feature in &message.finalized_features {
        sum.short(feature.name.as_bytes());
        sum.number(feature.max_version_level);
        sum.number(feature.min_version_level);
        sum.number(feature.unknown_tags.len() as i64);
    }
    sum.number(message.zk_migration_ready);
    sum.number(message.unknown_tags.len() as i64);
    sum
}

fn decode_peer(frame: &mut Bytes, version: i16) -> Sum {
    let message =
        peer::ApiVersionsResponse::decode(frame, version).expect("written by the encoder");
    assert!(frame.is_empty());
    let mut sum = Sum::default();
    sum.number(message.error_code);
    for api in &message.api_keys {
        sum.number(api.api_key);
        sum.number(api.min_version);
        sum.number(api.max_version);
        sum.number(api.unknown_tagged_fields.len() as i64);
    }
    sum.number(message.throttle_time_ms);
    for feature in &message.supported_features {
        sum.short(feature.name.as_bytes());
        sum.number(feature.min_version);
        sum.number(feature.max_version);
        sum.number(feature.unknown_tagged_fields.len() as i64);
    }
    sum.number(message.finalized_features_epoch);
    for feature in &message.finalized_features {
        sum.short(feature.name.as_bytes());
        sum.number(feature.max_version_level);
        sum.number(feature.min_version_level);
        sum.number(feature.unknown_tagged_fields.len() as i64);
    }
    sum.number(message.zk_migration_ready);
    sum.number(message.unknown_tagged_fields.len() as i64);
    sum
}
