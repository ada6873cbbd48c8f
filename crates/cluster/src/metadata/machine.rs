//! The machine: what to ask when, and what an answer changes.

use std::sync::Arc;

use klamm_protocol::frame::{DecodeFrameError, ResponseFrame};
use klamm_protocol::metadata::MetadataResponse;
use klamm_wire::{DecodeError, DecodeErrorKind, ErrorCode, NodeId, PartitionIndex, Time, TopicId};

use super::asking::is_askable;
use super::brokers::Broker;
use super::event::{Event, Gone};
use super::interest::Interests;
use super::oddities::Oddities;
use super::picture::Picture;
use super::query::Query;
use super::schedule::Schedule;
use super::topic::{LeaderAt, Topic, TopicRef};
use crate::settings::MetadataSettings;

/// The picture of the cluster.
#[derive(Debug)]
pub struct Metadata {
    pub(super) settings: MetadataSettings,
    pub(super) picture: Picture,
    pub(super) interests: Interests,
    pub(super) schedule: Schedule,
    pub(super) is_known: bool,
    /// When the last answer was taken.
    pub(super) taken_at: Option<Time>,
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
        Self {
            settings,
            picture: Picture::default(),
            interests: Interests::default(),
            schedule: Schedule::new(seed),
            is_known: false,
            taken_at: None,
        }
    }

    //= M8 only who wants a topic has it created, never who refreshes it
    /// Wants a topic in the picture, and to hear of its changes.
    ///
    /// A topic that is gone is waited for anew. A name that no topic can have is gone at once.
    pub fn want(&mut self, now: Time, name: &str) -> TopicRef {
        let at = self.place(name);
        let is_known = self.picture.is_known(at);
        let Some(interest) = self.interests.get_mut(at) else { return at };
        interest.touched = interest.touched.max(now);
        if interest.is_wanted && (is_known || interest.told.is_none()) {
            return at;
        }
        if !is_askable(name) {
            let why = Gone::Refused(ErrorCode::INVALID_TOPIC_EXCEPTION);
            self.picture.drop_topic(at, why);
            return at;
        }
        let is_fresh = !interest.is_wanted;
        interest.is_wanted = true;
        interest.may_create = true;
        interest.told = None;
        let when = if is_fresh { now } else { interest.not_before.max(now) };
        self.interests.ask(at, when);
        if is_fresh {
            self.schedule.want(now);
        }
        at
    }

    fn place(&mut self, name: &str) -> TopicRef {
        if let Some(at) = self.interests.named(name) {
            return at;
        }
        let name: Arc<str> = Arc::from(name);
        let at = self.interests.add(&name);
        self.picture.topics.push(Topic::new(name));
        at
    }

    /// Says that a topic is in use: one that is not for long is forgotten.
    pub fn touch(&mut self, now: Time, topic: TopicRef) {
        if let Some(interest) = self.interests.get_mut(topic) {
            interest.touched = interest.touched.max(now);
        }
    }

    /// Wants a topic no more.
    pub fn forget(&mut self, topic: TopicRef) {
        self.interests.forget(topic);
        self.picture.hide(topic);
    }

    /// Somebody found that the picture is old, for one topic or for all; asks soon.
    pub fn refresh(&mut self, now: Time, topic: Option<TopicRef>) {
        let Some(topic) = topic else { return self.schedule.ask_all(now) };
        let patience = self.settings.backoff_max;
        let Some(interest) = self.interests.wanted(topic) else { return };
        if now > interest.not_before.saturating_add(patience) {
            interest.tries = 0;
        }
        let when = interest.not_before.max(now);
        self.interests.ask(topic, when);
    }

    /// The request that is due, if one is and none is under way.
    pub fn due(&mut self, now: Time) -> Option<Query> {
        self.end_waits(now);
        if self.schedule.is_under_way() || !self.schedule.may_ask(now) {
            return None;
        }
        self.gather(now);
        self.next_query()
    }

    /// The answer to a request. One that counts as lost already is passed over.
    ///
    /// # Errors
    /// When the answer is malformed; then nothing changes, and the request counts as lost.
    #[expect(clippy::needless_pass_by_value, reason = "a query that came back is spent")]
    pub fn answered(
        &mut self,
        now: Time,
        query: Query,
        frame: &ResponseFrame,
    ) -> Result<(), DecodeError> {
        if !self.schedule.came_back(query.serial) {
            return Ok(());
        }
        let decoded = frame.decode::<MetadataResponse<'_>>();
        match decoded {
            Ok(decoded) => self.read(now, &query, &decoded.body, frame.version),
            Err(error) => {
                self.give_up(now, &query);
                return Err(malformed(&error, frame.version));
            }
        }
        self.end_waits(now);
        Ok(())
    }

    /// A request will not be answered.
    #[expect(clippy::needless_pass_by_value, reason = "a query that came back is spent")]
    pub fn lost(&mut self, now: Time, query: Query) {
        if self.schedule.came_back(query.serial) {
            self.give_up(now, &query);
        }
    }

    //= M7 a void hint says that somebody's picture is old, perhaps ours
    /// What the answer to another request says of leaders and of where they are.
    ///
    /// A hint that is taken changes the picture at once and asks for nothing. One that is void has
    /// its topic asked for.
    pub fn hinted(&mut self, now: Time, hints: &[Hint], brokers: &[(NodeId, Broker)]) {
        for hint in hints {
            if !self.picture.hint(hint, brokers) {
                self.refresh(now, Some(hint.topic));
            }
        }
    }

    /// Forgets every broker, to begin again from the bootstrap servers; topics and the epochs of
    /// their leaders stay.
    pub fn rebootstrap(&mut self, now: Time) {
        self.picture.brokers.clear(&mut self.picture.events);
        self.interests.clear_round();
        self.schedule.restart(now);
        self.is_known = false;
    }

    /// The next change; read until there is none.
    pub fn poll(&mut self) -> Option<Event> {
        self.picture.events.pop_front()
    }

    /// When [`due`](Self::due) is to be asked again, if ever.
    pub fn next_wake(&self) -> Option<Time> {
        let ask = self.schedule.next(self.interests.first_ask());
        ask.into_iter().chain(self.interests.first_end()).min()
    }

    /// A topic.
    pub fn topic(&self, topic: TopicRef) -> Option<&Topic> {
        self.picture.topic(topic)
    }

    /// Who leads a partition.
    #[inline]
    pub fn leader(&self, topic: TopicRef, partition: PartitionIndex) -> Option<LeaderAt> {
        self.topic(topic)?.leader(partition)
    }

    /// The brokers, by their ids.
    pub fn brokers(&self) -> impl Iterator<Item = (NodeId, &Broker)> {
        self.picture.brokers.iter()
    }

    /// The controller.
    pub fn controller(&self) -> Option<NodeId> {
        self.picture.brokers.controller()
    }

    /// The id of the cluster, once a broker has said it.
    pub fn cluster_id(&self) -> Option<&str> {
        self.picture.brokers.cluster_id()
    }

    /// Whether any answer was taken since the beginning, or since the last re-bootstrap.
    pub fn is_known(&self) -> bool {
        self.is_known
    }

    /// What answers held that they should not have.
    pub fn oddities(&self) -> Oddities {
        self.picture.oddities
    }
}

/// Where the answer is malformed; one of another API has no version of this one.
fn malformed(error: &DecodeFrameError, version: i16) -> DecodeError {
    if let DecodeFrameError::Malformed(error) = error {
        return *error;
    }
    DecodeError::new(DecodeErrorKind::UnsupportedVersion(version), "MetadataResponse", 0)
}
