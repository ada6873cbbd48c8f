//! Requests about topics in every version, and answers good, bad, foreign and cut.
#![cfg(test)]
#![allow(clippy::arithmetic_side_effects)]

use bytes::Bytes;
use klamm_protocol::delete_topics::response::DeletableTopicResult;
use klamm_protocol::frame::{LENGTH_PREFIX, decode_request_header, encode_response};
use klamm_protocol::negotiate::Offer;
use klamm_protocol::{Message, Response};
use klamm_wire::{PartitionIndex, TopicId, Uuid};
use proptest::prelude::*;

use super::*;

const MINUTE: Duration = Duration::from_secs(60);
const ID: TopicId = TopicId(Uuid([7; 16]));

fn new_topic(name: &str, partitions: Option<i32>) -> NewTopic {
    let configs = [("retention.ms".to_owned(), "1000".to_owned())].into();
    NewTopic { name: name.to_owned(), partitions, replication: Some(3), configs }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The versions in which a request can be asked of a broker that speaks nothing else.
fn versions(payload: &dyn Payload) -> Vec<i16> {
    let can = |version: &i16| {
        let range = VersionRange::new(*version, *version);
        let versions = [(payload.key().code(), range)].into();
        let offer = Offer { versions, ..Offer::default() };
        payload.version(&Negotiated::from(offer)).is_ok()
    };
    (0..=20).filter(can).collect()
}

fn encoded(payload: &dyn Payload, version: i16) -> Bytes {
    let head = Head { limit: 1 << 20, version, correlation_id: 9, client_id: None };
    let frame = payload.encode(&head).expect("invariant: the version carries it");
    Bytes::from(frame.to_vec()).slice(LENGTH_PREFIX..)
}

fn decoded<'a, R: Message<'a>>(frame: &'a Bytes, version: i16) -> R {
    let (_, mut reader) = decode_request_header(frame).expect("invariant: a request");
    let mut request = R::default();
    request.read(&mut reader, version).expect("invariant: a request of that version");
    assert_eq!(reader.remaining(), 0);
    request
}

fn frame<'a, R: Response<'a>>(answer: &R, version: i16) -> ResponseFrame {
    let segments = encode_response(answer, version, 9).expect("invariant: the version carries it");
    let bytes = Bytes::from(segments.to_vec()).slice(LENGTH_PREFIX..);
    ResponseFrame { key: R::KEY, version, bytes }
}

#[test]
fn topics_are_made_with_all_that_was_said() {
    let payload = create(&[new_topic("a", Some(6)), new_topic("b", Some(1))], MINUTE, true);
    assert_eq!(versions(&payload), [2, 3, 4, 5, 6, 7]);
    for version in versions(&payload) {
        let frame = encoded(&payload, version);
        let asked: CreateTopicsRequest<'_> = decoded(&frame, version);
        assert_eq!((asked.timeout_ms, asked.validate_only, asked.topics.len()), (60_000, true, 2));
        let first = &asked.topics[0];
        let numbers = (first.num_partitions, first.replication_factor);
        assert_eq!((first.name.as_ref(), numbers), ("a", (6, 3)));
        let config = &first.configs[0];
        assert_eq!((config.name.as_ref(), config.value.as_deref()), ("retention.ms", Some("1000")));
    }
}

#[test]
fn a_number_is_left_to_brokers_that_can_choose_one() {
    let payload = create(&[new_topic("a", None)], MINUTE, false);
    assert_eq!(versions(&payload), [4, 5, 6, 7]);
    let frame = encoded(&payload, 4);
    let asked: CreateTopicsRequest<'_> = decoded(&frame, 4);
    assert_eq!(asked.topics[0].num_partitions, -1);
    let old = [(ApiKey::CreateTopics.code(), VersionRange::new(0, 3))].into();
    let old = Negotiated::from(Offer { versions: old, ..Offer::default() });
    let error = payload.version(&old).expect_err("invariant: it cannot choose");
    assert_eq!(
        (error.ours, error.theirs),
        (Some(VersionRange::new(4, 7)), Some(VersionRange::new(0, 3)),)
    );
}

fn made(name: &'static str, code: ErrorCode) -> CreatableTopicResult<'static> {
    let error_message = (!code.is_ok()).then_some("no more room".into());
    let (num_partitions, topic_id) = (6, ID);
    let name = name.into();
    let shape = CreatableTopicResult { name, num_partitions, topic_id, ..Default::default() };
    CreatableTopicResult { error_code: code, error_message, replication_factor: 3, ..shape }
}

#[test]
fn each_topic_is_made_or_not_with_the_brokers_words() {
    let asked = ["a", "b", "c"].map(|name| new_topic(name, None));
    let bad = ErrorCode::POLICY_VIOLATION;
    let topics = vec![
        made("b", bad),
        made("x", ErrorCode::NONE),
        made("a", ErrorCode::NONE),
        made("a", bad),
    ];
    let answer = CreateTopicsResponse { topics, ..Default::default() };
    for version in 2..=7 {
        let told = created(&asked, &frame(&answer, version)).expect("invariant: it is whole");
        let numbers = version >= 5;
        let good = CreatedTopic {
            id: if version >= 7 { ID } else { TopicId::ZERO },
            partitions: numbers.then_some(6),
            replication: numbers.then_some(3),
        };
        let refused = Err((bad, Some("no more room".to_owned())));
        let expected =
            [("a".to_owned(), Ok(good)), ("b".to_owned(), refused), ("c".to_owned(), gone())];
        assert_eq!(told, expected);
    }
}

#[test]
fn topics_are_dropped_by_name_in_the_form_of_each_version() {
    let payload = delete(&names(&["a", "b"]), MINUTE);
    assert_eq!(versions(&payload), [1, 2, 3, 4, 5, 6]);
    for version in versions(&payload) {
        let frame = encoded(&payload, version);
        let asked: DeleteTopicsRequest<'_> = decoded(&frame, version);
        let listed = asked.topic_names.iter().cloned();
        let both = listed.chain(asked.topics.iter().filter_map(|topic| topic.name.clone()));
        assert_eq!(both.collect::<Vec<_>>(), ["a", "b"]);
        assert!(asked.topics.iter().all(|topic| topic.topic_id == TopicId::ZERO));
        assert_eq!(
            (asked.topics.len(), asked.timeout_ms),
            (if version < 6 { 0 } else { 2 }, 60_000)
        );
    }
}

#[test]
fn each_topic_is_dropped_or_not() {
    let code = ErrorCode::TOPIC_AUTHORIZATION_FAILED;
    let one = |name: &'static str, error_code| DeletableTopicResult {
        name: Some(name.into()),
        error_code,
        error_message: Some("not yours".into()),
        ..Default::default()
    };
    let responses = vec![one("b", code), one("a", ErrorCode::NONE)];
    let answer = DeleteTopicsResponse { responses, ..Default::default() };
    for version in 1..=6 {
        let told = deleted(&names(&["a", "b", "c"]), &frame(&answer, version));
        let words = (version >= 5).then(|| "not yours".to_owned());
        let refused = ("b".to_owned(), Err((code, words)));
        let expected = vec![("a".to_owned(), Ok(())), refused, ("c".to_owned(), gone())];
        assert_eq!(told, Ok(expected));
    }
}

#[test]
fn describing_a_topic_never_makes_it() {
    let some = describe(Some(&names(&["a", "b"])));
    let (all, none) = (describe(None), describe(Some(&[])));
    assert_eq!(versions(&some), (4..=13).collect::<Vec<_>>());
    for version in versions(&some) {
        for (payload, listed) in [(&some, Some(2)), (&all, None), (&none, Some(0))] {
            let frame = encoded(payload, version);
            let asked: MetadataRequest<'_> = decoded(&frame, version);
            assert!(!asked.allow_auto_topic_creation);
            assert_eq!(asked.topics.as_ref().map(Vec::len), listed);
        }
    }
}

fn known(name: &'static str, numbers: &[i32]) -> MetadataResponseTopic<'static> {
    let partitions = numbers.iter().map(|number| MetadataResponsePartition {
        partition_index: PartitionIndex(*number),
        leader_id: NodeId(if *number == 1 { -1 } else { 4 }),
        replica_nodes: vec![NodeId(4), NodeId(5)].into(),
        isr_nodes: vec![NodeId(4)].into(),
        ..Default::default()
    });
    let partitions = partitions.collect();
    MetadataResponseTopic {
        name: Some(name.into()),
        partitions,
        topic_id: ID,
        ..Default::default()
    }
}

fn pictures() -> MetadataResponse<'static> {
    let missing = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    let absent = MetadataResponseTopic { error_code: missing, ..known("b", &[]) };
    let topics = vec![known("c", &[0, 2]), absent, known("a", &[1, 0])];
    MetadataResponse { topics, ..Default::default() }
}

#[test]
fn a_topic_is_described_by_its_partitions_in_order() {
    let asked = names(&["a", "b", "c", "d"]);
    for version in 4..=13 {
        let told = described(Some(&asked), &frame(&pictures(), version)).expect("invariant: whole");
        let [(_, Ok(a)), (_, Err(b)), (_, Err(c)), (_, Err(d))] = told.as_slice() else {
            panic!("{told:?}")
        };
        assert_eq!((a.name.as_str(), a.is_internal), ("a", false));
        assert_eq!(a.id, if version >= 10 { ID } else { TopicId::ZERO });
        let leaders = a.partitions.iter().map(|one| one.leader);
        assert_eq!(leaders.collect::<Vec<_>>(), [Some(NodeId(4)), None]);
        assert_eq!(a.partitions[0].replicas, [NodeId(4), NodeId(5)]);
        assert_eq!(a.partitions[0].in_sync, [NodeId(4)]);
        assert_eq!(*b, (ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, None));
        assert_eq!((c.0, d.0), (ErrorCode::UNKNOWN_SERVER_ERROR, ErrorCode::UNKNOWN_SERVER_ERROR));
    }
}

#[test]
fn all_topics_are_described_by_name() {
    let told = described(None, &frame(&pictures(), 9)).expect("invariant: whole");
    assert_eq!(told.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
}

#[test]
fn an_answer_that_refuses_all_is_no_description() {
    let error_code = ErrorCode::REBOOTSTRAP_REQUIRED;
    let answer = MetadataResponse { error_code, ..pictures() };
    let told = described(None, &frame(&answer, 13));
    assert_eq!(told, Err(Unusable::Refused(error_code)));
}

#[test]
fn an_answer_that_is_cut_anywhere_or_another_one_is_unusable() {
    let made =
        CreateTopicsResponse { topics: vec![made("a", ErrorCode::NONE)], ..Default::default() };
    let (made, seen) = (frame(&made, 7), frame(&pictures(), 12));
    for length in 0..made.bytes.len() {
        let cut = ResponseFrame { bytes: made.bytes.slice(..length), ..made.clone() };
        assert!(created(&[], &cut).is_err(), "{length}");
    }
    for length in 0..seen.bytes.len() {
        let cut = ResponseFrame { bytes: seen.bytes.slice(..length), ..seen.clone() };
        assert!(described(None, &cut).is_err(), "{length}");
    }
    assert!(deleted(&[], &made).is_err() && created(&[], &seen).is_err());
}

proptest! {
    #[test]
    fn no_bytes_do_harm(
        version in -1..20_i16,
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let bytes = Bytes::from(bytes);
        for key in [ApiKey::CreateTopics, ApiKey::DeleteTopics, ApiKey::Metadata] {
            let frame = ResponseFrame { key, version, bytes: bytes.clone() };
            let _ = created(&[new_topic("a", None)], &frame);
            let _ = deleted(&names(&["a"]), &frame);
            let _ = described(None, &frame);
        }
    }
}
