//! What a fault sees of a request.

use bytes::Bytes;
use klamm_protocol::fetch::FetchRequest;
use klamm_protocol::frame::decode_request_header;
use klamm_protocol::message::read;
use klamm_protocol::produce::ProduceRequest;
use klamm_protocol::{ApiKey, Message};
use klamm_wire::{NodeId, PartitionIndex, Reader, TopicId};

/// The first version of Produce and of Fetch that names topics by id.
const FIRST_BY_ID: i16 = 13;

/// A partition that a request names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// The topic's name.
    pub topic: String,
    /// The topic's id, if the request names it by that; zero otherwise.
    pub id: TopicId,
    /// The number.
    pub index: PartitionIndex,
}

/// What a fault sees of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The API.
    pub api: ApiKey,
    /// Its version.
    pub version: i16,
    /// The number that the answer must carry.
    pub correlation_id: i32,
    /// The node that was asked.
    pub node: NodeId,
    /// Who asks; empty for nobody in particular.
    pub client_id: String,
    /// The partitions that Produce and Fetch name, as far as they exist; none of other requests.
    pub parts: Vec<Part>,
}

impl Asked {
    /// What there is to see; nothing of what is no request.
    pub(crate) fn of<'n>(
        frame: &Bytes,
        node: NodeId,
        name_of: &dyn Fn(TopicId) -> Option<&'n str>,
    ) -> Option<Self> {
        let (header, body) = decode_request_header(frame).ok()?;
        let api = ApiKey::from_code(header.request_api_key)?;
        let version = header.request_api_version;
        let parts = if api == ApiKey::Produce {
            produced(body, version, name_of)
        } else if api == ApiKey::Fetch {
            fetched(body, version, name_of)
        } else {
            None
        };
        Some(Self {
            api,
            version,
            correlation_id: header.correlation_id,
            node,
            client_id: header.client_id.as_deref().unwrap_or_default().to_owned(),
            parts: parts.unwrap_or_default(),
        })
    }

    /// Whether its answer has a code for each partition, and a fault may mean some of them.
    pub(crate) fn has_parts(&self) -> bool {
        matches!(self.api, ApiKey::Produce | ApiKey::Fetch)
    }
}

fn decoded<'a, M: Message<'a>>(mut body: Reader<'a>, version: i16) -> Option<M> {
    M::VERSIONS.contains(version).then(|| read(&mut body, version).ok()).flatten()
}

fn produced<'n>(
    body: Reader<'_>,
    version: i16,
    name_of: &dyn Fn(TopicId) -> Option<&'n str>,
) -> Option<Vec<Part>> {
    let request: ProduceRequest<'_> = decoded(body, version)?;
    let mut parts = Vec::new();
    for topic in &request.topic_data {
        let by_id = (version >= FIRST_BY_ID).then(|| name_of(topic.topic_id));
        let Some(name) = by_id.unwrap_or(Some(&topic.name)) else { continue };
        let indexes = topic.partition_data.iter().map(|data| data.index);
        let id = topic.topic_id;
        parts.extend(indexes.map(|index| Part { topic: name.to_owned(), id, index }));
    }
    Some(parts)
}

fn fetched<'n>(
    body: Reader<'_>,
    version: i16,
    name_of: &dyn Fn(TopicId) -> Option<&'n str>,
) -> Option<Vec<Part>> {
    let request: FetchRequest<'_> = decoded(body, version)?;
    let mut parts = Vec::new();
    for topic in &request.topics {
        let by_id = (version >= FIRST_BY_ID).then(|| name_of(topic.topic_id));
        let Some(name) = by_id.unwrap_or(Some(&topic.topic)) else { continue };
        let indexes = topic.partitions.iter().map(|data| data.partition);
        let id = topic.topic_id;
        parts.extend(indexes.map(|index| Part { topic: name.to_owned(), id, index }));
    }
    Some(parts)
}
