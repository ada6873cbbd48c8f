//! The language of these tests: a picture, a clock, and answers in few words.

use std::time::Duration;

use klamm_cluster::metadata::{Event, LeaderAt, Metadata, Oddities, Query, TopicRef};
use klamm_cluster::settings::MetadataSettings;
use klamm_protocol::frame::{ResponseFrame, encode_response};
use klamm_protocol::metadata::MetadataResponse;
use klamm_protocol::metadata::response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use klamm_protocol::{ApiKey, Response};
use klamm_wire::{ErrorCode, NodeId, PartitionIndex, Time, TopicId, Uuid};

pub(crate) const NEWEST: i16 = 13;
pub(crate) const UNKNOWN: ErrorCode = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;

/// A picture at a time.
pub(crate) struct World {
    pub(crate) metadata: Metadata,
    pub(crate) now: Time,
    /// The query that was asked last.
    pub(crate) query: Option<Query>,
    pub(crate) version: i16,
}

pub(crate) fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(MetadataSettings::default())
    }

    pub(crate) fn with(settings: MetadataSettings) -> Self {
        let metadata = Metadata::new(settings, 7);
        Self { metadata, now: Time(0), query: None, version: NEWEST }
    }

    /// One that knows `orders` with the leaders 1 and 2 at epochs 5 and 6.
    pub(crate) fn knowing_orders() -> (Self, TopicRef) {
        let mut world = Self::new();
        let orders = world.want("orders");
        world.round(cluster(vec![orders_at(9, &[(1, 5), (2, 6)])]));
        (world, orders)
    }

    pub(crate) fn want(&mut self, name: &str) -> TopicRef {
        self.metadata.want(self.now, name)
    }

    pub(crate) fn wait(&mut self, time: Duration) {
        self.now = self.now.saturating_add(time);
    }

    /// How long it is until something is due.
    pub(crate) fn until_due(&self) -> Duration {
        self.metadata.next_wake().unwrap().saturating_duration_since(self.now)
    }

    /// Waits until something is due, and asks; what is asked for. Sometimes it turns out that
    /// nothing is to be asked, and something else is due next.
    pub(crate) fn ask_when_due(&mut self) -> Vec<String> {
        for _ in 0..9 {
            self.wait(self.until_due());
            let query = self.metadata.due(self.now);
            if query.is_some() {
                self.query = query;
                break;
            }
        }
        self.asked()
    }

    /// Asks at once; what is asked for, in order of names.
    pub(crate) fn ask(&mut self) -> Vec<String> {
        self.query = self.metadata.due(self.now);
        self.asked()
    }

    fn asked(&self) -> Vec<String> {
        let query = self.query.as_ref().expect("invariant: a query is due");
        let mut names: Vec<_> = query.topics().map(str::to_owned).collect();
        names.sort();
        names
    }

    pub(crate) fn asks_nothing(&mut self) -> bool {
        self.metadata.due(self.now).is_none()
    }

    #[expect(clippy::needless_pass_by_value, reason = "answers are built where they are given")]
    pub(crate) fn answer(&mut self, response: MetadataResponse<'_>) -> Vec<Event> {
        let query = self.query.take().unwrap();
        self.metadata.answered(self.now, query, &frame(&response, self.version)).unwrap();
        self.events()
    }

    pub(crate) fn lose(&mut self) -> Vec<Event> {
        self.metadata.lost(self.now, self.query.take().unwrap());
        self.events()
    }

    pub(crate) fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.metadata.poll()).collect()
    }

    /// Waits until something is due, asks, and hears this answer.
    pub(crate) fn round(&mut self, response: MetadataResponse<'_>) -> Vec<Event> {
        self.ask_when_due();
        self.answer(response)
    }

    /// Says that a topic is old, and hears this answer.
    pub(crate) fn refresh(&mut self, at: TopicRef, said: MetadataResponse<'_>) -> Vec<Event> {
        self.metadata.refresh(self.now, Some(at));
        self.round(said)
    }

    /// Node and epoch of the leaders.
    pub(crate) fn leaders(&self, at: TopicRef) -> Vec<Option<(i32, i32)>> {
        let partitions = self.metadata.topic(at).unwrap().partitions();
        partitions.iter().map(|one| one.leader.map(|at| (at.node.0, at.epoch))).collect()
    }

    pub(crate) fn odd(&self, of: impl FnOnce(Oddities) -> u64) -> u64 {
        of(self.metadata.oddities())
    }
}

pub(crate) fn frame<'a, R: Response<'a>>(response: &R, version: i16) -> ResponseFrame {
    let bytes = encode_response(response, version, 0).unwrap().to_vec().split_off(4);
    ResponseFrame { key: ApiKey::Metadata, version, bytes: bytes.into() }
}

/// An answer of a cluster with the brokers 1, 2 and 3.
pub(crate) fn cluster(topics: Vec<MetadataResponseTopic<'_>>) -> MetadataResponse<'_> {
    cluster_of(&[1, 2, 3], topics)
}

pub(crate) fn cluster_of<'a>(
    nodes: &[i32],
    topics: Vec<MetadataResponseTopic<'a>>,
) -> MetadataResponse<'a> {
    let brokers = nodes.iter().map(|node| broker(*node, "kafka", 9092)).collect();
    let controller_id = NodeId(1);
    MetadataResponse { brokers, controller_id, topics, ..MetadataResponse::default() }
}

pub(crate) fn broker(node: i32, host: &str, port: i32) -> MetadataResponseBroker<'_> {
    let node_id = NodeId(node);
    MetadataResponseBroker { node_id, host: host.into(), port, ..Default::default() }
}

pub(crate) fn id(number: u128) -> TopicId {
    TopicId(Uuid::from_u128(number))
}

/// A topic with the node and epoch of its leaders.
pub(crate) fn topic<'a>(
    name: &'a str,
    number: u128,
    leaders: &[(i32, i32)],
) -> MetadataResponseTopic<'a> {
    let numbered = (0..).zip(leaders);
    let partitions = numbered.map(|(index, (node, epoch))| partition(index, *node, *epoch));
    MetadataResponseTopic {
        name: Some(name.into()),
        topic_id: id(number),
        partitions: partitions.collect(),
        ..Default::default()
    }
}

pub(crate) fn orders_at(number: u128, leaders: &[(i32, i32)]) -> MetadataResponseTopic<'static> {
    topic("orders", number, leaders)
}

pub(crate) fn partition(index: i32, node: i32, epoch: i32) -> MetadataResponsePartition<'static> {
    MetadataResponsePartition {
        partition_index: PartitionIndex(index),
        leader_id: NodeId(node),
        leader_epoch: epoch,
        ..Default::default()
    }
}

pub(crate) fn failing(name: &str, error_code: ErrorCode) -> MetadataResponseTopic<'_> {
    MetadataResponseTopic { error_code, ..topic(name, 0, &[]) }
}

/// The event that a partition has this leader.
pub(crate) fn led(topic: TopicRef, partition: i32, by: Option<(i32, i32)>) -> Event {
    let leader = by.map(|(node, epoch)| LeaderAt { node: NodeId(node), epoch });
    Event::Leader { topic, partition: PartitionIndex(partition), leader }
}
