//! Each request in each of its versions, read as a broker reads it.

use klamm_cluster::{Blame, Cause, ConnFailure, Fate, Reason, RequestFailure, Stage};
use klamm_idempotence::{CtrlFacts, CtrlId, Input, Mode};
use klamm_protocol::add_offsets_to_txn::AddOffsetsToTxnRequest;
use klamm_protocol::add_partitions_to_txn::AddPartitionsToTxnRequest;
use klamm_protocol::end_txn::EndTxnRequest;
use klamm_protocol::init_producer_id::InitProducerIdRequest;
use klamm_protocol::negotiate::UnsupportedVersion;
use klamm_protocol::txn_offset_commit::TxnOffsetCommitRequest;

use super::super::{payload, refused, unanswered};
use super::*;

fn payload_of(request: &Request, story: &Story) -> Box<dyn Payload> {
    payload(request, &settings(), story).expect("invariant: all of it is known")
}

#[test]
fn each_request_is_asked_in_the_versions_of_its_generation_alone() {
    let expected: [Vec<i16>; 8] = [
        (0..=5).collect(),
        (3..=5).collect(),
        (0..=3).collect(),
        (0..=4).collect(),
        vec![3, 4],
        vec![5],
        (0..=4).collect(),
        vec![5],
    ];
    for (request, expected) in requests().iter().zip(expected) {
        let payload = payload_of(request, &Story::managed());
        assert_eq!(versions(&*payload), expected, "{request:?}");
        assert!(payload.is_answered());
    }
}

#[test]
fn offsets_of_a_group_that_nobody_manages_go_to_old_brokers_as_well() {
    let commit = &requests()[4];
    let payload = payload_of(commit, &Story::unmanaged());
    assert_eq!(versions(&*payload), [0, 1, 2, 3, 4]);
    for version in versions(&*payload) {
        let frame = encoded(&*payload, version);
        let asked: TxnOffsetCommitRequest<'_> = decoded(&frame, version);
        assert_eq!((asked.generation_id, asked.member_id.as_ref()), (-1, ""));
    }
}

#[test]
fn a_producer_id_is_asked_for_with_what_we_are() {
    for (request, identity) in requests().iter().zip([None, Some(ME)]) {
        let payload = payload_of(request, &Story::managed());
        for version in versions(&*payload) {
            let frame = encoded(&*payload, version);
            let asked: InitProducerIdRequest<'_> = decoded(&frame, version);
            assert_eq!(asked.transactional_id.as_deref(), Some("tx"));
            assert_eq!(asked.transaction_timeout_ms, 60_000);
            let named = identity.map_or((-1, -1), |id| (id.pid.0, id.epoch.0));
            assert_eq!((asked.producer_id.0, asked.producer_epoch.0), named, "{version}");
            assert!(!asked.enable2_pc && !asked.keep_prepared_txn);
        }
    }
}

#[test]
fn a_producer_without_transactions_asks_without_a_name() {
    let settings = Settings::new(Mode::Idempotent);
    let request = Request::InitProducerId { current: None };
    let payload = payload(&request, &settings, &Story::managed()).expect("invariant: known");
    for version in versions(&*payload) {
        let frame = encoded(&*payload, version);
        let asked: InitProducerIdRequest<'_> = decoded(&frame, version);
        assert_eq!(asked.transactional_id, None);
    }
}

#[test]
fn partitions_are_added_topic_by_topic() {
    let payload = payload_of(&requests()[2], &Story::managed());
    for version in versions(&*payload) {
        let frame = encoded(&*payload, version);
        let asked: AddPartitionsToTxnRequest<'_> = decoded(&frame, version);
        assert_eq!(asked.v3_and_below_transactional_id, "tx");
        let identity = (asked.v3_and_below_producer_id.0, asked.v3_and_below_producer_epoch);
        assert_eq!(identity, (ME.pid.0, ME.epoch.0));
        let topics = asked.v3_and_below_topics.iter();
        let topics: Vec<(&str, Vec<i32>)> = topics
            .map(|it| (it.name.as_ref(), it.partitions.iter().map(|index| index.0).collect()))
            .collect();
        assert_eq!(topics, [("even", vec![0]), ("odd", vec![0, 1])]);
    }
}

#[test]
fn a_group_is_added_by_its_name() {
    let payload = payload_of(&requests()[3], &Story::managed());
    for version in versions(&*payload) {
        let frame = encoded(&*payload, version);
        let asked: AddOffsetsToTxnRequest<'_> = decoded(&frame, version);
        assert_eq!((asked.transactional_id.as_ref(), asked.group_id.as_ref()), ("tx", "readers"));
        assert_eq!((asked.producer_id, asked.producer_epoch), (ME.pid, ME.epoch));
    }
}

