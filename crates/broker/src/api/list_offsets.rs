//! ListOffsets: where a log begins and ends, and which offset belongs to a time.

use klamm_protocol::list_offsets::request::ListOffsetsPartition;
use klamm_protocol::list_offsets::response::{
    ListOffsetsPartitionResponse, ListOffsetsTopicResponse,
};
use klamm_protocol::list_offsets::{ListOffsetsRequest, ListOffsetsResponse};
use klamm_wire::ErrorCode;
use std::borrow::Cow;

use super::{Call, Outcome};
use crate::security::acl::{Operation, Resource};

/// The end of the log, as a time.
const LATEST: i64 = -1;
/// The start of the log.
const EARLIEST: i64 = -2;
/// The record with the greatest timestamp (from version 7).
const MAX_TIMESTAMP: i64 = -3;
/// The start of what is on the node itself (from version 8).
const EARLIEST_LOCAL: i64 = -4;
/// The end of what was moved elsewhere (from version 9); nothing ever is here.
const LATEST_TIERED: i64 = -5;
/// The first offset that waits to be moved elsewhere (from version 11).
const EARLIEST_PENDING: i64 = -6;
const READ_COMMITTED: i8 = 1;
/// The first version that tells leader epochs.
const FIRST_WITH_EPOCHS: i16 = 4;

/// An offset that was found, with its timestamp and leader epoch.
type Found = (i64, i64, i32);

pub(super) fn serve(call: &mut Call<'_>, request: &ListOffsetsRequest<'_>) -> Outcome {
    let topics = request.topics.iter().map(|topic| {
        let parts = topic.partitions.iter();
        let partitions = parts.map(|wanted| {
            let found = look_up(call, &topic.name, wanted, request.isolation_level);
            answered(wanted, found.map(|found| without_epoch_before(call.version(), found)))
        });
        ListOffsetsTopicResponse {
            name: Cow::Owned(topic.name.clone().into_owned()),
            partitions: partitions.collect(),
            ..ListOffsetsTopicResponse::default()
        }
    });
    let topics = topics.collect();
    call.answer(&ListOffsetsResponse { topics, ..ListOffsetsResponse::default() })
}

/// Older versions have no place for a leader epoch.
fn without_epoch_before(version: i16, (offset, timestamp, epoch): Found) -> Found {
    let has_epoch = version >= FIRST_WITH_EPOCHS;
    (offset, timestamp, if has_epoch { epoch } else { -1 })
}

fn answered(
    wanted: &ListOffsetsPartition<'_>,
    found: Result<Found, ErrorCode>,
) -> ListOffsetsPartitionResponse<'static> {
    let (error_code, (offset, timestamp, leader_epoch)) = match found {
        Ok(found) => (ErrorCode::NONE, found),
        Err(code) => (code, (-1, -1, -1)),
    };
    ListOffsetsPartitionResponse {
        partition_index: wanted.partition_index,
        error_code,
        timestamp,
        offset,
        leader_epoch,
        ..ListOffsetsPartitionResponse::default()
    }
}

fn look_up(
    call: &Call<'_>,
    topic: &str,
    wanted: &ListOffsetsPartition<'_>,
    isolation: i8,
) -> Result<Found, ErrorCode> {
    call.check(Operation::Describe, Resource::Topic(topic))?;
    call.state.faults.verdict()?;
    if call.version() < first_version(wanted.timestamp) {
        return Err(ErrorCode::UNSUPPORTED_VERSION);
    }
    let partition = call.state.topics.partition(topic, wanted.partition_index);
    let partition = partition.ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
    partition.check_epoch(wanted.current_leader_epoch)?;
    partition.check_led_by(call.node())?;
    let led = partition.led().ok_or(ErrorCode::NOT_LEADER_OR_FOLLOWER)?;
    let high_watermark = partition.high_watermark();
    let until = match isolation {
        READ_COMMITTED => led.log.last_stable(high_watermark),
        _ => high_watermark,
    };
    let epoch = partition.leader_epoch;
    let none = (-1, -1, -1);
    Ok(match wanted.timestamp {
        LATEST => (until, -1, epoch),
        EARLIEST | EARLIEST_LOCAL => (led.log.start(), -1, epoch_at_start(partition)),
        LATEST_TIERED | EARLIEST_PENDING => none,
        MAX_TIMESTAMP => led
            .log
            .max_timestamp(until)
            .map_or(none, |at| (at.offset, at.timestamp, at.leader_epoch)),
        time if time < 0 => return Err(ErrorCode::UNSUPPORTED_VERSION),
        time => led
            .log
            .offset_for_timestamp(time, until)
            .map_or(none, |at| (at.offset, at.timestamp, at.leader_epoch)),
    })
}

/// The first version that may ask for this: each place that has a name of its own has one.
const fn first_version(timestamp: i64) -> i16 {
    match timestamp {
        MAX_TIMESTAMP => 7,
        EARLIEST_LOCAL => 8,
        LATEST_TIERED => 9,
        EARLIEST_PENDING => 11,
        _ => 0,
    }
}

/// Under which leadership the first batch was appended; the present one for an empty log.
fn epoch_at_start(partition: &crate::cluster::Partition) -> i32 {
    let led = partition.led();
    let first = led.and_then(|led| led.log.batches_from(led.log.start()).next());
    first.map_or(partition.leader_epoch, crate::log::StoredBatch::leader_epoch)
}
