//! Which version is chosen, against the brokers of every era since 0.11.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests stop the test"
)]

use bytes::Bytes;
use klamm_protocol::ApiKey::{
    self, AddOffsetsToTxn, AddPartitionsToTxn, ApiVersions, DescribeCluster, EndTxn,
    FindCoordinator, InitProducerId, LeaderAndIsr, Metadata, Produce, SaslAuthenticate,
    SaslHandshake, TxnOffsetCommit,
};
use klamm_protocol::VersionRange;
use klamm_protocol::api_versions::ApiVersionsResponse;
use klamm_protocol::api_versions::response::{ApiVersion, FinalizedFeatureKey};
use klamm_protocol::frame::encode_response;
use klamm_protocol::negotiate::{
    Answer, Ask, Bound, CAPS, Condition, Conditions, Negotiated, NegotiationError, Offer,
    TRANSACTION_VERSION, supported,
};
use klamm_wire::ErrorCode;

const ERAS: [&str; 13] =
    ["0.11", "1.0", "2.0", "2.1", "2.4", "2.8", "3.0", "3.7", "3.9", "4.0", "4.1", "4.2", "4.3"];

/// No such API in that era.
const NO: i16 = -1;

/// For each API what the brokers of each era offer at most, and what is chosen; all from 0 on.
#[rustfmt::skip]
const CHOICES: &[(ApiKey, [i16; 13], [i16; 13])] = &[
    (Produce,
        [3, 5, 6, 7, 8, 9, 9, 10, 11, 12, 13, 13, 13],
        [3, 5, 6, 7, 8, 9, 9, 10, 11, 12, 13, 13, 13]),
    (Metadata,
        [4, 5, 6, 7, 9, 11, 11, 12, 12, 13, 13, 13, 13],
        [4, 5, 6, 7, 9, 11, 11, 12, 12, 13, 13, 13, 13]),
    (FindCoordinator,
        [1, 1, 2, 2, 3, 3, 4, 4, 6, 6, 6, 6, 6],
        [1, 1, 2, 2, 3, 3, 4, 4, 6, 6, 6, 6, 6]),
    (SaslHandshake,
        [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
    (ApiVersions,
        [1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4],
        [1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4]),
    (InitProducerId,
        [0, 0, 1, 1, 2, 4, 4, 4, 5, 5, 5, 5, 5],
        [0, 0, 1, 1, 2, 4, 4, 4, 5, 5, 5, 5, 5]),
    (AddPartitionsToTxn,
        [0, 0, 1, 1, 1, 3, 3, 4, 5, 5, 5, 5, 5],
        [0, 0, 1, 1, 1, 3, 3, 3, 3, 3, 3, 3, 3]),
    (AddOffsetsToTxn,
        [0, 0, 1, 1, 1, 3, 3, 3, 4, 4, 4, 4, 4],
        [0, 0, 1, 1, 1, 3, 3, 3, 4, 4, 4, 4, 4]),
    (EndTxn,
        [0, 0, 1, 1, 1, 3, 3, 3, 4, 5, 5, 5, 5],
        [0, 0, 1, 1, 1, 3, 3, 3, 4, 5, 5, 5, 5]),
    (TxnOffsetCommit,
        [0, 0, 1, 2, 2, 3, 3, 3, 4, 5, 5, 5, 5],
        [0, 0, 1, 2, 2, 3, 3, 3, 4, 5, 5, 5, 5]),
    (SaslAuthenticate,
        [NO, 0, 0, 0, 1, 2, 2, 2, 2, 2, 2, 2, 2],
        [NO, 0, 0, 0, 1, 2, 2, 2, 2, 2, 2, 2, 2]),
    (DescribeCluster,
        [NO, NO, NO, NO, NO, NO, 0, 1, 1, 2, 2, 2, 2],
        [NO, NO, NO, NO, NO, NO, 0, 1, 1, 2, 2, 2, 2]),
];

/// What is chosen under a condition.
#[rustfmt::skip]
const CAPPED: &[(ApiKey, Condition, [i16; 13])] = &[
    (Produce, Condition::TransactionV1, [3, 5, 6, 7, 8, 9, 9, 10, 11, 11, 11, 11, 11]),
    (EndTxn, Condition::TransactionV1, [0, 0, 1, 1, 1, 3, 3, 3, 4, 4, 4, 4, 4]),
    (TxnOffsetCommit, Condition::TransactionV1, [0, 0, 1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4]),
    (Produce, Condition::TransactionV2, [NO, NO, NO, NO, NO, NO, NO, NO, NO, 12, 13, 13, 13]),
    (EndTxn, Condition::TransactionV2, [NO, NO, NO, NO, NO, NO, NO, NO, NO, 5, 5, 5, 5]),
    (TxnOffsetCommit, Condition::TransactionV2, [NO, NO, NO, NO, NO, NO, NO, NO, NO, 5, 5, 5, 5]),
    (Produce, Condition::TopicIdUnknown, [3, 5, 6, 7, 8, 9, 9, 10, 11, 12, 12, 12, 12]),
    (Metadata, Condition::TopicById, [NO, NO, NO, NO, NO, NO, NO, 12, 12, 13, 13, 13, 13]),
    (Metadata, Condition::NoTopicCreation, [4, 5, 6, 7, 9, 11, 11, 12, 12, 13, 13, 13, 13]),
    (FindCoordinator, Condition::TransactionCoordinator, [1, 1, 2, 2, 3, 3, 4, 4, 6, 6, 6, 6, 6]),
    (InitProducerId, Condition::EpochBump, [NO, NO, NO, NO, NO, 4, 4, 4, 5, 5, 5, 5, 5]),
    (TxnOffsetCommit, Condition::GroupMetadata, [NO, NO, NO, NO, NO, 3, 3, 3, 4, 5, 5, 5, 5]),
    (SaslHandshake, Condition::RawSaslTokens, [0; 13]),
];

#[test]
fn each_era_of_brokers_gets_the_newest_common_version() {
    for (era, name) in ERAS.iter().enumerate() {
        let broker = broker_of(era);
        for (key, _, chosen) in CHOICES {
            let version = broker.version(*key, Conditions::NONE).unwrap_or(NO);
            assert_eq!(version, chosen[era], "{key} with a broker of {name}");
        }
    }
}

#[test]
fn each_era_of_brokers_is_held_to_the_caps() {
    for (era, name) in ERAS.iter().enumerate() {
        let broker = broker_of(era);
        for (key, condition, chosen) in CAPPED {
            let version = broker.version(*key, *condition).unwrap_or(NO);
            assert_eq!(version, chosen[era], "{key} under {condition:?} with a broker of {name}");
        }
    }
}

#[test]
fn every_cap_is_judged_against_the_eras() {
    for cap in CAPS.iter().filter(|cap| cap.condition != Condition::Client) {
        let is_same = |row: &&(ApiKey, Condition, _)| (row.0, row.1) == (cap.key, cap.condition);
        assert_eq!(CAPPED.iter().filter(is_same).count(), 1, "{} {:?}", cap.key, cap.condition);
        assert!(!cap.reason.is_empty());
    }
}

#[test]
fn caps_add_up() {
    let broker = broker_of(12);
    let both = Conditions::from(Condition::TransactionV1).and(Condition::TopicIdUnknown);
    assert_eq!(broker.version(Produce, both), Ok(11));
    let both = Conditions::from(Condition::TransactionV2).and(Condition::TopicIdUnknown);
    assert_eq!(broker.version(Produce, both), Ok(12));
    let both = Conditions::from(Condition::TransactionV1).and(Condition::TransactionV2);
    let error = broker.version(Produce, both).unwrap_err();
    assert_eq!((error.ours, error.theirs), (None, Some(VersionRange::new(0, 13))));
}

#[test]
fn every_cap_leaves_versions_of_ours() {
    for cap in CAPS {
        let ours = supported(cap.key).unwrap();
        let (Bound::AtMost(version) | Bound::AtLeast(version)) = cap.bound;
        assert!(ours.contains(version), "{} {:?}", cap.key, cap.bound);
    }
}

#[test]
fn a_version_that_may_still_change_is_not_ours() {
    assert_eq!(supported(InitProducerId), Some(VersionRange::new(0, 5)));
    assert_eq!(supported(Produce), Some(VersionRange::new(3, 13)));
    assert_eq!(supported(LeaderAndIsr), None);
    let broker = broker(&[(InitProducerId, 0, 6)]);
    assert_eq!(broker.version(InitProducerId, Conditions::NONE), Ok(5));
}

#[test]
fn the_error_names_both_ranges() {
    let broker = broker(&[(Produce, 0, 2), (Metadata, 14, 16), (EndTxn, 0, 4)]);
    let text = |key, conditions: Conditions| {
        broker.version(key, conditions).map_err(|error| error.to_string()).unwrap_err()
    };
    assert_eq!(
        text(Produce, Conditions::NONE),
        "no version of Produce (0) is common: this client has 3-13, the broker 0-2"
    );
    assert_eq!(
        text(Metadata, Conditions::NONE),
        "no version of Metadata (3) is common: this client has 1-13, the broker 14-16; \
         at 0 an empty list asks for all topics, so that none cannot be asked for"
    );
    assert_eq!(
        text(EndTxn, Condition::TransactionV2.into()),
        "no version of EndTxn (26) is common: this client has 5, the broker 0-4; \
         before 5 the answer lacks the epoch of the next transaction (KIP-890)"
    );
    assert_eq!(
        text(DescribeCluster, Conditions::NONE),
        "no version of DescribeCluster (60) is common: this client has 0-2, \
         the broker does not serve it"
    );
    assert!(text(LeaderAndIsr, Conditions::NONE).contains("this client has none"));
}

#[test]
fn the_first_answer_at_the_newest_version_is_the_offer() {
    let ask = Ask::first();
    assert_eq!((ask, ask.version()), (Ask::default(), 4));
    let mut answer = answer(ErrorCode::NONE, &[(Produce, 0, 13)]);
    answer.throttle_time_ms = 7;
    answer.api_keys.push(ApiVersion { api_key: 999, max_version: 1, ..Default::default() });
    let Ok(Answer::Offer(offer)) = ask.answered(&frame(&answer, 4)) else { panic!("no offer") };
    assert_eq!(offer.throttle_time_ms, 7);
    assert_eq!(offer.versions.get(&999), Some(&VersionRange::new(0, 1)));
    assert_eq!(Negotiated::from(offer).version(Produce, Conditions::NONE), Ok(13));
}

#[test]
fn a_refused_version_is_asked_again_at_the_one_that_the_broker_names() {
    for (theirs, again) in [(3, 3), (0, 0), (2, 2), (4, 3), (100, 3)] {
        let refusal = answer(ErrorCode::UNSUPPORTED_VERSION, &[(ApiVersions, 0, theirs)]);
        assert_eq!(asked_again(&frame(&refusal, 0)).map(Ask::version), Ok(again));
    }
}

#[test]
fn a_refusal_that_names_no_version_leads_to_version_0() {
    let refusal = answer(ErrorCode::UNSUPPORTED_VERSION, &[(Produce, 0, 9)]);
    assert_eq!(asked_again(&frame(&refusal, 0)).map(Ask::version), Ok(0));
    let empty = answer(ErrorCode::UNSUPPORTED_VERSION, &[]);
    for version in [0, 4] {
        assert_eq!(asked_again(&frame(&empty, version)).map(Ask::version), Ok(0));
    }
    let code_alone = Bytes::from_static(&[0, 0, 0, 1, 0, 35]);
    assert_eq!(asked_again(&code_alone).map(Ask::version), Ok(0));
}

#[test]
fn the_second_answer_is_read_at_the_second_version_and_may_not_refuse() {
    let refusal = frame(&answer(ErrorCode::UNSUPPORTED_VERSION, &[(ApiVersions, 0, 2)]), 0);
    let again = asked_again(&refusal).unwrap();
    let offer = frame(&answer(ErrorCode::NONE, &[(Produce, 0, 6)]), 2);
    let expected = Offer { versions: [(0, VersionRange::new(0, 6))].into(), ..Default::default() };
    assert_eq!(again.answered(&offer), Ok(Answer::Offer(expected)));
    let error = again.answered(&refusal).unwrap_err();
    assert_eq!(error, NegotiationError::RefusedTwice { version: 2 });
    assert!(error.to_string().contains("at version 2"), "{error}");
}

#[test]
fn a_broker_without_a_version_of_ours_cannot_be_used() {
    for (min, max) in [(5, 7), (0, -1), (2, 1)] {
        let refusal = answer(ErrorCode::UNSUPPORTED_VERSION, &[(ApiVersions, min, max)]);
        let error = asked_again(&frame(&refusal, 0)).unwrap_err();
        let NegotiationError::NoCommonVersion(range) = error else { panic!("{error}") };
        assert_eq!(range.theirs, Some(VersionRange::new(min, max)));
        assert!(error.to_string().contains("this client has 0-3, the broker"), "{error}");
    }
}

#[test]
fn another_error_ends_the_negotiation() {
    let error = Ask::first().answered(&frame(&answer(ErrorCode(42), &[]), 4)).unwrap_err();
    assert_eq!(error, NegotiationError::Refused(ErrorCode(42)));
    assert!(error.to_string().contains("INVALID_REQUEST"), "{error}");
}

#[test]
fn every_part_of_an_answer_is_malformed() {
    let whole = frame(&answer(ErrorCode::NONE, &[(Produce, 0, 13)]), 4);
    for len in 0..whole.len() {
        let error = Ask::first().answered(&whole.slice(..len)).unwrap_err();
        assert!(matches!(error, NegotiationError::Malformed(_)), "{len}: {error}");
    }
}

#[test]
fn transactions_go_by_the_features_of_the_highest_epoch() {
    let features = |epoch, level| {
        let mut answer = answer(ErrorCode::NONE, &[]);
        answer.finalized_features_epoch = epoch;
        answer.finalized_features = vec![FinalizedFeatureKey {
            name: TRANSACTION_VERSION.into(),
            max_version_level: level,
            ..Default::default()
        }];
        match Ask::first().answered(&frame(&answer, 4)) {
            Ok(Answer::Offer(offer)) => offer.features,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(features(8, 2).transactions(), Condition::TransactionV2);
    assert_eq!(features(8, 3).transactions(), Condition::TransactionV2);
    assert_eq!(features(8, 1).transactions(), Condition::TransactionV1);
    assert_eq!(features(8, 2).level("metadata.version"), 0);
    let unknown = features(-1, 2);
    assert_eq!((unknown.epoch(), unknown.transactions()), (None, Condition::TransactionV1));

    let (old, new) = (features(8, 1), features(9, 2));
    assert_eq!(old.clone().newest(new.clone()).epoch(), Some(9));
    assert_eq!(new.clone().newest(old.clone()), new);
    assert_eq!(old.clone().newest(features(8, 2)), old);
    assert_eq!(old.clone().newest(unknown.clone()), old);
    assert_eq!(unknown.newest(old.clone()), old);
}

/// What the table says about the brokers of an era.
fn broker_of(era: usize) -> Negotiated {
    let row = |row: &(ApiKey, [i16; 13], _)| (row.0, 0, row.1[era]);
    let offered = CHOICES.iter().map(row).filter(|(_, _, max)| *max != NO);
    broker(&offered.collect::<Vec<_>>())
}

fn broker(offered: &[(ApiKey, i16, i16)]) -> Negotiated {
    match Ask::first().answered(&frame(&answer(ErrorCode::NONE, offered), 4)) {
        Ok(Answer::Offer(offer)) => Negotiated::from(offer),
        other => panic!("{other:?}"),
    }
}

fn answer(error_code: ErrorCode, offered: &[(ApiKey, i16, i16)]) -> ApiVersionsResponse<'static> {
    let api = |(key, min, max): &(ApiKey, i16, i16)| ApiVersion {
        api_key: key.code(),
        min_version: *min,
        max_version: *max,
        ..Default::default()
    };
    let api_keys = offered.iter().map(api).collect();
    ApiVersionsResponse { error_code, api_keys, ..Default::default() }
}

fn frame(answer: &ApiVersionsResponse<'_>, version: i16) -> Bytes {
    let segments = encode_response(answer, version, 1).unwrap();
    Bytes::from(segments.to_vec()).slice(4..)
}

fn asked_again(frame: &Bytes) -> Result<Ask, NegotiationError> {
    match Ask::first().answered(frame)? {
        Answer::Again(ask) => Ok(ask),
        Answer::Offer(offer) => panic!("{offer:?}"),
    }
}