#[test]
fn offsets_are_committed_topic_by_topic_with_their_member() {
    for request in &requests()[4..=5] {
        let payload = payload_of(request, &Story::managed());
        for version in versions(&*payload) {
            let frame = encoded(&*payload, version);
            let asked: TxnOffsetCommitRequest<'_> = decoded(&frame, version);
            let names = (asked.transactional_id.as_ref(), asked.group_id.as_ref());
            assert_eq!(names, ("tx", "readers"));
            assert_eq!((asked.producer_id, asked.producer_epoch), (ME.pid, ME.epoch));
            let member = (asked.generation_id, asked.member_id.as_ref());
            assert_eq!(member, (5, "m-1"));
            assert_eq!(asked.group_instance_id.as_deref(), Some("i"));
            let [even, odd] = asked.topics.as_slice() else { panic!("{:?}", asked.topics) };
            assert_eq!((even.name.as_ref(), odd.name.as_ref()), ("even", "odd"));
            let last = &even.partitions[1];
            assert_eq!((last.partition_index.0, last.committed_offset), (2, 104));
            assert_eq!(last.committed_leader_epoch, 4);
            assert_eq!(last.committed_metadata.as_deref(), Some("note 4"));
            assert_eq!((even.partitions.len(), odd.partitions.len()), (2, 1));
        }
    }
}

#[test]
fn of_two_offsets_for_one_partition_the_later_one_counts() {
    let mut story = Story::managed();
    story.offsets = vec![offset(0), Offset { offset: 7, ..offset(0) }];
    let (identity, group) = (ME, GROUP);
    let request = Request::CommitOffsets { identity, group, offsets: vec![0, 1], adds: true };
    let frame = encoded(&*payload_of(&request, &story), 5);
    let asked: TxnOffsetCommitRequest<'_> = decoded(&frame, 5);
    let offsets = asked.topics[0].partitions.iter().map(|one| one.committed_offset);
    assert_eq!(offsets.collect::<Vec<_>>(), [7]);
}

#[test]
fn a_transaction_ends_one_way_or_the_other() {
    for (request, committed) in requests()[6..].iter().zip([true, false]) {
        let payload = payload_of(request, &Story::managed());
        for version in versions(&*payload) {
            let frame = encoded(&*payload, version);
            let asked: EndTxnRequest<'_> = decoded(&frame, version);
            assert_eq!((asked.transactional_id.as_ref(), asked.committed), ("tx", committed));
            assert_eq!((asked.producer_id, asked.producer_epoch), (ME.pid, ME.epoch));
        }
    }
}

#[test]
fn what_nobody_knows_cannot_be_asked() {
    let (identity, offsets) = (ME, vec![99]);
    let unknown = [
        Request::AddPartitions { identity, parts: vec![Part(0), Part(6)] },
        Request::AddOffsets { identity, group: Group(5) },
        Request::CommitOffsets { identity, group: Group(5), offsets: vec![], adds: true },
        Request::CommitOffsets { identity, group: GROUP, offsets, adds: true },
    ];
    for request in unknown {
        assert!(payload(&request, &settings(), &Story::managed()).is_none(), "{request:?}");
    }
    let unnamed = Settings::new(Mode::Transactional);
    for request in &requests()[2..] {
        assert!(payload(request, &unnamed, &Story::managed()).is_none(), "{request:?}");
    }
}

#[test]
fn a_request_that_no_version_carries_is_refused_in_the_brokers_place() {
    let failed = |reason| RequestFailure { reason, fate: Fate::NotWritten };
    let error = UnsupportedVersion { key: ApiKey::EndTxn, ours: None, theirs: None, cap: None };
    for request in requests() {
        let facts = refused(&request, ErrorCode::UNSUPPORTED_VERSION);
        let input = unanswered(CtrlId(1), &request, &failed(Reason::Unsupported(error)));
        assert_eq!(input, Input::CtrlAnswer { ctrl: CtrlId(1), facts });
        let input = unanswered(CtrlId(1), &request, &failed(Reason::NotEncoded(String::new())));
        let facts = refused(&request, ErrorCode::INVALID_REQUEST);
        assert_eq!(input, Input::CtrlAnswer { ctrl: CtrlId(1), facts });
    }
    let commit = refused(&requests()[4], ErrorCode::UNSUPPORTED_VERSION);
    let all = [0, 3, 4].map(|index| (index, ErrorCode::UNSUPPORTED_VERSION)).to_vec();
    assert_eq!(commit, CtrlFacts::OffsetsCommitted { offsets: all });
}

#[test]
fn a_request_that_was_lost_may_have_been_heard_or_not() {
    let lost = ConnFailure { stage: Stage::Ready, cause: Cause::Reset };
    assert_eq!(lost.cause.blame(), Blame::Network);
    for (fate, wrote_full_frame) in [(Fate::NotWritten, false), (Fate::Unknown, true)] {
        let failure = RequestFailure { reason: Reason::Lost(lost.clone()), fate };
        let input = unanswered(CtrlId(2), &requests()[0], &failure);
        assert_eq!(input, Input::CtrlLost { ctrl: CtrlId(2), wrote_full_frame });
    }
    let code = ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
    let reason = Reason::CoordinatorRefused(code);
    let failure = RequestFailure { reason, fate: Fate::NotWritten };
    let input = unanswered(CtrlId(2), &requests()[0], &failure);
    assert_eq!(input, Input::CoordinatorRefused { ctrl: CtrlId(2), code });
}
