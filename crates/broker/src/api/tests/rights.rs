//! What clients are told that have no right to what they ask for.

mod transactions;

use klamm_protocol::add_partitions_to_txn::AddPartitionsToTxnRequest;
use klamm_protocol::create_topics::CreateTopicsRequest;
use klamm_protocol::create_topics::request::CreatableTopic;
use klamm_protocol::describe_cluster::DescribeClusterRequest;
use klamm_protocol::find_coordinator::FindCoordinatorRequest;
use klamm_protocol::heartbeat::HeartbeatRequest;
use klamm_protocol::init_producer_id::InitProducerIdRequest;
use klamm_protocol::list_offsets::ListOffsetsRequest;
use klamm_protocol::list_offsets::request::{ListOffsetsPartition, ListOffsetsTopic};
use klamm_protocol::metadata::MetadataRequest;
use klamm_protocol::metadata::request::MetadataRequestTopic;
use klamm_protocol::offset_commit::OffsetCommitRequest;
use klamm_protocol::offset_commit::request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use klamm_protocol::offset_fetch::OffsetFetchRequest;
use klamm_wire::ErrorCode;

use super::{PRODUCE, only, to};
use crate::ClusterSettings;
use crate::security::Acls;
use crate::testing::{World, batch};

const DENIED: ErrorCode = ErrorCode::TOPIC_AUTHORIZATION_FAILED;

/// A cluster with the topics `orders` and `secrets`, where everybody may do this and nothing more.
fn with(rules: &[&str]) -> World {
    let mut acls = Acls::new();
    for rule in rules {
        acls.add(rule.replace("all ", "allow User:* ").parse().expect("a rule"));
    }
    let mut settings = ClusterSettings::of(1);
    settings.security.acls = Some(acls);
    let mut world = World::with(settings);
    world.topic("orders", 1);
    world.topic("secrets", 1);
    world
}

fn write(world: &mut World, topic: &str) -> ErrorCode {
    let request = to(world, topic, 1, vec![(0, batch(&["a"]))]);
    only(world.ask(1, PRODUCE, &request)).error_code
}

#[test]
fn what_one_may_not_write_is_not_written() {
    let mut world = with(&["all Write topic:orders"]);
    assert_eq!(write(&mut world, "orders"), ErrorCode::NONE);
    assert_eq!(write(&mut world, "secrets"), DENIED);
    assert_eq!(world.values("orders", 0), ["a"]);
    assert_eq!(world.values("secrets", 0), [""; 0]);
}

fn init(world: &mut World, id: Option<&'static str>) -> ErrorCode {
    let request = InitProducerIdRequest {
        transactional_id: id.map(Into::into),
        transaction_timeout_ms: 1_000,
        ..InitProducerIdRequest::default()
    };
    world.ask(1, 4, &request).error_code
}

#[test]
fn who_may_write_nothing_gets_no_producer_id() {
    let mut world = with(&["all Read topic:orders"]);
    assert_eq!(init(&mut world, None), ErrorCode::CLUSTER_AUTHORIZATION_FAILED);
    let refused = ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
    assert_eq!(init(&mut world, Some("txn")), refused);
    for rule in ["all Write topic:orders", "all IdempotentWrite cluster"] {
        let mut world = with(&[rule]);
        assert_eq!(init(&mut world, None), ErrorCode::NONE, "{rule}");
    }
    let mut world = with(&["all Write txn:t*"]);
    assert_eq!(init(&mut world, Some("txn")), ErrorCode::NONE);
    assert_eq!(init(&mut world, Some("other")), refused);
}

/// The topics of an answer with their codes.
fn seen(world: &mut World, names: Option<&[&'static str]>) -> Vec<(String, ErrorCode)> {
    let topic = |name: &&'static str| MetadataRequestTopic {
        name: Some((*name).into()),
        ..MetadataRequestTopic::default()
    };
    let topics = names.map(|names| names.iter().map(topic).collect());
    let request =
        MetadataRequest { topics, allow_auto_topic_creation: true, ..MetadataRequest::default() };
    let answer = world.ask(1, 12, &request).topics.into_iter();
    answer.map(|one| (one.name.unwrap_or_default().into_owned(), one.error_code)).collect()
}

