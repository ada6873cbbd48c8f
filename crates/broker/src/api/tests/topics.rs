//! Topics come and go.

use std::borrow::Cow;

use klamm_protocol::create_topics::request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig,
};
use klamm_protocol::create_topics::response::CreatableTopicResult;
use klamm_protocol::create_topics::{CreateTopicsRequest, CreateTopicsResponse};
use klamm_protocol::delete_topics::DeleteTopicsRequest;
use klamm_protocol::delete_topics::request::DeleteTopicState;
use klamm_protocol::metadata::MetadataRequest;
use klamm_wire::{ErrorCode, NodeId, PartitionIndex, TopicId, Uuid};

use crate::ClusterSettings;
use crate::testing::World;

const CREATE: i16 = 7;
const DELETE: i16 = 6;

/// A topic with counts; −1 leaves one to the cluster.
fn topic(name: &str, num_partitions: i32, replication_factor: i16) -> CreatableTopic<'static> {
    let name = Cow::Owned(name.to_owned());
    CreatableTopic { name, num_partitions, replication_factor, ..CreatableTopic::default() }
}

fn placed(name: &str, places: &[(i32, &[i32])]) -> CreatableTopic<'static> {
    let part = |(index, nodes): &(i32, &[i32])| CreatableReplicaAssignment {
        partition_index: PartitionIndex(*index),
        broker_ids: nodes.iter().copied().map(NodeId).collect::<Vec<_>>().into(),
        ..CreatableReplicaAssignment::default()
    };
    CreatableTopic { assignments: places.iter().map(part).collect(), ..topic(name, -1, -1) }
}

fn with(name: &str, configs: &[(&'static str, Option<&'static str>)]) -> CreatableTopic<'static> {
    let config = |(name, value): &(&'static str, Option<&'static str>)| CreatableTopicConfig {
        name: Cow::Borrowed(*name),
        value: value.map(Cow::Borrowed),
        ..CreatableTopicConfig::default()
    };
    CreatableTopic { configs: configs.iter().map(config).collect(), ..topic(name, 1, 1) }
}

fn creating(topics: Vec<CreatableTopic<'static>>) -> CreateTopicsRequest<'static> {
    CreateTopicsRequest { topics, timeout_ms: 1_000, ..CreateTopicsRequest::default() }
}

fn create(
    world: &mut World,
    topics: Vec<CreatableTopic<'static>>,
) -> CreateTopicsResponse<'static> {
    world.ask(1, CREATE, &creating(topics))
}

