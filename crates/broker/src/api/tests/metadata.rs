//! Which nodes and topics there are, and what asking for a topic does.

use std::borrow::Cow;

use klamm_protocol::metadata::request::MetadataRequestTopic;
use klamm_protocol::metadata::{MetadataRequest, MetadataResponse};
use klamm_wire::{ErrorCode, NodeId, PartitionIndex, TopicId, Uuid};

use crate::ClusterSettings;
use crate::testing::World;

const METADATA: i16 = 13;

fn named(name: &str) -> MetadataRequestTopic<'static> {
    MetadataRequestTopic {
        name: Some(Cow::Owned(name.to_owned())),
        ..MetadataRequestTopic::default()
    }
}

fn by_id(id: TopicId) -> MetadataRequestTopic<'static> {
    MetadataRequestTopic { name: None, topic_id: id, ..MetadataRequestTopic::default() }
}

fn about(topics: Vec<MetadataRequestTopic<'static>>) -> MetadataRequest<'static> {
    MetadataRequest {
        topics: Some(topics),
        allow_auto_topic_creation: false,
        ..MetadataRequest::default()
    }
}

/// The topics of an answer, each with its code.
fn told(answer: &MetadataResponse<'_>) -> Vec<(String, ErrorCode)> {
    let name = |name: &Option<Cow<'_, str>>| name.as_deref().unwrap_or("(null)").to_owned();
    answer.topics.iter().map(|topic| (name(&topic.name), topic.error_code)).collect()
}

fn two_topics() -> World {
    let mut world = World::of(3);
    world.topic("a", 1);
    world.topic("b", 3);
    world
}

#[test]
fn null_means_all_and_an_empty_list_means_none() {
    let mut world = two_topics();
    let all = MetadataRequest { topics: None, ..MetadataRequest::default() };
    let none = MetadataRequest { topics: Some(Vec::new()), ..MetadataRequest::default() };
    for version in 1..=METADATA {
        assert_eq!(world.ask(1, version, &all).topics.len(), 2, "version {version}");
        assert_eq!(world.ask(1, version, &none).topics.len(), 0, "version {version}");
    }
    assert_eq!(world.ask(1, 0, &none).topics.len(), 2, "version 0 has no null");
}

#[test]
fn partitions_are_numbered_and_led_and_the_cluster_has_a_name() {
    let mut world = two_topics();
    let answer = world.ask(2, METADATA, &about(vec![named("b")]));
    let topic = &answer.topics[0];
    let indexes: Vec<i32> = topic.partitions.iter().map(|part| part.partition_index.0).collect();
    assert_eq!(indexes, [0, 1, 2]);
    for part in &topic.partitions {
        assert_eq!(part.error_code, ErrorCode::NONE);
        assert_eq!(part.replica_nodes.get(0), Some(part.leader_id));
        assert_eq!((part.replica_nodes.len(), part.isr_nodes.len()), (3, 3));
    }
    assert_eq!(answer.cluster_id.as_deref(), Some("klamm-test-cluster-000"));
    assert_eq!((answer.controller_id, answer.brokers.len()), (NodeId(1), 3));
    assert_eq!((answer.brokers[2].host.as_ref(), answer.brokers[2].port), ("node3.test", 9003));
}

#[test]
fn an_unknown_topic_is_not_created_against_the_will_of_who_asks() {
    let mut world = two_topics();
    let answer = world.ask(1, METADATA, &about(vec![named("c")]));
    assert_eq!(told(&answer), [("c".to_owned(), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)]);
    assert!(world.cluster.state.topics.get("c").is_none());
}

#[test]
fn an_unknown_topic_is_created_by_being_asked_for() {
    let mut world = two_topics();
    let mut request = about(vec![named("c")]);
    request.allow_auto_topic_creation = true;
    let first = world.ask(1, METADATA, &request);
    assert_eq!(told(&first), [("c".to_owned(), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)]);
    let second = world.ask(2, METADATA, &request);
    assert_eq!(told(&second), [("c".to_owned(), ErrorCode::NONE)]);
    assert_eq!(second.topics[0].partitions.len(), 1);
}

#[test]
fn nothing_is_created_where_that_is_switched_off() {
    let mut settings = ClusterSettings::of(1);
    settings.topics.auto_create = false;
    let mut world = World::with(settings);
    let mut request = about(vec![named("c")]);
    request.allow_auto_topic_creation = true;
    for _ in 0..2 {
        let answer = world.ask(1, METADATA, &request);
        assert_eq!(told(&answer), [("c".to_owned(), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)]);
    }
}

#[test]
fn a_topic_that_cannot_be_created_by_asking_stays_unknown() {
    let mut world = World::of(1);
    world.topic("a_b", 1);
    let mut request = about(vec![named("a.b")]);
    request.allow_auto_topic_creation = true;
    let answer = world.ask(1, METADATA, &request);
    assert_eq!(told(&answer), [("a.b".to_owned(), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)]);
    assert!(world.cluster.state.topics.get("a.b").is_none());
}

#[test]
fn what_is_no_name_is_told_to_be_none() {
    let mut world = World::of(1);
    let long = "x".repeat(250);
    for name in ["a b", "", ".", "..", "ä", &long] {
        let mut request = about(vec![named(name)]);
        request.allow_auto_topic_creation = true;
        let answer = world.ask(1, METADATA, &request);
        assert_eq!(told(&answer), [(name.to_owned(), ErrorCode::INVALID_TOPIC_EXCEPTION)]);
    }
}

#[test]
fn a_name_that_stands_twice_is_answered_once() {
    let mut world = two_topics();
    let answer = world.ask(1, METADATA, &about(vec![named("a"), named("a")]));
    assert_eq!(told(&answer), [("a".to_owned(), ErrorCode::NONE)]);
}

#[test]
fn ids_are_refused_before_they_may_be_asked_for() {
    let mut world = two_topics();
    let id = world.known("a").id;
    for version in [10, 11] {
        let answer = world.ask(1, version, &about(vec![by_id(id), named("a")]));
        assert!(answer.topics.iter().all(|one| one.error_code == ErrorCode::INVALID_REQUEST));
        assert_eq!((answer.topics.len(), answer.brokers.len()), (2, 0));
    }
}

#[test]
fn a_topic_is_found_by_its_id() {
    let mut world = two_topics();
    let (id, other) = (world.known("a").id, TopicId(Uuid::from_u128(5)));
    let nothing = by_id(TopicId::ZERO);
    let answer = world.ask(1, 12, &about(vec![by_id(id), by_id(other), nothing]));
    assert_eq!(
        told(&answer),
        [("a".to_owned(), ErrorCode::NONE), ("(null)".to_owned(), ErrorCode::UNKNOWN_TOPIC_ID)]
    );
    assert_eq!((answer.topics[0].topic_id, answer.topics[1].topic_id), (id, other));
}

#[test]
fn leader_epochs_rise_and_never_fall() {
    let mut world = two_topics();
    let request = about(vec![named("a")]);
    let mut last = -1;
    for node in [2, 3, 1] {
        let now = world.now;
        world.cluster.move_leader(now, "a", PartitionIndex(0), NodeId(node));
        let part = world.ask(1, METADATA, &request).topics[0].partitions[0].clone();
        assert!(part.leader_epoch >= last, "{} after {last}", part.leader_epoch);
        assert_eq!(part.leader_id, NodeId(node));
        last = part.leader_epoch;
    }
}

#[test]
fn a_node_that_is_gone_is_no_broker_and_leads_nothing() {
    let mut world = two_topics();
    let now = world.now;
    world.cluster.kill(now, NodeId(1));
    world.drain();
    let answer = world.ask(2, METADATA, &about(vec![named("b")]));
    assert_eq!((answer.brokers.len(), answer.controller_id), (2, NodeId(2)));
    for part in &answer.topics[0].partitions {
        assert_ne!(part.leader_id, NodeId(1));
        assert_eq!(part.offline_replicas.to_vec(), [NodeId(1)]);
    }
}
