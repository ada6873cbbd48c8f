//! The language of the tests: a cluster in a world with one clock, and clients that ask it.
//!
//! A client opens a connection, encodes a request, and takes the answer when there is one. Time
//! passes only when a test lets it pass.

pub(crate) mod sasl;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use klamm_protocol::frame::{FrameDecoder, decode_response, encode_request};
use klamm_protocol::{Records, Request};
use klamm_records::{
    BufferPool, Codec, Compression, Decompressors, Encoder, Identity, OpenBatch, RecordSet, Stamp,
};
use klamm_wire::{Epoch, NodeId, Now, PartitionIndex, ProducerId, Sequence, Time, WallMillis};

use crate::cluster::{Endpoint, Listener, Partition, Topic};
use crate::topic::TopicSettings;
use crate::{Cluster, ClusterSettings, ConnectionId, Output};

/// When every world begins.
pub(crate) const DAWN: i64 = 1_700_000_000_000;
/// Who asks, unless a test says otherwise.
const CLIENT: &str = "tester";

/// A cluster, its clients, and the clock of both.
pub(crate) struct World {
    pub(crate) cluster: Cluster,
    pub(crate) now: Now,
    /// What came and was not taken.
    inbox: BTreeMap<ConnectionId, FrameDecoder>,
    /// Everything that came.
    pub(crate) wire: BTreeMap<ConnectionId, Vec<u8>>,
    closed: BTreeSet<ConnectionId>,
    reset: BTreeSet<ConnectionId>,
    /// The numbers of requests that were sent, in order; an answer must have the first.
    asked: BTreeMap<ConnectionId, VecDeque<i32>>,
    last_number: i32,
}

impl World {
    /// A cluster of nodes 1 to `nodes`, otherwise with defaults.
    pub(crate) fn of(nodes: u8) -> Self {
        Self::with(ClusterSettings::of(nodes))
    }

    pub(crate) fn with(settings: ClusterSettings) -> Self {
        let nodes: Vec<NodeId> = settings.nodes.iter().map(|node| node.id).collect();
        let mut cluster = Cluster::new(settings);
        for node in nodes {
            for (listener, first) in Listener::ALL.into_iter().zip([9000, 9100, 9200, 9300]) {
                let port = u16::try_from(first + node.0).unwrap();
                let endpoint = Endpoint { host: format!("node{node}.test"), port };
                cluster.advertise(node, listener, endpoint);
            }
        }
        Self {
            cluster,
            now: Now { mono: Time(0), wall: WallMillis(DAWN) },
            inbox: BTreeMap::new(),
            wire: BTreeMap::new(),
            closed: BTreeSet::new(),
            reset: BTreeSet::new(),
            asked: BTreeMap::new(),
            last_number: 0,
        }
    }

    /// A topic with a copy of each partition on every node.
    pub(crate) fn topic(&mut self, name: &str, partitions: i32) {
        self.topic_as(name, partitions, TopicSettings::default());
    }

    pub(crate) fn topic_as(&mut self, name: &str, partitions: i32, settings: TopicSettings) {
        let nodes = self.cluster.state.live_nodes();
        let replication = i16::try_from(nodes.len()).unwrap();
        let layout = crate::cluster::Layout::Spread { partitions, replication };
        self.cluster.state.topics.create(name, settings, layout, &nodes).unwrap();
    }

    #[track_caller]
    pub(crate) fn known(&self, topic: &str) -> &Topic {
        self.cluster.state.topics.get(topic).unwrap()
    }

    #[track_caller]
    pub(crate) fn partition(&self, topic: &str, index: i32) -> &Partition {
        self.known(topic).partition(PartitionIndex(index)).unwrap()
    }

    #[track_caller]
    pub(crate) fn partition_mut(&mut self, topic: &str, index: i32) -> &mut Partition {
        let topics = &mut self.cluster.state.topics;
        topics.partition_mut(topic, PartitionIndex(index)).unwrap()
    }

    #[track_caller]
    pub(crate) fn leader(&self, topic: &str, index: i32) -> i32 {
        self.partition(topic, index).leader.unwrap().0
    }

    /// A node that does not lead the partition, and has a copy.
    #[track_caller]
    pub(crate) fn follower(&self, topic: &str, index: i32) -> i32 {
        let partition = self.partition(topic, index);
        let others = partition.replicas.iter().find(|node| Some(**node) != partition.leader);
        others.unwrap().0
    }

