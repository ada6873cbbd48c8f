#![cfg(test)]
//! Answers of brokers that answer what was asked, and of others.

use bytes::Bytes;
use klamm_protocol::ApiKey;
use klamm_protocol::produce::response::BatchIndexAndErrorMessage;
use proptest::prelude::*;

use super::*;

fn group(name: &str, id: u8, partitions: &[i32]) -> Group {
    let sent = |(at, partition): (u64, &i32)| Sent {
        partition: PartitionIndex(*partition),
        attempt: AttemptId(at),
        part: Part(0),
        ticket: Ticket(0),
        piece: Piece::whole(3),
    };
    let id = TopicId(klamm_wire::Uuid([id; 16]));
    let sent = (0..).zip(partitions).map(sent).collect();
    Group { topic: TopicRef(0), name: Arc::from(name), id, sent }
}

fn said(partition: i32, code: ErrorCode, offset: i64) -> PartitionProduceResponse<'static> {
    let index = PartitionIndex(partition);
    PartitionProduceResponse { index, error_code: code, base_offset: offset, ..Default::default() }
}

fn topic<'a>(
    group: &'a Group,
    partition_responses: Vec<PartitionProduceResponse<'a>>,
) -> TopicProduceResponse<'a> {
    let (name, topic_id) = ((*group.name).into(), group.id);
    TopicProduceResponse { name, topic_id, partition_responses, ..Default::default() }
}

fn offsets(read: &Read) -> Vec<Option<i64>> {
    let offset = |told: &Told| match &told.answer {
        Answer::Present { base_offset, .. } => *base_offset,
        Answer::Absent => None,
    };
    read.told.iter().map(offset).collect()
}

#[test]
fn each_batch_hears_what_was_said_of_it_in_whatever_order() {
    let groups = [group("a", 1, &[0, 2]), group("b", 2, &[0])];
    for version in [8, 12, 13] {
        let responses = vec![
            topic(&groups[1], vec![said(0, ErrorCode::NONE, 30)]),
            topic(&groups[0], vec![said(2, ErrorCode::NONE, 20), said(0, ErrorCode::NONE, 10)]),
        ];
        let body = ProduceResponse { responses, ..Default::default() };
        let read = read(&groups, &body, version);
        assert_eq!(offsets(&read), [Some(10), Some(20), Some(30)]);
        assert_eq!(read.foreign, 0);
    }
}

#[test]
fn what_is_left_out_is_absent_and_what_was_not_asked_is_counted() {
    let (groups, strange) = ([group("a", 1, &[0, 1])], group("z", 9, &[0]));
    let twice = vec![
        said(0, ErrorCode::NONE, 10),
        said(0, ErrorCode::NONE, 99),
        said(7, ErrorCode::NONE, 99),
    ];
    let strange = topic(&strange, vec![said(0, ErrorCode::NONE, 99)]);
    let responses = vec![topic(&groups[0], twice), strange];
    let read = read(&groups, &ProduceResponse { responses, ..Default::default() }, 13);
    assert_eq!(offsets(&read), [Some(10), None]);
    assert_eq!(read.told[1].answer, Answer::Absent);
    assert_eq!(read.foreign, 3);
}

#[test]
fn words_are_kept_of_refusals_alone_and_not_for_ever() {
    let groups = [group("a", 1, &[0])];
    let long = "ä".repeat(5_000);
    let mut refused = said(0, ErrorCode::INVALID_RECORD, -1);
    refused.error_message = Some(long.clone().into());
    refused.record_errors = [(2, "no key"), (-1, "nonsense")]
        .map(|(batch_index, words)| BatchIndexAndErrorMessage {
            batch_index,
            batch_index_error_message: Some(words.into()),
            ..Default::default()
        })
        .into();
    let responses = vec![topic(&groups[0], vec![refused])];
    let body = ProduceResponse { responses, ..Default::default() };
    let read = read(&groups, &body, 12);
    let words = read.told[0].words.as_ref().unwrap();
    assert_eq!(words.whole.as_deref().map(str::len), Some(MOST_WORDS));
    assert_eq!(words.records, BTreeMap::from([(2, "no key".to_owned())]));
    let Answer::Present { record_errors, .. } = &read.told[0].answer else { panic!("absent") };
    assert_eq!(record_errors, &[2]);
}

#[test]
fn old_brokers_wait_themselves_and_new_ones_want_silence() {
    for (version, wait) in [(5, 0), (6, 40), (13, 40)] {
        let body = ProduceResponse { throttle_time_ms: 40, ..Default::default() };
        assert_eq!(read(&[], &body, version).throttle_ms, wait);
    }
}

proptest! {
    #[test]
    fn no_bytes_do_harm(
        version in 0..20_i16,
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let groups = [group("a", 1, &[0, 1]), group("b", 0, &[0])];
        let frame = ResponseFrame { key: ApiKey::Produce, version, bytes: Bytes::from(bytes) };
        if let Ok(body) = decode(&frame) {
            prop_assert_eq!(read(&groups, &body, version).told.len(), 3);
        }
    }
}
