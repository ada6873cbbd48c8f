//! DescribeProducers: who has written into a partition, and who has a transaction open there.

use std::borrow::Cow;

use klamm_protocol::describe_producers::request::TopicRequest;
use klamm_protocol::describe_producers::response::{
    PartitionResponse, ProducerState, TopicResponse,
};
use klamm_protocol::describe_producers::{DescribeProducersRequest, DescribeProducersResponse};
use klamm_wire::{ErrorCode, PartitionIndex, ProducerId};

use super::{UNKNOWN_TOPIC, bare, owned, text};
use crate::api::{Call, Outcome};
use crate::cluster::{Refusal, name_fault};
use crate::log::ProducerFacts;
use crate::security::acl::{Operation, Resource};

pub(in crate::api) fn serve(
    call: &mut Call<'_>,
    request: &DescribeProducersRequest<'_>,
) -> Outcome {
    let topics = request.topics.iter().map(|topic| of_topic(call, topic)).collect();
    call.answer(&DescribeProducersResponse { topics, ..DescribeProducersResponse::default() })
}

fn of_topic(call: &Call<'_>, topic: &TopicRequest<'_>) -> TopicResponse<'static> {
    let partitions = topic.partition_indexes.iter().map(|index| {
        let found = find(call, &topic.name, index);
        answer(index, found)
    });
    TopicResponse {
        name: owned(&topic.name),
        partitions: partitions.collect(),
        ..TopicResponse::default()
    }
}

fn find(
    call: &Call<'_>,
    name: &str,
    index: PartitionIndex,
) -> Result<Vec<ProducerState<'static>>, Refusal> {
    if let Some(fault) = name_fault(name) {
        return Err(Refusal::new(ErrorCode::INVALID_TOPIC_EXCEPTION, fault));
    }
    call.check(Operation::Read, Resource::Topic(name)).map_err(bare)?;
    let unknown = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    let topic = call.state.topics.get(name);
    let topic = topic.ok_or_else(|| Refusal::new(unknown, UNKNOWN_TOPIC))?;
    let partition = topic.partition(index).ok_or_else(|| bare(unknown))?;
    partition.check_led_by(call.node()).map_err(bare)?;
    let led = partition.led().ok_or_else(|| bare(ErrorCode::NOT_LEADER_OR_FOLLOWER))?;
    Ok(led.log.producers().map(producer).collect())
}

fn producer(facts: ProducerFacts) -> ProducerState<'static> {
    ProducerState {
        producer_id: ProducerId(facts.pid),
        producer_epoch: i32::from(facts.epoch),
        last_sequence: facts.last_sequence,
        last_timestamp: facts.last_timestamp,
        coordinator_epoch: facts.coordinator_epoch,
        current_txn_start_offset: facts.txn_start.unwrap_or(-1),
        ..ProducerState::default()
    }
}

fn answer(
    partition_index: PartitionIndex,
    found: Result<Vec<ProducerState<'static>>, Refusal>,
) -> PartitionResponse<'static> {
    let (error_code, error_message, active_producers): (_, Option<Cow<'static, str>>, _) =
        match found {
            Ok(producers) => (ErrorCode::NONE, None, producers),
            Err(refusal) => (refusal.code, text(refusal), Vec::new()),
        };
    PartitionResponse {
        partition_index,
        error_code,
        error_message,
        active_producers,
        ..PartitionResponse::default()
    }
}