    /// What is asked over a new connection and answered at once.
    #[track_caller]
    pub(crate) fn ask<'a, R: Request<'a>>(
        &mut self,
        node: i32,
        version: i16,
        request: &R,
    ) -> R::Response<'static> {
        let client = self.connect(node);
        self.send(client, version, request);
        let answer = self.answer::<R>(client, version).unwrap();
        self.cluster.closed(client);
        answer
    }

    #[track_caller]
    pub(crate) fn connect(&mut self, node: i32) -> ConnectionId {
        self.connect_to(node, Listener::Plain)
    }

    /// Sends a request, and lets the cluster do what it can do now.
    #[track_caller]
    pub(crate) fn send<'a, R: Request<'a>>(
        &mut self,
        from: ConnectionId,
        version: i16,
        request: &R,
    ) {
        self.last_number += 1;
        let number = self.last_number;
        let frame = encode_request(request, version, number, Some(CLIENT)).unwrap();
        self.asked.entry(from).or_default().push_back(number);
        self.cluster.receive(self.now, from, Bytes::from(frame.to_vec()));
        self.drain();
    }

    /// The next answer on a connection, if it has come. Its bytes live for as long as the test.
    #[track_caller]
    pub(crate) fn answer<'a, R: Request<'a>>(
        &mut self,
        at: ConnectionId,
        version: i16,
    ) -> Option<R::Response<'static>> {
        let frame = self.inbox.get_mut(&at)?.next_frame().unwrap()?;
        let frame: &'static Bytes = Box::leak(Box::new(frame));
        let decoded = decode_response::<R::Response<'static>>(frame, version).unwrap();
        assert_eq!(decoded.trailing, 0, "nothing follows an answer");
        let asked = self.asked.get_mut(&at).and_then(VecDeque::pop_front);
        assert_eq!(Some(decoded.header.correlation_id), asked, "answers come in order");
        Some(decoded.body)
    }

    /// The last request on this connection is one that is never answered.
    pub(crate) fn expect_silence(&mut self, at: ConnectionId) {
        self.asked.entry(at).or_default().pop_back();
    }

    pub(crate) fn is_closed(&self, connection: ConnectionId) -> bool {
        self.closed.contains(&connection)
    }

    pub(crate) fn is_reset(&self, connection: ConnectionId) -> bool {
        self.reset.contains(&connection)
    }

    /// Lets time pass; the cluster wakes whenever it asked to.
    pub(crate) fn pass(&mut self, millis: u64) {
        let until = self.now.mono.saturating_add(Duration::from_millis(millis));
        while let Some(due) = self.cluster.next_wake().filter(|due| *due <= until) {
            self.set_clock(due.max(self.now.mono));
            self.cluster.wake(self.now);
            self.drain();
        }
        self.set_clock(until);
    }

    fn set_clock(&mut self, mono: Time) {
        let wall = DAWN + i64::try_from(mono.0 / 1_000_000).unwrap();
        self.now = Now { mono, wall: WallMillis(wall) };
    }

    /// Takes what the cluster puts out; every answer leaves at once.
    pub(crate) fn drain(&mut self) {
        while let Some(output) = self.cluster.poll() {
            match output {
                Output::Send { connection, frame } => {
                    let bytes = frame.to_vec();
                    self.wire.entry(connection).or_default().extend_from_slice(&bytes);
                    self.inbox.entry(connection).or_default().push(Bytes::from(bytes));
                    self.cluster.sent(self.now, connection);
                }
                Output::Close { connection } => drop(self.closed.insert(connection)),
                Output::Reset { connection } => {
                    self.closed.insert(connection);
                    self.reset.insert(connection);
                }
            }
        }
    }

    /// The values of all records of a partition, as its leader has them.
    #[track_caller]
    pub(crate) fn values(&self, topic: &str, index: i32) -> Vec<String> {
        let log = &self.partition(topic, index).led().unwrap().log;
        let pieces = log.read(log.start(), log.end(), usize::MAX, true);
        values(&Records::from(pieces))
    }
}

/// The values of what was fetched.
pub(crate) fn values(records: &Records<'_>) -> Vec<String> {
    let bytes = records.to_bytes();
    let mut decompressors = Decompressors::new();
    let mut values = Vec::new();
    for batch in RecordSet::new(&bytes) {
        for record in batch.unwrap().records(&mut decompressors, usize::MAX).unwrap() {
            let value = record.unwrap().value.unwrap_or_default().to_vec();
            values.push(String::from_utf8(value).unwrap());
        }
    }
    values
}

/// A batch of these values, of no producer in particular.
pub(crate) fn batch(values: &[&str]) -> Records<'static> {
    stamped(values, Stamp::Plain)
}

/// A batch in a codec.
pub(crate) fn batch_in(codec: Codec, values: &[&str]) -> Records<'static> {
    encoded(codec, values, Stamp::Plain)
}

/// A batch of an idempotent producer.
pub(crate) fn batch_of(pid: i64, epoch: i16, sequence: i32, values: &[&str]) -> Records<'static> {
    stamped(values, Stamp::Idempotent(identity(pid, epoch, sequence)))
}

/// A batch that belongs to a transaction.
pub(crate) fn batch_in_txn(
    pid: i64,
    epoch: i16,
    sequence: i32,
    values: &[&str],
) -> Records<'static> {
    stamped(values, Stamp::Transactional(identity(pid, epoch, sequence)))
}

fn identity(pid: i64, epoch: i16, sequence: i32) -> Identity {
    Identity {
        producer_id: ProducerId(pid),
        epoch: Epoch(epoch),
        base_sequence: Sequence(sequence),
    }
}

fn stamped(values: &[&str], stamp: Stamp) -> Records<'static> {
    encoded(Codec::None, values, stamp)
}

fn encoded(codec: Codec, values: &[&str], stamp: Stamp) -> Records<'static> {
    let pool = BufferPool::new(0);
    let mut open = OpenBatch::new(pool.take(1 << 16), usize::MAX);
    for value in values {
        let value = Some(value.as_bytes());
        open.append(WallMillis(DAWN), Some(b"key"), value, &[]).unwrap();
    }
    let raw = open.close().unwrap();
    let encoded = Encoder::new().encode(raw, Compression::of(codec), &pool).unwrap();
    let bytes = Bytes::from(encoded.stamp(stamp).into_segments().concat());
    Records::from(vec![bytes])
}
