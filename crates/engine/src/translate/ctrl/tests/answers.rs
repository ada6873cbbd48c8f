//! Answers in each version, with every code, foreign ones and broken ones.

use klamm_idempotence::CtrlFacts;
use klamm_protocol::add_offsets_to_txn::AddOffsetsToTxnResponse;
use klamm_protocol::add_partitions_to_txn::AddPartitionsToTxnResponse;
use klamm_protocol::add_partitions_to_txn::response::{
    AddPartitionsToTxnPartitionResult, AddPartitionsToTxnTopicResult,
};
use klamm_protocol::end_txn::EndTxnResponse;
use klamm_protocol::init_producer_id::InitProducerIdResponse;
use klamm_protocol::txn_offset_commit::TxnOffsetCommitResponse;
use klamm_protocol::txn_offset_commit::response::{
    TxnOffsetCommitResponsePartition, TxnOffsetCommitResponseTopic,
};
use klamm_wire::PartitionIndex;
use proptest::prelude::*;

use super::super::{facts, payload};
use super::*;

type Said<'s> = &'s [(&'static str, &'s [(i32, ErrorCode)])];

fn added(said: Said<'_>) -> AddPartitionsToTxnResponse<'static> {
    let topics = said.iter().map(|(name, codes)| AddPartitionsToTxnTopicResult {
        name: (*name).into(),
        results_by_partition: codes
            .iter()
            .map(|(index, code)| AddPartitionsToTxnPartitionResult {
                partition_index: PartitionIndex(*index),
                partition_error_code: *code,
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    });
    AddPartitionsToTxnResponse {
        results_by_topic_v3_and_below: topics.collect(),
        ..Default::default()
    }
}

fn committed(said: Said<'_>) -> TxnOffsetCommitResponse<'static> {
    let topics = said.iter().map(|(name, codes)| TxnOffsetCommitResponseTopic {
        name: (*name).into(),
        partitions: codes
            .iter()
            .map(|(index, code)| TxnOffsetCommitResponsePartition {
                partition_index: PartitionIndex(*index),
                error_code: *code,
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    });
    TxnOffsetCommitResponse { topics: topics.collect(), ..Default::default() }
}

fn facts_of(at: usize, frame: &ResponseFrame) -> CtrlFacts {
    facts(&requests()[at], &Story::managed(), frame)
}

/// A good answer to each of the requests, in each version that clients speak.
fn good_answers() -> Vec<(usize, ResponseFrame)> {
    let ok = ErrorCode::NONE;
    let (init, end) = (ApiKey::InitProducerId, ApiKey::EndTxn);
    let producer = InitProducerIdResponse { producer_id: ME.pid, ..Default::default() };
    let add = added(&[("odd", &[(1, ok), (0, ok)]), ("even", &[(0, ok)])]);
    let commit = committed(&[("odd", &[(1, ok)]), ("even", &[(0, ok), (2, ok)])]);
    let mut all: Vec<(usize, ResponseFrame)> = Vec::new();
    all.extend(all_versions(init).map(|version| (0, frame(&producer, version))));
    all.extend((0..=3).map(|version| (2, frame(&add, version))));
    let group = AddOffsetsToTxnResponse::default();
    all.extend((0..=4).map(|version| (3, frame(&group, version))));
    all.extend((0..=4).map(|version| (4, frame(&commit, version))));
    all.push((5, frame(&commit, 5)));
    let ended = EndTxnResponse { producer_id: ME.pid, ..Default::default() };
    all.extend(all_versions(end).map(|version| (6, frame(&ended, version))));
    all
}

#[test]
fn a_producer_id_comes_with_its_epoch_and_code() {
    for version in all_versions(ApiKey::InitProducerId) {
        for code in codes() {
            let (pid, epoch) = (ProducerId(9), Epoch(2));
            let answer = InitProducerIdResponse {
                error_code: code,
                producer_id: pid,
                producer_epoch: epoch,
                ..Default::default()
            };
            let heard = facts_of(0, &frame(&answer, version));
            assert_eq!(heard, CtrlFacts::ProducerId { code, pid, epoch }, "{version}");
        }
    }
}

#[test]
fn each_partition_has_the_code_that_the_answer_gives_it() {
    for version in 0..=3 {
        for code in codes() {
            let said: Said<'_> =
                &[("odd", &[(1, code), (0, ErrorCode::NONE)]), ("even", &[(0, code)])];
            let parts = vec![(Part(3), code), (Part(0), code), (Part(1), ErrorCode::NONE)];
            let heard = facts_of(2, &frame(&added(said), version));
            let code = ErrorCode::NONE;
            assert_eq!(heard, CtrlFacts::PartitionsAdded { code, parts });
        }
    }
}

#[test]
fn what_the_answer_leaves_out_the_facts_leave_out() {
    let ok = ErrorCode::NONE;
    let heard = facts_of(2, &frame(&added(&[("odd", &[(1, ok)])]), 3));
    assert_eq!(heard, CtrlFacts::PartitionsAdded { code: ok, parts: vec![(Part(3), ok)] });
    let heard = facts_of(5, &frame(&committed(&[("even", &[(2, ok)])]), 5));
    assert_eq!(heard, CtrlFacts::OffsetsCommitted { offsets: vec![(4, ok)] });
    let heard = facts_of(5, &frame(&committed(&[]), 5));
    assert_eq!(heard, CtrlFacts::OffsetsCommitted { offsets: vec![] });
}

#[test]
fn a_group_is_added_or_not() {
    for version in all_versions(ApiKey::AddOffsetsToTxn) {
        for code in codes() {
            let answer = AddOffsetsToTxnResponse { error_code: code, ..Default::default() };
            let heard = facts_of(3, &frame(&answer, version));
            assert_eq!(heard, CtrlFacts::OffsetsAdded { code });
        }
    }
}

#[test]
fn each_offset_has_the_code_of_its_partition() {
    for (at, version) in (0..=4).map(|version| (4, version)).chain([(5, 5)]) {
        for code in codes() {
            let said: Said<'_> =
                &[("even", &[(2, code), (0, ErrorCode::NONE)]), ("odd", &[(1, code)])];
            let offsets = vec![(0, ErrorCode::NONE), (3, code), (4, code)];
            let heard = facts_of(at, &frame(&committed(said), version));
            assert_eq!(heard, CtrlFacts::OffsetsCommitted { offsets });
        }
    }
}

#[test]
fn an_end_names_the_next_identity_from_version_5_on_and_not_beside_an_error() {
    for version in all_versions(ApiKey::EndTxn) {
        for code in codes() {
            let (producer_id, producer_epoch) = (ProducerId(7), Epoch(4));
            let answer = EndTxnResponse {
                error_code: code,
                producer_id,
                producer_epoch,
                ..Default::default()
            };
            let heard = facts_of(7, &frame(&answer, version));
            let names = version >= 5 && code.is_ok();
            let next = names.then_some((producer_id, producer_epoch));
            assert_eq!(heard, CtrlFacts::TxnEnded { code, next });
        }
    }
}

#[test]
fn an_identity_that_cannot_be_is_none() {
    for (producer_id, producer_epoch) in [(-1, 4), (7, -1), (-1, -1)] {
        let answer = EndTxnResponse {
            producer_id: ProducerId(producer_id),
            producer_epoch: Epoch(producer_epoch),
            ..Default::default()
        };
        let heard = facts_of(7, &frame(&answer, 5));
        assert_eq!(heard, CtrlFacts::TxnEnded { code: ErrorCode::NONE, next: None });
    }
}

#[test]
fn what_was_not_asked_does_not_belong() {
    let (ok, bad) = (ErrorCode::NONE, ErrorCode::NOT_COORDINATOR);
    let others: [Said<'_>; 4] = [
        &[("odd", &[(1, ok), (2, ok)])],
        &[("other", &[(1, ok)])],
        &[("even", &[(-1, ok)])],
        &[("even", &[(0, ok)]), ("even", &[(0, bad)])],
    ];
    for said in others {
        assert_eq!(facts_of(2, &frame(&added(said), 3)), CtrlFacts::Garbled, "{said:?}");
        assert_eq!(facts_of(5, &frame(&committed(said), 5)), CtrlFacts::Garbled, "{said:?}");
    }
}

#[test]
fn an_answer_to_another_request_does_not_belong() {
    for (at, frame) in good_answers() {
        for (other, request) in requests().iter().enumerate() {
            let heard = facts(request, &Story::managed(), &frame);
            let same_api = matches!((at, other), (0, 1) | (4, 5) | (5, 4) | (6, 7));
            assert_eq!(heard == CtrlFacts::Garbled, at != other && !same_api, "{at} {other}");
        }
    }
}

#[test]
fn an_answer_that_is_cut_anywhere_is_garbled() {
    for (at, whole) in good_answers() {
        for length in 0..whole.bytes.len() {
            let frame = ResponseFrame { bytes: whole.bytes.slice(..length), ..whole.clone() };
            assert_eq!(facts_of(at, &frame), CtrlFacts::Garbled, "{at} cut at {length}");
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_do_harm(
        at in 0..8_usize,
        version in -1..20_i16,
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let request = &requests()[at];
        let story = Story::managed();
        let payload = payload(request, &settings(), &story).expect("invariant: known");
        let frame = ResponseFrame { key: payload.key(), version, bytes: bytes.into() };
        facts(request, &story, &frame);
    }
}
