//! Azure Event Hubs, held against what its users and client libraries report.

use klamm_protocol::produce::ProduceRequest;
use klamm_protocol::sync_group::SyncGroupRequest;
use klamm_protocol::{ApiKey, Records};
use klamm_records::Codec;
use klamm_wire::{ErrorCode, NodeId, TopicId};

use super::{LONG, Persona, cluster_of, holds, produce, request, too_new};
use crate::testing::{World, batch, batch_in};

/// Where each row comes from; what is not reported is said to be chosen.
const REPORTED: &[(&str, &str)] = &[
    ("0:0-13", "begins with 0: oliveigah/klife#13 (2024); its end is chosen, see franz-go#1312"),
    ("1:4-6 2:0-8", "oliveigah/klife#13"),
    ("3:0-9", "twmb/franz-go#1312 (2026); it was 5 in oliveigah/klife#13"),
    ("8:0-8 9:0-8", "oliveigah/klife#13; OffsetFetch also twmb/franz-go#1312"),
    ("10:0-4 11:0-9 12:0-4 13:0-5", "oliveigah/klife#13"),
    ("14:0-5", "chosen, as the other APIs of groups"),
    ("17:0-1", "chosen: 36 goes with it"),
    ("18:0-3", "twmb/franz-go#1025, dpkp/kafka-python#2602: 4 breaks the connection"),
    ("19:0-2 20:0-2 23:0-0", "Azure/azure-event-hubs-for-kafka#69 (2019)"),
    ("22:0-1", "chosen; that it is there at all is reported and not documented"),
    ("32:0-2 36:0-1 37:0-1", "Azure/azure-event-hubs-for-kafka#209 (2022)"),
];

fn service() -> World {
    cluster_of(Persona::EventHubs, 1)
}

#[test]
fn the_versions_are_those_that_are_reported() {
    let rows: Vec<&str> = REPORTED.iter().map(|(rows, _)| *rows).collect();
    holds(Persona::EventHubs, &rows.join(" "));
}

/// Azure/azure-event-hubs-for-kafka#209: UNSUPPORTED for 24 to 28.
#[test]
fn there_are_no_transactions() {
    for api in [ApiKey::AddPartitionsToTxn, ApiKey::EndTxn, ApiKey::TxnOffsetCommit] {
        assert_eq!(Persona::EventHubs.versions(api), None);
    }
}

/// twmb/franz-go#1025, dpkp/kafka-python#2602, redpanda-data/console#1884.
#[test]
fn a_version_of_api_versions_that_is_too_new_breaks_the_connection() {
    assert_eq!(too_new(&mut service()), None);
}

/// twmb/franz-go#1312: the newest Metadata cannot tell the ids that the newest Produce wants.
#[test]
fn produce_by_an_id_that_no_metadata_tells_is_refused() {
    let mut world = service();
    let mut unnamed = request(&world, -1, batch(&["a"]));
    unnamed.topic_data[0].topic_id = TopicId::ZERO;
    let answer = world.ask(1, 13, &unnamed);
    let code = answer.responses[0].partition_responses[0].error_code;
    assert_eq!(code, ErrorCode::UNKNOWN_TOPIC_ID);
    assert_eq!(produce(&mut world, 12, batch(&["a"])).error_code, ErrorCode::NONE);
}

/// The drain of connections in franz-go: unread answers fill the socket.
#[test]
fn requests_without_acknowledgement_are_answered() {
    let mut world = service();
    let quiet = request(&world, 0, batch(&["a"]));
    let client = world.connect(1);
    world.send(client, 12, &quiet);
    let answer = world.answer::<ProduceRequest<'_>>(client, 12).unwrap();
    assert_eq!(answer.responses[0].partition_responses[0].error_code, ErrorCode::NONE);
    assert_eq!(world.values("orders", 0), ["a"]);
}

/// twmb/franz-go#144, grafana/tempo#7690, MicrosoftDocs/azure-docs#123980.
#[test]
fn of_the_codecs_gzip_alone_is_taken() {
    let mut world = service();
    let mut ask = |codec| produce(&mut world, 12, batch_in(codec, &LONG)).error_code;
    assert_eq!([Codec::None, Codec::Gzip].map(&mut ask), [ErrorCode::NONE; 2]);
    let others = [Codec::Snappy, Codec::Lz4, Codec::Zstd].map(&mut ask);
    assert_eq!(others, [ErrorCode::UNSUPPORTED_FOR_MESSAGE_FORMAT; 3]);
}

/// Its configuration guide: 1,046,528 bytes.
#[test]
fn a_request_beyond_its_limit_breaks_the_connection() {
    for (length, is_cut) in [(1_046_528_u32, false), (1_046_529, true)] {
        let mut world = service();
        let client = world.connect(1);
        world.send_bytes(client, &length.to_be_bytes());
        world.drain();
        assert_eq!(world.is_closed(client), is_cut);
    }
}

/// Its configuration guide: idle connections end after 240 seconds.
#[test]
fn four_minutes_of_silence_break_the_connection() {
    let mut world = service();
    let client = world.connect(1);
    world.pass(239_000);
    assert!(!world.is_closed(client));
    world.pass(2_000);
    assert!(world.is_closed(client));
}

/// The readers of bytes in franz-go (`pkg/kbin`) take −1 for an empty field because of it.
#[test]
fn an_empty_assignment_is_written_as_null() {
    for (version, end) in [(3, vec![0xFF; 4]), (5, vec![0, 0])] {
        let mut world = service();
        let client = world.connect(1);
        let request = SyncGroupRequest {
            group_id: "readers".into(),
            member_id: "nobody".into(),
            ..Default::default()
        };
        world.send(client, version, &request);
        let frame = world.frame(client).unwrap();
        assert!(frame.ends_with(&end), "version {version}: {frame:?}");
    }
}

/// No leader is named (KIP-951), though Produce is new enough.
#[test]
fn whoever_asks_the_wrong_node_is_not_told_the_right_one() {
    let mut world = cluster_of(Persona::EventHubs, 3);
    let records: Records<'static> = batch(&["a"]);
    let request = request(&world, -1, records);
    let follower = world.follower("orders", 0);
    let answer = world.ask(follower, 12, &request);
    let refused = &answer.responses[0].partition_responses[0];
    assert_eq!(refused.error_code, ErrorCode::NOT_LEADER_OR_FOLLOWER);
    assert_eq!(refused.current_leader.leader_id, NodeId::NONE);
    assert!(answer.node_endpoints.is_empty());
}
