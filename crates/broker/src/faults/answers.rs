//! Answers that are changed before they leave: codes, throttle times, bytes.

use bytes::Bytes;
use klamm_protocol::fetch::FetchResponse;
use klamm_protocol::frame::{LENGTH_PREFIX, decode_response, encode_response};
use klamm_protocol::produce::ProduceResponse;
use klamm_protocol::{ApiKey, Records, Segments};
use klamm_wire::{ErrorCode, PartitionIndex, TopicId, Writer};

use super::asked::{Asked, Part};

/// Where in a frame the correlation id begins, and where it ends.
const CORRELATION_AT: usize = LENGTH_PREFIX;
const CORRELATION_END: usize = 8;
/// What is added to a correlation id that is to be wrong.
const ANOTHER: i32 = 1 << 30;

/// These bytes as an answer.
pub(crate) fn raw(bytes: &[u8]) -> Segments {
    let mut writer = Writer::with_room(bytes.len(), 0);
    writer.raw(bytes);
    Segments::from(writer)
}

/// All the bytes of an answer.
pub(crate) fn flat(frame: &Segments) -> Bytes {
    Bytes::from(frame.to_vec())
}

/// An answer of Produce or Fetch with this code for these partitions.
pub(crate) fn with_code(
    asked: &Asked,
    frame: &Segments,
    parts: &[Part],
    code: ErrorCode,
) -> Option<Segments> {
    let body = body(frame);
    let version = asked.version;
    if asked.api == ApiKey::Produce {
        let mut answer = decode_response::<ProduceResponse<'_>>(&body, version).ok()?;
        for topic in &mut answer.body.responses {
            for part in &mut topic.partition_responses {
                if is_meant(parts, (&topic.name, topic.topic_id), part.index) {
                    part.error_code = code;
                }
            }
        }
        return encode_response(&answer.body, version, asked.correlation_id).ok();
    }
    let mut answer = decode_response::<FetchResponse<'_>>(&body, version).ok()?;
    for topic in &mut answer.body.responses {
        for part in &mut topic.partitions {
            if is_meant(parts, (&topic.topic, topic.topic_id), part.partition_index) {
                part.error_code = code;
                part.records = Some(Records::new());
            }
        }
    }
    encode_response(&answer.body, version, asked.correlation_id).ok()
}

/// Whether the partition is one of these. An answer that names topics by id has no names.
fn is_meant(parts: &[Part], (name, id): (&str, TopicId), index: PartitionIndex) -> bool {
    let is_topic = |part: &Part| if name.is_empty() { part.id == id } else { part.topic == name };
    parts.iter().any(|part| part.index == index && is_topic(part))
}

/// What follows the length of a frame.
fn body(frame: &Segments) -> Bytes {
    let mut bytes = flat(frame);
    bytes.split_off(LENGTH_PREFIX.min(bytes.len()))
}

/// An answer with another correlation id.
pub(crate) fn with_wrong_id(frame: &Segments) -> Segments {
    let mut bytes = frame.to_vec();
    if let Some(id) = bytes.get_mut(CORRELATION_AT..).and_then(<[u8]>::first_chunk_mut) {
        *id = i32::from_be_bytes(*id).wrapping_add(ANOTHER).to_be_bytes();
    }
    raw(&bytes)
}

/// An answer that claims to have another length.
pub(crate) fn with_length(frame: &Segments, length: i32) -> Segments {
    let mut bytes = frame.to_vec();
    if let Some(prefix) = bytes.first_chunk_mut() {
        *prefix = length.to_be_bytes();
    }
    raw(&bytes)
}

/// An answer whose body is nonsense of the same length.
pub(crate) fn with_body(frame: &Segments, nonsense: impl FnOnce(usize) -> Vec<u8>) -> Segments {
    let bytes = frame.to_vec();
    let kept = bytes.get(..CORRELATION_END).unwrap_or(&bytes);
    let len = bytes.len().saturating_sub(kept.len());
    raw(&[kept, &nonsense(len)].concat())
}

/// An answer with an empty tag section in its header, which counts it.
pub(crate) fn with_tags(frame: &Segments) -> Segments {
    let bytes = frame.to_vec();
    let (head, body) = bytes.split_at_checked(CORRELATION_END).unwrap_or((&bytes, &[]));
    let longer = raw(&[head, &[0], body].concat());
    let length = i32::try_from(longer.len().saturating_sub(LENGTH_PREFIX)).unwrap_or(i32::MAX);
    with_length(&longer, length)
}

/// An answer that is there twice.
pub(crate) fn twice(frame: &Segments) -> Segments {
    let bytes = frame.to_vec();
    raw(&[bytes.as_slice(), &bytes].concat())
}

/// An answer with a frame behind it that holds these bytes.
pub(crate) fn followed_by(frame: &Segments, more: &[u8]) -> Segments {
    let length = i32::try_from(more.len()).unwrap_or(i32::MAX);
    raw(&[frame.to_vec().as_slice(), &length.to_be_bytes(), more].concat())
}

macro_rules! throttled {
    ($($key:ident $module:ident $response:ident;)+) => {
        /// An answer that names a throttle time, where its version can.
        pub(crate) fn with_throttle(
            asked: &Asked,
            frame: &Segments,
            millis: i32,
        ) -> Option<Segments> {
            let body = body(frame);
            let (version, id) = (asked.version, asked.correlation_id);
            match asked.api {
                $(ApiKey::$key => {
                    type Answer<'a> = klamm_protocol::$module::$response<'a>;
                    let mut answer = decode_response::<Answer<'_>>(&body, version).ok()?;
                    answer.body.throttle_time_ms = millis;
                    encode_response(&answer.body, version, id).ok()
                })+
                _ => None,
            }
        }
    };
}

throttled! {
    Produce produce ProduceResponse;
    Fetch fetch FetchResponse;
    ListOffsets list_offsets ListOffsetsResponse;
    Metadata metadata MetadataResponse;
    OffsetCommit offset_commit OffsetCommitResponse;
    OffsetFetch offset_fetch OffsetFetchResponse;
    FindCoordinator find_coordinator FindCoordinatorResponse;
    JoinGroup join_group JoinGroupResponse;
    Heartbeat heartbeat HeartbeatResponse;
    LeaveGroup leave_group LeaveGroupResponse;
    SyncGroup sync_group SyncGroupResponse;
    ApiVersions api_versions ApiVersionsResponse;
    InitProducerId init_producer_id InitProducerIdResponse;
    AddPartitionsToTxn add_partitions_to_txn AddPartitionsToTxnResponse;
    AddOffsetsToTxn add_offsets_to_txn AddOffsetsToTxnResponse;
    EndTxn end_txn EndTxnResponse;
    TxnOffsetCommit txn_offset_commit TxnOffsetCommitResponse;
}
