//! The Metadata response of a middling cluster.

use std::borrow::Cow;

use bytes::Bytes;
use kafka_protocol::messages as peer;
use kafka_protocol::messages::metadata_response as peers;
use kafka_protocol::protocol::{Decodable, StrBytes};
use klamm_peers_bench::Contest;
use klamm_protocol::metadata::response as ours;
use klamm_wire::{FixedArray, NodeId, PartitionIndex, TopicId, Uuid};

use crate::contest::{Decoders, Subject, Title};
use crate::facts::{self, Broker, Partition, Topic};
use crate::floor::Floor;
use crate::sum::Sum;

const VERSION: i16 = 13;
const CLUSTER: &str = "qN3xYtO0RkmXq1vJzq8y2A";
const CONTROLLER: i32 = 2;
/// What stands for "not asked".
const NO_OPERATIONS: i32 = i32::MIN;

pub(crate) fn contests() -> [Contest<Title>; 2] {
    let subject = Subject {
        message: "Metadata response",
        version: VERSION,
        ours: ours_from(&facts::brokers(), &facts::topics()),
        peer: peer_from(&facts::brokers(), &facts::topics()),
        floor: floor_from(facts::brokers(), facts::topics()),
    };
    subject.contests(&Decoders { ours: decode_ours, peer: decode_peer })
}

fn ours_from(brokers: &[Broker], topics: &[Topic]) -> ours::MetadataResponse<'static> {
    let broker = |broker: &Broker| ours::MetadataResponseBroker {
        node_id: NodeId(broker.id),
        host: Cow::Owned(broker.host.clone()),
        port: broker.port,
        rack: Some(Cow::Owned(broker.rack.clone())),
        ..Default::default()
    };
    let topic = |topic: &Topic| ours::MetadataResponseTopic {
        name: Some(Cow::Owned(topic.name.clone())),
        topic_id: TopicId(Uuid(topic.id)),
        partitions: topic.partitions.iter().map(our_partition).collect(),
        ..Default::default()
    };
    ours::MetadataResponse {
        brokers: brokers.iter().map(broker).collect(),
        cluster_id: Some(Cow::Owned(CLUSTER.to_owned())),
        controller_id: NodeId(CONTROLLER),
        topics: topics.iter().map(topic).collect(),
        ..Default::default()
    }
}

fn our_partition(partition: &Partition) -> ours::MetadataResponsePartition<'static> {
    let nodes = |ids: &[i32]| ids.iter().copied().map(NodeId).collect::<FixedArray<'_, _>>();
    ours::MetadataResponsePartition {
        partition_index: PartitionIndex(partition.index),
        leader_id: NodeId(partition.leader),
        leader_epoch: partition.epoch,
        replica_nodes: nodes(&partition.replicas),
        isr_nodes: nodes(&partition.in_sync),
        offline_replicas: nodes(&partition.offline),
        ..Default::default()
    }
}

fn peer_from(brokers: &[Broker], topics: &[Topic]) -> peer::MetadataResponse {
    let text = |text: &str| StrBytes::from_string(text.to_owned());
    let broker = |broker: &Broker| {
        peers::MetadataResponseBroker::default()
            .with_node_id(broker.id.into())
            .with_host(text(&broker.host))
            .with_port(broker.port)
            .with_rack(Some(text(&broker.rack)))
    };
    let topic = |topic: &Topic| {
        peers::MetadataResponseTopic::default()
            .with_name(Some(text(&topic.name).into()))
            .with_topic_id(uuid::Uuid::from_bytes(topic.id))
            .with_partitions(topic.partitions.iter().map(peer_partition).collect())
    };
    peer::MetadataResponse::default()
        .with_brokers(brokers.iter().map(broker).collect())
        .with_cluster_id(Some(text(CLUSTER)))
        .with_controller_id(CONTROLLER.into())
        .with_topics(topics.iter().map(topic).collect())
}

fn peer_partition(partition: &Partition) -> peers::MetadataResponsePartition {
    let nodes = |ids: &[i32]| ids.iter().copied().map(peer::BrokerId).collect();
    peers::MetadataResponsePartition::default()
        .with_partition_index(partition.index)
        .with_leader_id(partition.leader.into())
        .with_leader_epoch(partition.epoch)
        .with_replica_nodes(nodes(&partition.replicas))
        .with_isr_nodes(nodes(&partition.in_sync))
        .with_offline_replicas(nodes(&partition.offline))
}

fn floor_from(brokers: Vec<Broker>, topics: Vec<Topic>) -> impl Fn() -> Floor {
    move || {
        let partitions = topics.iter().map(|topic| topic.partitions.len()).sum::<usize>();
        let mut out = Floor::with_room(1024 + 64 * topics.len() + 48 * partitions, 0);
        out.put(&0_i32.to_be_bytes());
        out.compact(brokers.len());
        for broker in &brokers {
            out.put(&broker.id.to_be_bytes());
            out.text(&broker.host);
            out.put(&broker.port.to_be_bytes());
            out.text(&broker.rack);
            out.uvarint(0);
        }
        out.text(CLUSTER);
        out.put(&CONTROLLER.to_be_bytes());
        out.compact(topics.len());
        topics.iter().for_each(|topic| floor_topic(&mut out, topic));
        // The error of the whole answer, and no tagged fields.
        out.put(&[0, 0, 0]);
        out
    }
}

