//! Fetch: what a consumer reads, and how long it waits when there is too little.
//!
//! Sessions are not kept: every answer says session 0, and a client then names all its partitions
//! again, as it does with brokers that have no room for another session.

use std::borrow::Cow;

use klamm_protocol::Records;
use klamm_protocol::fetch::request::{FetchPartition, FetchTopic};
use klamm_protocol::fetch::response::{
    AbortedTransaction, FetchableTopicResponse, LeaderIdAndEpoch, NodeEndpoint, PartitionData,
};
use klamm_protocol::fetch::{FetchRequest, FetchResponse};
use klamm_wire::{ErrorCode, NodeId, ProducerId, TopicId};

use super::{Call, Outcome};
use crate::cluster::Partition;
use crate::defects::Defect;
use crate::security::acl::{Operation, Resource};

/// The first version that names topics by id.
const FIRST_BY_ID: i16 = 13;
/// The first version whose answers name the new leader (KIP-951).
const FIRST_WITH_HINTS: i16 = 16;
/// Only what is committed, and nothing of transactions that are open.
const READ_COMMITTED: i8 = 1;

/// What may still be read for one request.
struct Budget {
    bytes: usize,
    /// The first batch of the answer may be larger than every bound.
    is_empty: bool,
}

pub(super) fn serve(call: &mut Call<'_>, request: &FetchRequest<'_>) -> Outcome {
    if request.session_id != 0 {
        let error_code = ErrorCode::FETCH_SESSION_ID_NOT_FOUND;
        return call.answer(&FetchResponse { error_code, ..FetchResponse::default() });
    }
    let limit = usize::try_from(request.max_bytes).unwrap_or(0);
    let bytes = limit.min(call.state.settings.limits.fetch_bytes);
    let mut budget = Budget { bytes, is_empty: true };
    let topics: Vec<_> =
        request.topics.iter().map(|topic| read_topic(call, request, topic, &mut budget)).collect();
    if !is_enough(request, &topics) && !call.is_last && request.max_wait_ms > 0 {
        return Outcome::Again(call.wait_until(request.max_wait_ms));
    }
    let node_endpoints = hints(call, &topics);
    call.answer(&FetchResponse { responses: topics, node_endpoints, ..FetchResponse::default() })
}

/// Whether the answer has what the client wants to have at least, or something to say at once.
fn is_enough(request: &FetchRequest<'_>, topics: &[FetchableTopicResponse<'_>]) -> bool {
    let parts = || topics.iter().flat_map(|topic| &topic.partitions);
    let read: usize = parts().filter_map(|part| part.records.as_ref()).map(Records::len).sum();
    let wanted = usize::try_from(request.min_bytes).unwrap_or(0);
    let has_error = parts().any(|part| part.error_code != ErrorCode::NONE);
    request.topics.is_empty() || has_error || read >= wanted
}

fn read_topic(
    call: &Call<'_>,
    request: &FetchRequest<'_>,
    topic: &FetchTopic<'_>,
    budget: &mut Budget,
) -> FetchableTopicResponse<'static> {
    let by_id = call.version() >= FIRST_BY_ID;
    let name = if by_id {
        call.state.topics.name_of(topic.topic_id).map(str::to_owned)
    } else {
        Some(topic.topic.clone().into_owned())
    };
    let partitions = topic.partitions.iter().map(|wanted| match &name {
        None => refused(wanted, ErrorCode::UNKNOWN_TOPIC_ID),
        Some(name) => match read_partition(call, request, (name, wanted), budget) {
            Ok(data) => data,
            Err(code) => with_leader(call, name, refused(wanted, code)),
        },
    });
    let partitions = partitions.collect();
    FetchableTopicResponse {
        partitions,
        topic: Cow::Owned(if by_id { String::new() } else { name.unwrap_or_default() }),
        topic_id: if by_id { topic.topic_id } else { TopicId::ZERO },
        ..FetchableTopicResponse::default()
    }
}