#[test]
fn what_one_may_not_see_is_hidden_and_refused_where_it_is_named() {
    let mut world = with(&["all Write topic:orders", "all Describe topic:new"]);
    let orders = || ("orders".to_owned(), ErrorCode::NONE);
    assert_eq!(seen(&mut world, None), [orders()]);
    let answer = seen(&mut world, Some(&["orders", "secrets", "new"]));
    let refused = |name: &str| (name.to_owned(), DENIED);
    assert_eq!(answer, [orders(), refused("secrets"), refused("new")]);
    assert!(world.cluster.state.topics.get("new").is_none(), "nobody may create it");
    let mut world = with(&["all Describe topic:new", "all Create topic:new"]);
    let answer = seen(&mut world, Some(&["new"]));
    assert_eq!(answer[0].1, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    assert!(world.cluster.state.topics.get("new").is_some());
}

#[test]
fn only_brokers_add_partitions_for_several_transactions() {
    let mut world = with(&["all Write topic:*", "all Write txn:*"]);
    let request = AddPartitionsToTxnRequest::default();
    let answer = world.ask(1, 4, &request);
    assert_eq!(answer.error_code, ErrorCode::CLUSTER_AUTHORIZATION_FAILED);
    let mut world = with(&["all ClusterAction cluster"]);
    assert_eq!(world.ask(1, 4, &request).error_code, ErrorCode::NONE);
}

fn end(world: &mut World, topic: &'static str) -> ErrorCode {
    let partitions = vec![ListOffsetsPartition { timestamp: -1, ..Default::default() }];
    let topics =
        vec![ListOffsetsTopic { name: topic.into(), partitions, ..ListOffsetsTopic::default() }];
    let request = ListOffsetsRequest { topics, ..ListOffsetsRequest::default() };
    world.ask(1, 7, &request).topics[0].partitions[0].error_code
}

#[test]
fn the_end_of_a_log_is_for_those_who_may_see_it() {
    let mut world = with(&["all Read topic:orders"]);
    assert_eq!(end(&mut world, "orders"), ErrorCode::NONE);
    assert_eq!(end(&mut world, "secrets"), DENIED);
}

fn coordinator(world: &mut World, key_type: i8, key: &'static str) -> ErrorCode {
    let request =
        FindCoordinatorRequest { key: key.into(), key_type, ..FindCoordinatorRequest::default() };
    world.ask(1, 3, &request).error_code
}

#[test]
fn coordinators_are_told_to_those_who_may_see_what_they_coordinate() {
    let mut world = with(&["all Read group:readers", "all Write txn:txn"]);
    assert_eq!(coordinator(&mut world, 0, "readers"), ErrorCode::NONE);
    assert_eq!(coordinator(&mut world, 0, "others"), ErrorCode::GROUP_AUTHORIZATION_FAILED);
    assert_eq!(coordinator(&mut world, 1, "txn"), ErrorCode::NONE);
    let refused = ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
    assert_eq!(coordinator(&mut world, 1, "other"), refused);
}

fn commit(world: &mut World, group: &'static str) -> Vec<(String, ErrorCode)> {
    let topic = |name: &'static str| OffsetCommitRequestTopic {
        name: name.into(),
        partitions: vec![OffsetCommitRequestPartition {
            committed_offset: 5,
            ..Default::default()
        }],
        ..OffsetCommitRequestTopic::default()
    };
    let request = OffsetCommitRequest {
        group_id: group.into(),
        generation_id_or_member_epoch: -1,
        topics: vec![topic("orders"), topic("secrets")],
        ..OffsetCommitRequest::default()
    };
    let topics = world.ask(1, 8, &request).topics.into_iter();
    let mut answer: Vec<_> =
        topics.map(|one| (one.name.into_owned(), one.partitions[0].error_code)).collect();
    answer.sort();
    answer
}

#[test]
fn offsets_are_kept_and_told_for_topics_that_one_may_read() {
    let mut world = with(&["all Read group:readers", "all Read topic:orders"]);
    let answer = commit(&mut world, "readers");
    let told = |name: &str, code| (name.to_owned(), code);
    assert_eq!(answer, [told("orders", ErrorCode::NONE), told("secrets", DENIED)]);
    let refused = ErrorCode::GROUP_AUTHORIZATION_FAILED;
    let answer = commit(&mut world, "others");
    assert_eq!(answer, [told("orders", refused), told("secrets", refused)]);
    let mut request = OffsetFetchRequest { group_id: "readers".into(), ..Default::default() };
    request.topics = None;
    let answer = world.ask(1, 7, &request);
    assert_eq!(answer.topics.len(), 1);
    request.group_id = "others".into();
    assert_eq!(world.ask(1, 7, &request).error_code, refused);
    let heartbeat = HeartbeatRequest { group_id: "others".into(), ..Default::default() };
    assert_eq!(world.ask(1, 4, &heartbeat).error_code, refused);
}

#[test]
fn topics_are_created_by_those_who_may() {
    let mut world = with(&["all Create topic:new"]);
    let topic = |name: &'static str| CreatableTopic {
        name: name.into(),
        num_partitions: 1,
        replication_factor: 1,
        ..CreatableTopic::default()
    };
    let topics = vec![topic("new"), topic("other")];
    let request = CreateTopicsRequest { topics, ..CreateTopicsRequest::default() };
    let answer = world.ask(1, 7, &request).topics;
    assert_eq!([answer[0].error_code, answer[1].error_code], [ErrorCode::NONE, DENIED]);
}

#[test]
fn a_client_is_told_what_it_may_do_with_the_cluster() {
    let request = DescribeClusterRequest {
        include_cluster_authorized_operations: true,
        endpoint_type: 1,
        ..DescribeClusterRequest::default()
    };
    let told = |rules: &[&str]| with(rules).ask(1, 1, &request).cluster_authorized_operations;
    assert_eq!(told(&["all Describe cluster"]), 1 << 8);
    assert_eq!(told(&["all Describe cluster", "all Create cluster"]), 1 << 8 | 1 << 5);
    assert_eq!(told(&["all Create cluster"]), 0);
}
