//! What is known of each persona, written down a second time from the sources, and its habits.

mod apache_0_11;
mod apache_1_0;
mod apache_2_8;
mod apache_3_9;
mod apache_4_3;
mod event_hubs;
mod redpanda;

use std::borrow::Cow;
use std::collections::BTreeMap;

use klamm_protocol::api_versions::response::FinalizedFeatureKey;
use klamm_protocol::api_versions::{ApiVersionsRequest, ApiVersionsResponse};
use klamm_protocol::init_producer_id::InitProducerIdRequest;
use klamm_protocol::metadata::{MetadataRequest, request::MetadataRequestTopic};
use klamm_protocol::produce::ProduceRequest;
use klamm_protocol::produce::request::{PartitionProduceData, TopicProduceData};
use klamm_protocol::produce::response::PartitionProduceResponse;
use klamm_protocol::{ApiKey, Records};
use klamm_wire::{ErrorCode, PartitionIndex};

use super::{Persona, UnknownPersona};
use crate::ClusterSettings;
use crate::testing::{World, batch, batch_in_txn, batch_of};

/// Values that every codec makes shorter: what does not get shorter is sent as it is.
const LONG: [&str; 40] = ["again and again"; 40];

/// A cluster of a persona, with one topic.
fn cluster_of(persona: Persona, nodes: u8) -> World {
    let mut world = World::with(ClusterSettings { persona, ..ClusterSettings::of(nodes) });
    world.topic("orders", 1);
    world
}

/// Holds a persona's versions against a list of `key:first-last`.
#[track_caller]
fn holds(persona: Persona, list: &str) {
    let mut rows: BTreeMap<i16, (i16, i16)> = BTreeMap::new();
    for row in list.split_whitespace() {
        let (key, range) = row.split_once(':').unwrap();
        let (min, max) = range.split_once('-').unwrap();
        rows.insert(key.parse().unwrap(), (min.parse().unwrap(), max.parse().unwrap()));
    }
    for api in ApiKey::all() {
        // The newest Apache Kafka has all that the cluster has.
        let expected = rows.get(&api.code()).filter(|_| Persona::Apache43.versions(api).is_some());
        let found = persona.versions(api).map(|range| (range.min, range.max));
        assert_eq!(found.as_ref(), expected, "{api}");
    }
}

fn request(world: &World, acks: i16, records: Records<'static>) -> ProduceRequest<'static> {
    let index = PartitionIndex(0);
    let data = PartitionProduceData { index, records: Some(records), ..Default::default() };
    let topic = TopicProduceData {
        name: "orders".into(),
        topic_id: world.known("orders").id,
        partition_data: vec![data],
        ..Default::default()
    };
    ProduceRequest { acks, timeout_ms: 1_000, topic_data: vec![topic], ..Default::default() }
}

/// What is answered to a batch.
#[track_caller]
fn produce(
    world: &mut World,
    version: i16,
    records: Records<'static>,
) -> PartitionProduceResponse<'static> {
    let request = request(world, -1, records);
    let mut answer = world.ask(1, version, &request);
    answer.responses.remove(0).partition_responses.remove(0)
}

/// How a batch of producer 9 ends that has this sequence.
#[track_caller]
fn numbered(world: &mut World, version: i16, sequence: i32) -> ErrorCode {
    produce(world, version, batch_of(9, 0, sequence, &["a"])).error_code
}

/// How a batch of a transaction ends to which nobody has added the partition.
#[track_caller]
fn unadded(world: &mut World, version: i16) -> ErrorCode {
    let init = InitProducerIdRequest {
        transactional_id: Some("shop".into()),
        transaction_timeout_ms: 10_000,
        ..Default::default()
    };
    let granted = world.ask(1, 0, &init);
    assert_eq!(granted.error_code, ErrorCode::NONE);
    let records = batch_in_txn(granted.producer_id.0, granted.producer_epoch.0, 0, &["a"]);
    let request =
        ProduceRequest { transactional_id: Some("shop".into()), ..request(world, -1, records) };
    let mut answer = world.ask(1, version, &request);
    answer.responses.remove(0).partition_responses.remove(0).error_code
}