/// What is said of the only topic of a request.
fn one(world: &mut World, topic: CreatableTopic<'static>) -> CreatableTopicResult<'static> {
    let mut answer = create(world, vec![topic]);
    assert_eq!(answer.topics.len(), 1);
    answer.topics.remove(0)
}

#[track_caller]
fn refused(world: &mut World, topic: CreatableTopic<'static>, code: ErrorCode, words: &str) {
    let name = topic.name.clone();
    let before = world.cluster.state.topics.get(&name).map(|known| known.id);
    let told = one(world, topic);
    assert_eq!((told.error_code, told.error_message.as_deref()), (code, Some(words)));
    assert_eq!((told.num_partitions, told.replication_factor), (-1, -1));
    assert_eq!(world.cluster.state.topics.get(&name).map(|known| known.id), before);
}

/// Deletes a topic over the first node.
pub(super) fn delete(world: &mut World, name: &'static str) {
    let request = DeleteTopicsRequest {
        topic_names: vec![Cow::Borrowed(name)],
        ..DeleteTopicsRequest::default()
    };
    assert_eq!(world.ask(1, 5, &request).responses[0].error_code, ErrorCode::NONE);
}

#[test]
fn every_version_creates_a_topic_that_metadata_sees_at_once() {
    let mut world = World::of(3);
    for version in 2..=CREATE {
        let name = format!("orders-{version}");
        let answer = world.ask(2, version, &creating(vec![topic(&name, 3, 2)]));
        let told = &answer.topics[0];
        assert_eq!((told.name.as_ref(), told.error_code), (name.as_str(), ErrorCode::NONE));
        let all = MetadataRequest { topics: None, ..MetadataRequest::default() };
        let seen = world.ask(3, 12, &all);
        let seen = seen.topics.iter().find(|one| one.name.as_deref() == Some(&name)).unwrap();
        assert_eq!(seen.partitions.len(), 3);
        assert!(seen.partitions.iter().all(|part| part.replica_nodes.len() == 2));
        let has_counts = version >= 5;
        assert_eq!(told.num_partitions, if has_counts { 3 } else { -1 });
        assert_eq!(told.replication_factor, if has_counts { 2 } else { -1 });
        assert_eq!(told.topic_id == seen.topic_id, version >= 7);
    }
}

#[test]
fn what_is_not_said_is_as_the_cluster_has_it() {
    let mut settings = ClusterSettings::of(2);
    settings.topics.partitions = 4;
    let mut world = World::with(settings);
    let told = one(&mut world, topic("orders", -1, -1));
    assert_eq!((told.num_partitions, told.replication_factor), (4, 2));
    let configs = told.configs.unwrap();
    assert_eq!(configs.len(), 33);
    let policy = configs.iter().find(|one| one.name == "cleanup.policy").unwrap();
    assert_eq!((policy.value.as_deref(), policy.config_source), (Some("delete"), 5));
}

#[test]
fn settings_act_and_are_told_in_the_answer() {
    let mut world = World::of(1);
    let wanted = [("cleanup.policy", Some("compact")), ("segment.ms", Some("7"))];
    let configs = one(&mut world, with("orders", &wanted)).configs.unwrap();
    for (name, value) in wanted {
        let told = configs.iter().find(|one| one.name == name).unwrap();
        assert_eq!((told.value.as_deref(), told.config_source), (value, 1));
    }
    let settings = &world.known("orders").settings;
    assert_eq!((settings.compacted, settings.deletes), (true, false));
}

#[test]
fn what_is_only_validated_is_not_created() {
    let mut world = World::of(1);
    world.topic("there", 1);
    let mut request = creating(vec![topic("orders", 3, 1), topic("there", 1, 1)]);
    request.validate_only = true;
    let answer = world.ask(1, CREATE, &request);
    let codes: Vec<_> = answer.topics.iter().map(|one| one.error_code).collect();
    assert_eq!(codes, [ErrorCode::NONE, ErrorCode::TOPIC_ALREADY_EXISTS]);
    assert_eq!(answer.topics[0].num_partitions, 3);
    assert!(world.cluster.state.topics.get("orders").is_none());
}

#[test]
fn names_that_cannot_be_are_refused() {
    let mut world = World::of(1);
    world.topic("a_b", 1);
    let (exists, invalid) = (ErrorCode::TOPIC_ALREADY_EXISTS, ErrorCode::INVALID_TOPIC_EXCEPTION);
    let legal =
        "'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'";
    for (name, code, words) in [
        ("a_b", exists, "Topic 'a_b' already exists.".to_owned()),
        ("a.b", invalid, "Topic 'a.b' collides with existing topic: a_b".to_owned()),
        ("a b", invalid, format!("Topic name is invalid: {legal}")),
        ("", invalid, "Topic name is invalid: the empty string is not allowed".to_owned()),
        ("..", invalid, "Topic name is invalid: '..' is not allowed".to_owned()),
        (
            "__cluster_metadata",
            ErrorCode::INVALID_REQUEST,
            "Creation of internal topic __cluster_metadata is prohibited.".to_owned(),
        ),
    ] {
        refused(&mut world, topic(name, 1, 1), code, &words);
    }
}

#[test]
fn counts_that_cannot_be_are_refused() {
    let mut world = World::of(2);
    let partitions = "Number of partitions was set to an invalid non-positive value.";
    let factor = "Replication factor must be larger than 0, or -1 to use the default value.";
    let nodes = "Unable to replicate the partition 3 time(s): The target replication factor of 3 \
                 cannot be reached because only 2 broker(s) are registered.";
    for (count, copies, code, words) in [
        (0, 1, ErrorCode::INVALID_PARTITIONS, partitions),
        (-3, 1, ErrorCode::INVALID_PARTITIONS, partitions),
        (1, 0, ErrorCode::INVALID_REPLICATION_FACTOR, factor),
        (1, -2, ErrorCode::INVALID_REPLICATION_FACTOR, factor),
        (1, 3, ErrorCode::INVALID_REPLICATION_FACTOR, nodes),
    ] {
        refused(&mut world, topic("orders", count, copies), code, words);
    }
}

#[test]
fn more_partitions_than_the_cluster_has_room_for_are_refused() {
    let mut world = World::of(1);
    let told = one(&mut world, topic("orders", i32::MAX, 1));
    assert_eq!(told.error_code, ErrorCode::POLICY_VIOLATION);
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let mut world = World::of(1);
    for (config, words) in [
        (("no.such", Some("1")), "Unknown topic config name: no.such"),
        (("retention.ms", None), "Null value not supported for topic configs: retention.ms"),
        (
            ("retention.ms", Some("x")),
            "Invalid value x for configuration retention.ms: Not a number of type LONG",
        ),
    ] {
        refused(&mut world, with("orders", &[config]), ErrorCode::INVALID_CONFIG, words);
    }
}

#[test]
fn a_name_that_stands_twice_is_refused_once_and_its_neighbour_created() {
    let mut world = World::of(1);
    let answer = create(&mut world, vec![topic("a", 1, 1), topic("b", 1, 1), topic("a", 2, 1)]);
    let told: Vec<_> =
        answer.topics.iter().map(|one| (one.name.as_ref(), one.error_code)).collect();
    assert_eq!(told, [("a", ErrorCode::INVALID_REQUEST), ("b", ErrorCode::NONE)]);
    assert!(world.cluster.state.topics.get("a").is_none());
}

#[test]
fn partitions_go_where_they_are_assigned() {
    let mut world = World::of(3);
    let told = one(&mut world, placed("orders", &[(1, &[3, 1]), (0, &[2, 3])]));
    assert_eq!((told.num_partitions, told.replication_factor), (2, 2));
    assert_eq!((world.leader("orders", 0), world.leader("orders", 1)), (2, 3));
}

#[test]
fn assignments_that_cannot_be_are_refused() {
    let mut world = World::of(3);
    let code = ErrorCode::INVALID_REPLICA_ASSIGNMENT;
    for (places, words) in [
        (
            &[(0, &[1][..]), (2, &[1])][..],
            "partitions should be a consecutive 0-based integer sequence",
        ),
        (&[(0, &[1, 1])], "The manual partition assignment includes the broker 1 more than once."),
        (
            &[(0, &[7])],
            "The manual partition assignment includes broker 7, but no such broker is registered.",
        ),
        (&[(0, &[])], "The manual partition assignment includes an empty replica list."),
        (
            &[(0, &[1]), (1, &[1, 2])],
            "The manual partition assignment includes a partition with 2 replica(s), but this is \
             not consistent with previous partitions, which have 1 replica(s).",
        ),
    ] {
        refused(&mut world, placed("orders", places), code, words);
    }
}

#[test]
fn an_assignment_excludes_counts() {
    let mut world = World::of(1);
    let places: &[(i32, &[i32])] = &[(0, &[1])];
    let count = CreatableTopic { num_partitions: 1, ..placed("orders", places) };
    let words = "A manual partition assignment was specified, but numPartitions was not set to -1.";
    refused(&mut world, count, ErrorCode::INVALID_REQUEST, words);
    let factor = CreatableTopic { replication_factor: 1, ..placed("orders", places) };
    let words =
        "A manual partition assignment was specified, but replication factor was not set to -1.";
    refused(&mut world, factor, ErrorCode::INVALID_REQUEST, words);
}

#[test]
fn a_node_that_is_down_gets_copies_and_leads_nothing() {
    let mut world = World::of(3);
    let now = world.now;
    world.cluster.kill(now, NodeId(2));
    world.drain();
    one(&mut world, topic("orders", 3, 3));
    for index in 0..3 {
        let partition = world.partition("orders", index);
        assert_ne!(partition.leader, Some(NodeId(2)));
        assert_eq!((partition.replicas.len(), partition.in_sync.len()), (3, 2));
    }
}

#[test]
fn every_version_deletes_by_name() {
    let mut world = World::of(3);
    for version in 1..=5 {
        world.topic("orders", 1);
        let names = vec![Cow::Borrowed("orders"), Cow::Borrowed("nowhere")];
        let request = DeleteTopicsRequest { topic_names: names, ..DeleteTopicsRequest::default() };
        let told = world.ask(2, version, &request).responses;
        assert_eq!(told[0].error_code, ErrorCode::NONE);
        assert_eq!(told[1].error_code, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
        assert_eq!(told[1].error_message.is_some(), version >= 5);
        assert!(world.cluster.state.topics.get("orders").is_none());
    }
}

#[test]
fn topics_are_deleted_by_id_and_never_by_both() {
    let mut world = World::of(1);
    let ids: Vec<TopicId> = ["a", "b"]
        .into_iter()
        .map(|name| {
            world.topic(name, 1);
            world.known(name).id
        })
        .collect();
    let unknown = TopicId(Uuid::from_u128(9));
    let named = |name: Option<&'static str>, topic_id| DeleteTopicState {
        name: name.map(Cow::Borrowed),
        topic_id,
        ..DeleteTopicState::default()
    };
    let topics = vec![
        named(None, ids[0]),
        named(Some("b"), ids[1]),
        named(None, unknown),
        named(None, TopicId::ZERO),
        named(Some("zz"), TopicId::ZERO),
    ];
    let request = DeleteTopicsRequest { topics, ..DeleteTopicsRequest::default() };
    let told = world.ask(1, DELETE, &request).responses;
    let codes: Vec<_> = told.iter().map(|one| one.error_code.0).collect();
    assert_eq!(codes, [0, 42, 100, 42, 3]);
    assert_eq!(told[0].name.as_deref(), Some("a"));
    assert!(world.cluster.state.topics.get("b").is_some());
}