#[inline]
fn floor_topic(out: &mut Floor, topic: &Topic) {
    out.put(&[0, 0]);
    out.text(&topic.name);
    out.put(&topic.id);
    out.uvarint(0);
    out.compact(topic.partitions.len());
    for partition in &topic.partitions {
        let [a, b, c, d] = partition.index.to_be_bytes();
        let [e, f, g, h] = partition.leader.to_be_bytes();
        let [i, j, k, l] = partition.epoch.to_be_bytes();
        out.put(&[0, 0, a, b, c, d, e, f, g, h, i, j, k, l]);
        out.numbers(&partition.replicas);
        out.numbers(&partition.in_sync);
        out.numbers(&partition.offline);
        out.uvarint(0);
    }
    let [a, b, c, d] = NO_OPERATIONS.to_be_bytes();
    out.put(&[a, b, c, d, 0]);
}

fn decode_ours(frame: &Bytes, version: i16) -> Sum {
    let message: ours::MetadataResponse<'_> =
        klamm_protocol::decode_exact(frame, version).expect("written by the encoder");
    let mut sum = Sum::default();
    sum.number(message.throttle_time_ms);
    for broker in &message.brokers {
        sum.number(broker.node_id.0);
        sum.short(broker.host.as_bytes());
        sum.number(broker.port);
        sum.nullable(broker.rack.as_deref());
        sum.number(broker.unknown_tags.len() as i64);
    }
    sum.nullable(message.cluster_id.as_deref());
    sum.number(message.controller_id.0);
    for topic in &message.topics {
        sum.number(topic.error_code.0);
        sum.nullable(topic.name.as_deref());
        sum.short(&topic.topic_id.0.0);
        sum.number(topic.is_internal);
        topic.partitions.iter().for_each(|partition| add_ours(&mut sum, partition));
        sum.number(topic.topic_authorized_operations);
        sum.number(topic.unknown_tags.len() as i64);
    }
    sum.number(message.cluster_authorized_operations);
    sum.number(message.error_code.0);
    sum.number(message.unknown_tags.len() as i64);
    sum
}

fn add_ours(sum: &mut Sum, partition: &ours::MetadataResponsePartition<'_>) {
    sum.number(partition.error_code.0);
    sum.number(partition.partition_index.0);
    sum.number(partition.leader_id.0);
    sum.number(partition.leader_epoch);
    partition.replica_nodes.iter().for_each(|node| sum.number(node.0));
    partition.isr_nodes.iter().for_each(|node| sum.number(node.0));
    partition.offline_replicas.iter().for_each(|node| sum.number(node.0));
    sum.number(partition.unknown_tags.len() as i64);
}

fn decode_peer(frame: &mut Bytes, version: i16) -> Sum {
    let message = peer::MetadataResponse::decode(frame, version).expect("written by the encoder");
    assert!(frame.is_empty());
    let mut sum = Sum::default();
    sum.number(message.throttle_time_ms);
    for broker in &message.brokers {
        sum.number(broker.node_id.0);
        sum.short(broker.host.as_bytes());
        sum.number(broker.port);
        sum.nullable(broker.rack.as_deref());
        sum.number(broker.unknown_tagged_fields.len() as i64);
    }
    sum.nullable(message.cluster_id.as_deref());
    sum.number(message.controller_id.0);
    for topic in &message.topics {
        sum.number(topic.error_code);
        sum.nullable(topic.name.as_ref().map(|name| name.as_str()));
        sum.short(topic.topic_id.as_bytes());
        sum.number(topic.is_internal);
        topic.partitions.iter().for_each(|partition| add_peer(&mut sum, partition));
        sum.number(topic.topic_authorized_operations);
        sum.number(topic.unknown_tagged_fields.len() as i64);
    }
    sum.number(message.cluster_authorized_operations);
    sum.number(message.error_code);
    sum.number(message.unknown_tagged_fields.len() as i64);
    sum
}

fn add_peer(sum: &mut Sum, partition: &peers::MetadataResponsePartition) {
    sum.number(partition.error_code);
    sum.number(partition.partition_index);
    sum.number(partition.leader_id.0);
    sum.number(partition.leader_epoch);
    partition.replica_nodes.iter().for_each(|node| sum.number(node.0));
    partition.isr_nodes.iter().for_each(|node| sum.number(node.0));
    partition.offline_replicas.iter().for_each(|node| sum.number(node.0));
    sum.number(partition.unknown_tagged_fields.len() as i64);
}
