//! The machine: what to ask when, and what an answer changes.

use klamm_protocol::frame::{EncodeFrameError, ResponseFrame};
use klamm_protocol::negotiate::Conditions;
use klamm_protocol::{ApiKey, Segments};
use klamm_wire::{DecodeError, NodeId, PartitionIndex, Time, TopicId};

use super::event::Event;
use super::topic::{LeaderAt, Topic, TopicRef};
use crate::address::HostPort;
use crate::request::{Head, Payload};
use crate::settings::MetadataSettings;

/// The picture of the cluster.
#[derive(Debug)]
pub struct Metadata {
    settings: MetadataSettings,
}

/// A Metadata request; whoever sent it hands it back with the answer, or with the news that there
/// is none.
#[derive(Debug)]
pub struct Query {}

/// A broker in the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broker {
    /// Its address.
    pub host: HostPort,
    /// Where it stands, if it says so.
    pub rack: Option<String>,
}

/// What an answer to another request says of a leader (KIP-951).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The topic.
    pub topic: TopicRef,
    /// The identity of the topic that was asked for; a hint for another one is void.
    pub id: TopicId,
    /// The partition.
    pub partition: PartitionIndex,
    /// Who leads it.
    pub leader: LeaderAt,
}

impl Metadata {
    /// An empty picture.
    pub fn new(settings: MetadataSettings, seed: u64) -> Self {
        let _ = seed;
        Self { settings }
    }

    /// Wants a topic in the picture, and to hear of its changes.
    pub fn want(&mut self, now: Time, name: &str) -> TopicRef {
        let _ = (now, name);
        TopicRef(0)
    }

    /// Says that a topic is in use: one that is not for long is forgotten.
    pub fn touch(&mut self, now: Time, topic: TopicRef) {
        let _ = (now, topic);
    }

    /// Wants a topic no more.
    pub fn forget(&mut self, topic: TopicRef) {
        let _ = topic;
    }

    /// Somebody found that the picture is old, for one topic or for all; asks soon.
    pub fn refresh(&mut self, now: Time, topic: Option<TopicRef>) {
        let _ = (now, topic);
    }

    /// The request that is due, if one is and none is under way.
    pub fn due(&mut self, now: Time) -> Option<Query> {
        let _ = now;
        None
    }

    /// The answer to a request.
    ///
    /// # Errors
    /// When the answer is malformed; then nothing changes, and the request counts as lost.
    pub fn answered(
        &mut self,
        now: Time,
        query: Query,
        frame: &ResponseFrame,
    ) -> Result<(), DecodeError> {
        let _ = (now, query, frame);
        Ok(())
    }

    /// A request will not be answered.
    pub fn lost(&mut self, now: Time, query: Query) {
        let _ = (now, query);
    }

    /// What the answer to another request says of leaders and of where they are.
    pub fn hinted(&mut self, now: Time, hints: &[Hint], brokers: &[(NodeId, Broker)]) {
        let _ = (now, hints, brokers);
    }

    /// Forgets every broker, to begin again from the bootstrap servers; topics and the epochs of
    /// their leaders stay.
    pub fn rebootstrap(&mut self, now: Time) {
        let _ = now;
    }

    /// The next change; read until there is none.
    pub fn poll(&mut self) -> Option<Event> {
        None
    }

    /// When [`due`](Self::due) is to be asked again, if ever.
    pub fn next_wake(&self) -> Option<Time> {
        let _ = self.settings.max_age;
        None
    }

    /// A topic.
    pub fn topic(&self, topic: TopicRef) -> Option<&Topic> {
        let _ = topic;
        None
    }

    /// Who leads a partition.
    pub fn leader(&self, topic: TopicRef, partition: PartitionIndex) -> Option<LeaderAt> {
        self.topic(topic)?.leader(partition)
    }

    /// The brokers, by their ids.
    pub fn brokers(&self) -> impl Iterator<Item = (NodeId, &Broker)> {
        std::iter::empty()
    }

    /// The controller.
    pub fn controller(&self) -> Option<NodeId> {
        None
    }

    /// The id of the cluster, once a broker has said it.
    pub fn cluster_id(&self) -> Option<&str> {
        None
    }

    /// Whether any answer was taken since the beginning, or since the last re-bootstrap.
    pub fn is_known(&self) -> bool {
        false
    }
}

/// The request for one connection: by names, and by what the version can carry.
impl Payload for Query {
    fn key(&self) -> ApiKey {
        ApiKey::Metadata
    }

    fn conditions(&self) -> Conditions {
        Conditions::NONE
    }

    fn encode(&self, head: &Head<'_>) -> Result<Segments, EncodeFrameError> {
        let _ = head;
        Ok(Segments::default())
    }
}