/// What Metadata says of a topic that it creates, and then when it is asked again.
fn created(world: &mut World, version: i16) -> [ErrorCode; 2] {
    let topic = MetadataRequestTopic { name: Some("new".into()), ..Default::default() };
    let request = MetadataRequest {
        topics: Some(vec![topic]),
        allow_auto_topic_creation: true,
        ..Default::default()
    };
    [(); 2].map(|()| world.ask(1, version, &request).topics.remove(0).error_code)
}

/// What is answered to a version of ApiVersions, in the layout of another; `None` for a connection
/// that ended.
#[track_caller]
fn versions(world: &mut World, asked: i16, told: i16) -> Option<ApiVersionsResponse<'static>> {
    let request = ApiVersionsRequest {
        client_software_name: "tester".into(),
        client_software_version: "1".into(),
        ..Default::default()
    };
    let client = world.connect(1);
    world.send(client, asked, &request);
    let answer = world.answer::<ApiVersionsRequest<'_>>(client, told);
    assert_eq!(answer.is_none(), world.is_closed(client));
    answer
}

/// What is said to a version of ApiVersions that is too new: an error, and how many ranges.
#[track_caller]
fn too_new(world: &mut World) -> Option<(ErrorCode, usize)> {
    let answer = versions(world, 4, 0)?;
    Some((answer.error_code, answer.api_keys.len()))
}

/// A finalized feature with its level.
fn level(feature: &FinalizedFeatureKey<'_>) -> (String, i16) {
    (feature.name.to_string(), feature.max_version_level)
}

/// Whether a version of Produce ends the connection.
fn is_cut_off(world: &mut World, version: i16) -> bool {
    let client = world.connect(1);
    let [high, low] = version.to_be_bytes();
    // A header without a client id; no transaction from version 3 on, acks, a timeout, no topics.
    let head = [0, 0, high, low, 0, 0, 0, 1, 0xFF, 0xFF];
    let no_transaction: &[u8] = if version < 3 { &[] } else { &[0xFF, 0xFF] };
    let body = [0xFF, 0xFF, 0, 0, 3, 232, 0, 0, 0, 0];
    world.send_frame(client, &[&head[..], no_transaction, &body].concat());
    world.drain();
    world.is_closed(client)
}

#[test]
fn every_persona_is_known_by_its_name() {
    for persona in Persona::ALL {
        assert_eq!(persona.name().parse(), Ok(*persona));
    }
    let names: Vec<&str> = Persona::ALL.iter().map(|persona| persona.name()).collect();
    let all = "apache-4.3 apache-3.9 apache-2.8 apache-1.0 apache-0.11 event-hubs redpanda";
    assert_eq!(names.join(" "), all);
    let unknown: Result<Persona, UnknownPersona> = "apache-9".parse();
    assert_eq!(unknown, Err(UnknownPersona("apache-9".to_owned())));
}

#[test]
fn every_persona_tells_its_versions_and_stores_what_the_newest_bring() {
    for persona in Persona::ALL {
        let mut world = cluster_of(*persona, 1);
        let told = versions(&mut world, 0, 0).unwrap();
        for row in told.api_keys {
            let api = ApiKey::from_code(row.api_key).unwrap();
            let range = persona.versions(api).unwrap();
            assert_eq!((row.min_version, row.max_version), (range.min, range.max));
        }
        let newest = persona.versions(ApiKey::Produce).unwrap().max;
        assert_eq!(produce(&mut world, newest, batch(&["a"])).error_code, ErrorCode::NONE);
        assert_eq!(world.values("orders", 0), [Cow::Borrowed("a")], "{}", persona.name());
    }
}
