//! A picture with many topics, and the answers of the cluster that it shows.

use std::time::{Duration, Instant};

use klamm_cluster::metadata::{Metadata, TopicRef};
use klamm_cluster::settings::MetadataSettings;
use klamm_protocol::ApiKey;
use klamm_protocol::frame::{ResponseFrame, encode_response};
use klamm_protocol::metadata::MetadataResponse;
use klamm_protocol::metadata::response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use klamm_wire::{NodeId, PartitionIndex, Time, TopicId, Uuid};

/// How many topics there are, and how many partitions each of them has.
pub(crate) const TOPICS: usize = 10_000;
pub(crate) const PARTITIONS: usize = 12;

const VERSION: i16 = 12;
const BROKERS: i32 = 30;

pub(crate) struct World {
    pub(crate) metadata: Metadata,
    pub(crate) topics: Vec<TopicRef>,
    answer: ResponseFrame,
    now: Time,
}

impl World {
    /// One that wants all topics and knows nothing.
    pub(crate) fn new(epoch: i32) -> Self {
        let now = Time(0);
        let mut metadata = Metadata::new(MetadataSettings::default(), 7);
        let topics = (0..TOPICS).map(|number| metadata.want(now, &name(number))).collect();
        Self { metadata, topics, answer: answer(epoch), now }
    }

    /// Every partition has another leader.
    pub(crate) fn lead_all_anew(&mut self, epoch: i32) {
        self.answer = answer(epoch);
    }

    /// Asks for everything, and how long it takes until the answer is taken, decoding not counted,
    /// and its events are read.
    pub(crate) fn taken(&mut self) -> Duration {
        self.metadata.refresh(self.now, None);
        self.now = self.metadata.next_wake().unwrap_or(self.now);
        let query = self.metadata.due(self.now);
        let query = query.filter(|query| query.topics().len() == TOPICS);
        let Some(query) = query else { return Duration::MAX };
        let start = Instant::now();
        let taken = self.metadata.answered(self.now, query, &self.answer);
        while self.metadata.poll().is_some() {}
        let both = start.elapsed();
        assert_eq!(taken, Ok(()));
        let start = Instant::now();
        let decoded = std::hint::black_box(&self.answer).decode::<MetadataResponse<'_>>();
        drop(std::hint::black_box(decoded));
        both.saturating_sub(start.elapsed())
    }
}

fn name(number: usize) -> String {
    format!("service.team-{}.events.{number}", number % 100)
}

/// An answer with every topic, in the order of their ids.
pub(crate) fn answer(epoch: i32) -> ResponseFrame {
    let brokers = (0..BROKERS).map(|node| MetadataResponseBroker {
        node_id: NodeId(node),
        host: format!("broker-{node}.kafka.internal").into(),
        port: 9092,
        ..Default::default()
    });
    let mut topics: Vec<_> = (0..TOPICS).map(|number| topic(number, epoch)).collect();
    topics.sort_by_key(|topic| topic.topic_id);
    let answer = MetadataResponse { brokers: brokers.collect(), topics, ..Default::default() };
    let frame = encode_response(&answer, VERSION, 0).map(|frame| frame.to_vec().split_off(4));
    let bytes = frame.unwrap_or_default().into();
    ResponseFrame { key: ApiKey::Metadata, version: VERSION, bytes }
}

fn topic(number: usize, epoch: i32) -> MetadataResponseTopic<'static> {
    // A multiplication by a large odd number scatters the ids.
    let id = (number as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    let partitions = (0..).take(PARTITIONS).map(|index| {
        let replicas = [0, 1, 2].map(|step| NodeId((index + epoch + step) % BROKERS));
        MetadataResponsePartition {
            partition_index: PartitionIndex(index),
            leader_id: replicas[0],
            leader_epoch: epoch,
            replica_nodes: replicas.to_vec().into(),
            isr_nodes: replicas.to_vec().into(),
            ..Default::default()
        }
    });
    MetadataResponseTopic {
        name: Some(name(number).into()),
        topic_id: TopicId(Uuid::from_u128(id)),
        partitions: partitions.collect(),
        ..Default::default()
    }
}
