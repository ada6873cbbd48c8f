//! What clients are shown of the cluster and its settings.

use std::borrow::Cow;

use klamm_protocol::describe_cluster::DescribeClusterRequest;
use klamm_protocol::describe_configs::DescribeConfigsRequest;
use klamm_protocol::describe_configs::request::DescribeConfigsResource;
use klamm_protocol::describe_configs::response::{
    DescribeConfigsResourceResult, DescribeConfigsResult,
};
use klamm_wire::{ErrorCode, NodeId};

use crate::testing::World;
use crate::{ClusterSettings, TopicSettings};

const CONFIGS: i16 = 4;
const TOPIC: i8 = 2;
const BROKER: i8 = 4;

fn of(
    kind: i8,
    name: &'static str,
    keys: Option<&[&'static str]>,
) -> DescribeConfigsRequest<'static> {
    let resource = DescribeConfigsResource {
        resource_type: kind,
        resource_name: Cow::Borrowed(name),
        configuration_keys: keys.map(|keys| keys.iter().copied().map(Cow::Borrowed).collect()),
        ..DescribeConfigsResource::default()
    };
    DescribeConfigsRequest {
        resources: vec![resource],
        include_synonyms: true,
        ..DescribeConfigsRequest::default()
    }
}

fn told(
    world: &mut World,
    version: i16,
    request: &DescribeConfigsRequest<'_>,
) -> DescribeConfigsResult<'static> {
    world.ask(1, version, request).results.remove(0)
}

/// A setting in short: its value, its source, and each synonym with its own.
fn short(config: &DescribeConfigsResourceResult<'_>) -> String {
    let value = |value: &Option<Cow<'_, str>>| value.as_deref().unwrap_or("(null)").to_owned();
    let mut text = format!("{} {}", value(&config.value), config.config_source);
    for one in &config.synonyms {
        text += &format!("; {} {} {}", one.name, value(&one.value), one.source);
    }
    text
}

fn compacting() -> World {
    let mut settings = ClusterSettings::of(1);
    settings.topics.settings.max_message_bytes = 5_000;
    let mut world = World::with(settings.clone());
    let defaults = settings.topics.settings;
    world.topic_as("orders", 1, TopicSettings { compacted: true, deletes: false, ..defaults });
    world
}

#[test]
fn a_setting_says_where_its_value_comes_from() {
    let mut world = compacting();
    let keys = ["cleanup.policy", "flush.ms", "max.message.bytes", "segment.bytes", "nope"];
    for version in 1..=CONFIGS {
        let answer = told(&mut world, version, &of(TOPIC, "orders", Some(&keys)));
        let told: Vec<_> = answer.configs.iter().map(short).collect();
        assert_eq!(
            told,
            [
                "compact 1; cleanup.policy compact 1; log.cleanup.policy delete 5",
                "9223372036854775807 5",
                "5000 4; message.max.bytes 5000 4; message.max.bytes 1048588 5",
                "1073741824 5; log.segment.bytes 1073741824 5",
            ]
        );
        let types: Vec<_> = answer.configs.iter().map(|one| one.config_type).collect();
        assert_eq!(types, if version >= 3 { [7, 5, 3, 3] } else { [0; 4] });
    }
}

#[test]
fn all_settings_are_shown_to_who_names_none() {
    let mut world = compacting();
    for keys in [None, Some(&[][..])] {
        let mut request = of(TOPIC, "orders", keys);
        request.include_synonyms = false;
        let answer = told(&mut world, CONFIGS, &request);
        assert_eq!((answer.configs.len(), answer.error_message.as_deref()), (33, Some("")));
        assert!(answer.configs.iter().all(|one| one.synonyms.is_empty() && !one.read_only));
    }
}

#[test]
fn a_node_shows_its_own_settings_and_no_other() {
    let mut world = compacting();
    let answer = told(&mut world, CONFIGS, &of(BROKER, "1", None));
    let find = |name: &str| answer.configs.iter().find(|one| one.name == name).map(short);
    assert_eq!(find("node.id").unwrap(), "1 4; node.id 1 4");
    assert_eq!(
        find("message.max.bytes").unwrap(),
        "5000 4; message.max.bytes 5000 4; message.max.bytes 1048588 5"
    );
    assert!(answer.configs.is_sorted_by(|one, next| one.name < next.name));
    assert!(told(&mut world, CONFIGS, &of(BROKER, "", None)).configs.is_empty());
}

#[test]
fn resources_that_are_not_there_are_refused() {
    let mut world = compacting();
    for (kind, name, code, words) in [
        (TOPIC, "nope", ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, ""),
        (
            TOPIC,
            "",
            ErrorCode::INVALID_TOPIC_EXCEPTION,
            "Topic name is invalid: the empty string is not allowed",
        ),
        (
            BROKER,
            "9",
            ErrorCode::INVALID_REQUEST,
            "Unexpected broker id, expected 1 or empty string, but received 9",
        ),
        (BROKER, "x", ErrorCode::INVALID_REQUEST, "Broker id must be an integer, but it is: x"),
    ] {
        let answer = told(&mut world, CONFIGS, &of(kind, name, None));
        assert_eq!((answer.error_code, answer.error_message.as_deref()), (code, Some(words)));
    }
    assert_eq!(told(&mut world, 4, &of(3, "1", None)).error_code, ErrorCode::INVALID_REQUEST);
}

#[test]
fn the_cluster_is_described_from_every_node() {
    let mut world = World::of(3);
    let now = world.now;
    world.cluster.kill(now, NodeId(1));
    world.drain();
    for (node, version) in [(2, 0), (3, 1), (3, 2)] {
        let answer = world.ask(node, version, &DescribeClusterRequest::default());
        assert_eq!((answer.error_code, answer.controller_id), (ErrorCode::NONE, NodeId(2)));
        let known: Vec<_> = answer.brokers.iter().map(|one| one.broker_id.0).collect();
        assert_eq!(known, [2, 3]);
        assert_eq!(answer.cluster_authorized_operations, i32::MIN);
    }
    let request = DescribeClusterRequest {
        include_fenced_brokers: true,
        include_cluster_authorized_operations: true,
        ..DescribeClusterRequest::default()
    };
    let answer = world.ask(2, 2, &request);
    let fenced: Vec<_> = answer.brokers.iter().map(|one| one.is_fenced).collect();
    assert_eq!((fenced, answer.cluster_authorized_operations), (vec![true, false, false], 8096));
}

#[test]
fn who_wants_a_controller_is_told_that_this_is_none() {
    let mut world = World::of(1);
    for (endpoint_type, code) in
        [(2, ErrorCode::MISMATCHED_ENDPOINT_TYPE), (5, ErrorCode::UNSUPPORTED_ENDPOINT_TYPE)]
    {
        let request = DescribeClusterRequest { endpoint_type, ..DescribeClusterRequest::default() };
        let answer = world.ask(1, 2, &request);
        assert_eq!((answer.error_code, answer.brokers.len()), (code, 0));
    }
}
