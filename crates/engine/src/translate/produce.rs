//! Batches as a Produce request.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use klamm_cluster::{Head, Payload};
use klamm_idempotence::Generation;
use klamm_protocol::frame::{EncodeFrameError, encode_request_within};
use klamm_protocol::negotiate::{Condition, Conditions, Negotiated, UnsupportedVersion};
use klamm_protocol::produce::ProduceRequest;
use klamm_protocol::produce::request::{PartitionProduceData, TopicProduceData};
use klamm_protocol::{ApiKey, Records};
use klamm_wire::{PartitionIndex, TopicId};

/// The first version whose brokers know zstd.
const FIRST_WITH_ZSTD: i16 = 7;

/// A Produce request before anybody knows its version.
pub(crate) struct Produce {
    pub(crate) terms: Arc<Terms>,
    pub(crate) topics: Vec<TopicBatches>,
    /// The generation of the transaction that all batches belong to.
    pub(crate) generation: Option<Generation>,
    /// Whether a batch is compressed with zstd.
    pub(crate) has_zstd: bool,
}

/// What all Produce requests of a producer have in common.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) acks: i16,
    pub(crate) timeout_ms: i32,
    pub(crate) transactional_id: Option<String>,
}

/// The batches of one topic.
pub(crate) struct TopicBatches {
    pub(crate) name: Arc<str>,
    pub(crate) id: TopicId,
    pub(crate) batches: Vec<(PartitionIndex, Records<'static>)>,
}

/// A stamped batch as what a request carries: two pieces of memory, neither copied.
pub(crate) fn records(segments: [Bytes; 2]) -> Records<'static> {
    Records::from(segments)
}

/// At most so many bytes of a request are none of its batches: the frame's length, its header but
/// for the client id, and what is said once.
pub(crate) fn overhead(terms: &Terms) -> usize {
    64_usize.saturating_add(terms.transactional_id.as_deref().map_or(0, str::len))
}

/// At most so many bytes a topic takes beside its batches.
pub(crate) fn topic_overhead(name: &str) -> usize {
    name.len().max(16).saturating_add(8)
}

/// At most so many bytes a batch takes beside its own.
pub(crate) const BATCH_OVERHEAD: usize = 10;

impl Produce {
    fn message(&self) -> ProduceRequest<'_> {
        ProduceRequest {
            transactional_id: self.terms.transactional_id.as_deref().map(Cow::Borrowed),
            acks: self.terms.acks,
            timeout_ms: self.terms.timeout_ms,
            topic_data: self.topics.iter().map(TopicBatches::message).collect(),
            ..ProduceRequest::DEFAULT
        }
    }
}

impl TopicBatches {
    fn message(&self) -> TopicProduceData<'_> {
        let data = self.batches.iter().map(|(index, records)| PartitionProduceData {
            index: *index,
            records: Some(records.clone()),
            ..PartitionProduceData::DEFAULT
        });
        TopicProduceData {
            name: Cow::Borrowed(&self.name),
            topic_id: self.id,
            partition_data: data.collect(),
            ..TopicProduceData::DEFAULT
        }
    }
}

impl Payload for Produce {
    fn key(&self) -> ApiKey {
        ApiKey::Produce
    }

    fn conditions(&self) -> Conditions {
        let mut conditions = match self.generation {
            None => Conditions::NONE,
            Some(Generation::V1) => Condition::TransactionV1.into(),
            Some(Generation::V2) => Condition::TransactionV2.into(),
        };
        if self.topics.iter().any(|topic| topic.id == TopicId::ZERO) {
            conditions = conditions.and(Condition::TopicIdUnknown);
        }
        conditions
    }

    fn version(&self, negotiated: &Negotiated) -> Result<i16, UnsupportedVersion> {
        let version = negotiated.version(self.key(), self.conditions())?;
        if self.has_zstd && version < FIRST_WITH_ZSTD {
            let theirs = negotiated.theirs(self.key());
            return Err(UnsupportedVersion { key: self.key(), ours: None, theirs, cap: None });
        }
        Ok(version)
    }

    fn encode(&self, head: &Head<'_>) -> Result<klamm_protocol::Segments, EncodeFrameError> {
        let Head { limit, version, correlation_id, client_id } = *head;
        encode_request_within(limit, &self.message(), version, correlation_id, client_id)
    }

    fn is_answered(&self) -> bool {
        self.terms.acks != 0
    }
}
