//! The request of the picture.

use std::borrow::Cow;
use std::sync::Arc;

use klamm_protocol::frame::{EncodeFrameError, encode_request_within};
use klamm_protocol::metadata::MetadataRequest;
use klamm_protocol::metadata::request::MetadataRequestTopic;
use klamm_protocol::negotiate::{Condition, Conditions};
use klamm_protocol::{ApiKey, Segments};

use super::topic::TopicRef;
use crate::request::{Head, Payload};

/// The first version that can say whether topics may be created.
const FIRST_WITHOUT_CREATION: i16 = 4;

/// A Metadata request; whoever sent it hands it back with the answer, or with the news that there
/// is none.
///
/// A copy is as good as the original, and only the first one that comes back counts.
#[derive(Debug, Clone)]
pub struct Query {
    pub(super) serial: u64,
    pub(super) topics: Arc<[(TopicRef, Arc<str>)]>,
    /// Whether the topics may be created by being asked for.
    pub(super) creates: bool,
    /// Whether the settings would have any topic created.
    pub(super) may_create: bool,
}

impl Query {
    /// The topics that it asks for; none where it asks for brokers alone.
    pub fn topics(&self) -> impl ExactSizeIterator<Item = &str> {
        self.topics.iter().map(|(_, name)| &**name)
    }

    /// Whether it may create the topics that it asks for.
    pub fn creates(&self) -> bool {
        self.creates
    }
}

/// The request for one connection: by names, and by what the version can carry.
impl Payload for Query {
    fn key(&self) -> ApiKey {
        ApiKey::Metadata
    }

    //= M8 where creation is switched off, a broker that cannot be told so is not asked
    fn conditions(&self) -> Conditions {
        if self.may_create { Conditions::NONE } else { Condition::NoTopicCreation.into() }
    }

    fn encode(&self, head: &Head<'_>) -> Result<Segments, EncodeFrameError> {
        let topics = self.topics.iter().map(|(_, name)| MetadataRequestTopic {
            name: Some(Cow::Borrowed(name)),
            ..MetadataRequestTopic::default()
        });
        let cannot_say = self.may_create && head.version < FIRST_WITHOUT_CREATION;
        let request = MetadataRequest {
            topics: Some(topics.collect()),
            allow_auto_topic_creation: self.creates || cannot_say,
            ..MetadataRequest::default()
        };
        let Head { limit, version, correlation_id, client_id } = *head;
        encode_request_within(limit, &request, version, correlation_id, client_id)
    }
}
