//! OffsetForLeaderEpoch: where a leadership ended.
//!
//! By this consumers notice that a log was cut off behind their back.

use klamm_protocol::offset_for_leader_epoch::request::OffsetForLeaderPartition;
use klamm_protocol::offset_for_leader_epoch::response::{
    EpochEndOffset, OffsetForLeaderTopicResult,
};
use klamm_protocol::offset_for_leader_epoch::{
    OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse,
};
use klamm_wire::ErrorCode;

use super::owned;
use crate::api::{Call, Outcome};
use crate::security::acl::{Operation, Resource};

pub(in crate::api) fn serve(
    call: &mut Call<'_>,
    request: &OffsetForLeaderEpochRequest<'_>,
) -> Outcome {
    let topics = request.topics.iter().map(|topic| {
        let partitions = topic.partitions.iter();
        let partitions = partitions.map(|wanted| {
            let found = look_up(call, &topic.topic, wanted);
            answer(wanted, found)
        });
        OffsetForLeaderTopicResult {
            topic: owned(&topic.topic),
            partitions: partitions.collect(),
            ..OffsetForLeaderTopicResult::default()
        }
    });
    let topics = topics.collect();
    call.answer(&OffsetForLeaderEpochResponse { topics, ..OffsetForLeaderEpochResponse::default() })
}

fn look_up(
    call: &Call<'_>,
    topic: &str,
    wanted: &OffsetForLeaderPartition<'_>,
) -> Result<(i32, i64), ErrorCode> {
    call.check(Operation::Describe, Resource::Topic(topic))?;
    let partition = call.state.topics.partition(topic, wanted.partition);
    let partition = partition.ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
    partition.check_epoch(wanted.current_leader_epoch)?;
    partition.check_led_by(call.node())?;
    let led = partition.led().ok_or(ErrorCode::NOT_LEADER_OR_FOLLOWER)?;
    Ok(led.log.epoch_end(wanted.leader_epoch))
}

fn answer(
    wanted: &OffsetForLeaderPartition<'_>,
    found: Result<(i32, i64), ErrorCode>,
) -> EpochEndOffset<'static> {
    let (error_code, (leader_epoch, end_offset)) = match found {
        Ok(found) => (ErrorCode::NONE, found),
        Err(code) => (code, (-1, -1)),
    };
    EpochEndOffset {
        error_code,
        partition: wanted.partition,
        leader_epoch,
        end_offset,
        ..EpochEndOffset::default()
    }
}
