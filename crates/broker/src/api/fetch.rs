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

use super::leaders::{Leaders, Reached};
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
    let mut response = FetchResponse { responses: topics, ..FetchResponse::default() };
    add_hints(call, &mut response);
    call.answer(&response)
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
        Some(name) => read_partition(call, request, (name, wanted), budget)
            .unwrap_or_else(|code| refused(wanted, code)),
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

/// Names the leader of every partition that was asked elsewhere, and where it is reached.
fn add_hints(call: &Call<'_>, response: &mut FetchResponse<'static>) {
    if call.version() < FIRST_WITH_HINTS || !call.habits().names_new_leaders {
        return;
    }
    let mut leaders = Leaders::new(call.state, call.session.listener);
    for topic in &mut response.responses {
        for data in topic.partitions.iter_mut().filter(|data| is_moved(data.error_code)) {
            if let Some(leader) = leaders.of((&topic.topic, topic.topic_id), data.partition_index) {
                data.current_leader = LeaderIdAndEpoch {
                    leader_id: leader.node,
                    leader_epoch: leader.epoch,
                    ..LeaderIdAndEpoch::default()
                };
            }
        }
    }
    let endpoint = |at: Reached| NodeEndpoint {
        node_id: at.node,
        host: at.host,
        port: at.port,
        rack: at.rack,
        ..NodeEndpoint::default()
    };
    response.node_endpoints = leaders.addresses().map(endpoint).collect();
}

/// Whether whoever hears this code should ask somebody else.
const fn is_moved(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::NOT_LEADER_OR_FOLLOWER | ErrorCode::FENCED_LEADER_EPOCH)
}
