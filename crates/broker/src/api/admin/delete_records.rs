//! DeleteRecords: a log begins later than it did.

use klamm_protocol::delete_records::request::{DeleteRecordsPartition, DeleteRecordsTopic};
use klamm_protocol::delete_records::response::{
    DeleteRecordsPartitionResult, DeleteRecordsTopicResult,
};
use klamm_protocol::delete_records::{DeleteRecordsRequest, DeleteRecordsResponse};
use klamm_wire::ErrorCode;

use super::owned;
use crate::api::{Call, Outcome};
use crate::security::acl::{Operation, Resource};

/// The high watermark, where an offset is expected.
const ALL_COMMITTED: i64 = -1;

pub(in crate::api) fn serve(call: &mut Call<'_>, request: &DeleteRecordsRequest<'_>) -> Outcome {
    let topics = request.topics.iter().map(|topic| of_topic(call, topic)).collect();
    call.answer(&DeleteRecordsResponse { topics, ..DeleteRecordsResponse::default() })
}

fn of_topic(
    call: &mut Call<'_>,
    topic: &DeleteRecordsTopic<'_>,
) -> DeleteRecordsTopicResult<'static> {
    let partitions = topic.partitions.iter().map(|wanted| {
        let deleted = delete(call, &topic.name, wanted);
        DeleteRecordsPartitionResult {
            partition_index: wanted.partition_index,
            low_watermark: deleted.unwrap_or(-1),
            error_code: deleted.err().unwrap_or(ErrorCode::NONE),
            ..DeleteRecordsPartitionResult::default()
        }
    });
    let partitions = partitions.collect();
    DeleteRecordsTopicResult {
        name: owned(&topic.name),
        partitions,
        ..DeleteRecordsTopicResult::default()
    }
}

/// Deletes what is before the offset, and gives the offset with which the log then begins.
fn delete(
    call: &mut Call<'_>,
    name: &str,
    wanted: &DeleteRecordsPartition<'_>,
) -> Result<i64, ErrorCode> {
    let (now, node, index) = (call.now, call.node(), wanted.partition_index);
    call.check(Operation::Delete, Resource::Topic(name))?;
    let topic = call.state.topics.get(name).ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
    let id = topic.id;
    if topic.settings.internal {
        return Err(ErrorCode::INVALID_TOPIC_EXCEPTION);
    }
    let (partition, settings) = call.state.led_partition(node, name, index)?;
    if settings.compacted && !settings.deletes {
        return Err(ErrorCode::POLICY_VIOLATION);
    }
    let high_watermark = partition.high_watermark();
    let until = match wanted.offset {
        ALL_COMMITTED => high_watermark,
        offset => offset,
    };
    if !(0..=high_watermark).contains(&until) {
        return Err(ErrorCode::OFFSET_OUT_OF_RANGE);
    }
    let led = partition.led_mut().ok_or(ErrorCode::NOT_LEADER_OR_FOLLOWER)?;
    led.log.delete_before(until);
    let start = led.log.start();
    call.state.touch(now, id, index);
    Ok(start)
}