fn read_partition(
    call: &Call<'_>,
    request: &FetchRequest<'_>,
    (name, wanted): (&str, &FetchPartition<'_>),
    budget: &mut Budget,
) -> Result<PartitionData<'static>, ErrorCode> {
    call.check(Operation::Read, Resource::Topic(name))?;
    let partition = call.state.topics.partition(name, wanted.partition);
    let partition = partition.ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
    partition.check_epoch(wanted.current_leader_epoch)?;
    partition.check_led_by(call.node())?;
    let led = partition.led().ok_or(ErrorCode::NOT_LEADER_OR_FOLLOWER)?;
    let high_watermark = partition.high_watermark();
    let stable = led.log.last_stable(high_watermark);
    let is_committed = request.isolation_level == READ_COMMITTED;
    let until = if is_committed && !call.has(Defect::ReadsOpenTransactions) {
        stable
    } else {
        high_watermark
    };
    let from = wanted.fetch_offset;
    if from < led.log.start() || from > led.log.end() {
        return Err(ErrorCode::OFFSET_OUT_OF_RANGE);
    }
    let limit = usize::try_from(wanted.partition_max_bytes).unwrap_or(0).min(budget.bytes);
    let read = led.log.read(from, until, limit, budget.is_empty);
    let length: usize = read.iter().map(bytes::Bytes::len).sum();
    budget.bytes = budget.bytes.saturating_sub(length);
    budget.is_empty &= length == 0;
    let hides = call.has(Defect::ShowsAborted);
    let aborted =
        is_committed.then(|| if hides { Vec::new() } else { aborted(partition, from, until) });
    Ok(PartitionData {
        partition_index: wanted.partition,
        high_watermark,
        last_stable_offset: stable,
        log_start_offset: led.log.start(),
        aborted_transactions: aborted,
        preferred_read_replica: NodeId::NONE,
        records: Some(Records::from(read)),
        ..PartitionData::default()
    })
}

/// The transactions whose records a reader of this range must leave out.
fn aborted(partition: &Partition, from: i64, until: i64) -> Vec<AbortedTransaction<'static>> {
    let Some(led) = partition.led() else { return Vec::new() };
    let aborted = led.log.aborted(from, until).into_iter().map(|one| AbortedTransaction {
        producer_id: ProducerId(one.pid),
        first_offset: one.first_offset,
        ..AbortedTransaction::default()
    });
    aborted.collect()
}

fn refused(wanted: &FetchPartition<'_>, error_code: ErrorCode) -> PartitionData<'static> {
    PartitionData {
        partition_index: wanted.partition,
        error_code,
        high_watermark: -1,
        last_stable_offset: -1,
        log_start_offset: -1,
        preferred_read_replica: NodeId::NONE,
        records: Some(Records::default()),
        ..PartitionData::default()
    }
}

/// Who leads now, for a client that asked somebody else.
fn with_leader(
    call: &Call<'_>,
    name: &str,
    mut data: PartitionData<'static>,
) -> PartitionData<'static> {
    let is_moved = matches!(
        data.error_code,
        ErrorCode::NOT_LEADER_OR_FOLLOWER | ErrorCode::FENCED_LEADER_EPOCH
    );
    let names = call.version() >= FIRST_WITH_HINTS && call.habits().names_new_leaders;
    if !names || !is_moved {
        return data;
    }
    if let Some(partition) = call.state.topics.partition(name, data.partition_index) {
        data.current_leader = LeaderIdAndEpoch {
            leader_id: partition.leader.unwrap_or(NodeId::NONE),
            leader_epoch: partition.leader_epoch,
            ..LeaderIdAndEpoch::default()
        };
    }
    data
}

/// Where the leaders are that the answer names.
fn hints(call: &Call<'_>, topics: &[FetchableTopicResponse<'_>]) -> Vec<NodeEndpoint<'static>> {
    let parts = topics.iter().flat_map(|topic| &topic.partitions);
    let leaders: std::collections::BTreeSet<NodeId> =
        parts.map(|part| part.current_leader.leader_id).filter(|id| *id != NodeId::NONE).collect();
    let endpoint = |node: NodeId| {
        let known = call.state.nodes.get(&node)?;
        let at = call.state.endpoint(node, call.session.listener)?;
        Some(NodeEndpoint {
            node_id: node,
            host: Cow::Owned(at.host.clone()),
            port: i32::from(at.port),
            rack: known.rack.clone().map(Cow::Owned),
            ..NodeEndpoint::default()
        })
    };
    leaders.into_iter().filter_map(endpoint).collect()
}
