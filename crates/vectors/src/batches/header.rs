//! The header of a batch, field by field.

use klamm_records::layout::Attributes;
use klamm_records::{BatchHeader, BatchView, Compression};
use klamm_wire::{Epoch, ProducerId, Sequence, WallMillis};

use super::codec;
use crate::fields::{self, Fields, Problem};

/// The header that the line tells.
pub(super) fn told(line: Fields<'_>) -> Result<BatchHeader, Problem> {
    Ok(BatchHeader {
        base_offset: line.integer("baseOffset")?,
        leader_epoch: line.integer("partitionLeaderEpoch")?,
        attributes: Attributes(line.integer("attributes")?),
        last_offset_delta: line.integer("lastOffsetDelta")?,
        base_timestamp: line.integer("baseTimestamp")?,
        max_timestamp: line.integer("maxTimestamp")?,
        producer_id: ProducerId(line.integer("producerId")?),
        producer_epoch: Epoch(line.integer("producerEpoch")?),
        base_sequence: Sequence(line.integer("baseSequence")?),
        count: line.integer("recordCount")?,
    })
}

/// Compares every field of the line with what ours reads.
pub(super) fn compare(problems: &mut Vec<Problem>, line: Fields<'_>, batch: &BatchView<'_>) {
    let header = batch.header();
    compare_numbers(problems, line, header);
    compare_attributes(problems, line, header.attributes);
    fields::compare(problems, "crc", line.integer("crc"), &batch.crc());
    let horizon = batch.delete_horizon().map(|WallMillis(horizon)| horizon);
    let told = line.nullable_integer("deleteHorizonMs");
    fields::compare(problems, "deleteHorizonMs", told, &horizon);
    match batch.codec() {
        Ok(ours) => fields::compare(problems, "codec", codec(line, "codec"), &ours),
        Err(error) => problems.push(error.to_string()),
    }
}

fn compare_numbers(problems: &mut Vec<Problem>, line: Fields<'_>, header: &BatchHeader) {
    let wide = [
        ("baseOffset", header.base_offset),
        ("partitionLeaderEpoch", i64::from(header.leader_epoch)),
        ("attributes", i64::from(header.attributes.0)),
        ("lastOffsetDelta", i64::from(header.last_offset_delta)),
        ("baseTimestamp", header.base_timestamp),
        ("maxTimestamp", header.max_timestamp),
        ("producerId", header.producer_id.0),
        ("producerEpoch", i64::from(header.producer_epoch.0)),
        ("baseSequence", i64::from(header.base_sequence.0)),
        ("recordCount", i64::from(header.count)),
    ];
    for (key, ours) in wide {
        fields::compare(problems, key, line.integer(key), &ours);
    }
}

fn compare_attributes(problems: &mut Vec<Problem>, line: Fields<'_>, attributes: Attributes) {
    let transactional = attributes.is_transactional();
    fields::compare(problems, "transactional", line.bool("transactional"), &transactional);
    fields::compare(problems, "control", line.bool("control"), &attributes.is_control());
    let kind = if attributes.is_log_append_time() { "LogAppendTime" } else { "CreateTime" };
    fields::compare(problems, "timestampType", line.text("timestampType"), &kind);
}

/// A line tells the level of its compression, or that it does not; and a batch that no codec made
/// smaller may tell which one was asked for.
pub(super) fn compare_level(problems: &mut Vec<Problem>, line: Fields<'_>) {
    let told = line.has("level");
    fields::compare(problems, "levelless", line.bool("levelless"), &!told);
    if (told || line.has("asked"))
        && let Err(problem) = level(line)
    {
        problems.push(problem);
    }
}

fn level(line: Fields<'_>) -> Result<(), Problem> {
    let effective = codec(line, "codec")?;
    let asked = if line.has("asked") { codec(line, "asked")? } else { effective };
    if asked != effective && effective != klamm_records::Codec::None {
        return Err(format!("`asked`: {asked} was asked for and {effective} came"));
    }
    let level = if line.has("level") { line.nullable_integer("level")? } else { None };
    let Some(level) = level else { return Ok(()) };
    Compression::with_level(asked, level).map(drop).map_err(|error| format!("`level`: {error}"))
}
