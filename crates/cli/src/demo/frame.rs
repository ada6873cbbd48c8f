//! A Produce request, byte by byte, with what each field says.

use bytes::{BufMut as _, Bytes, BytesMut};
use klamm_protocol::frame::decode_request_header;
use klamm_protocol::header::RequestHeader;
use klamm_protocol::message::read;
use klamm_protocol::produce::ProduceRequest;
use klamm_records::{BatchView, Checksum, Decompressors, RecordView};

use super::walk::Walk;

/// The longest text that is repeated in a line.
const LONGEST: usize = 34;
/// The most bytes that the records may decompress into.
const CAP: usize = 64 << 20;

/// The lines that show a request up to its first record; nothing for one that is not of the form
/// that this client sends today (version 13, one batch at the front, without a codec).
pub(super) fn annotated(frame: &Bytes) -> Option<Vec<String>> {
    let (header, mut body) = decode_request_header(frame).ok()?;
    let version = header.request_api_version;
    let request: ProduceRequest<'_> = read(&mut body, version).ok()?;
    if version != 13 {
        return None;
    }
    let mut whole = BytesMut::new();
    whole.put_u32(u32::try_from(frame.len()).ok()?);
    whole.extend_from_slice(frame);
    let mut walk = Walk::new(&whole);
    let partition = request.topic_data.first()?.partition_data.first()?;
    let records = partition.records.as_ref()?.to_bytes();
    let (batch, _) = BatchView::read(&records, Checksum::Checked).ok()?;
    head(&mut walk, &header, frame.len())?;
    request_body(&mut walk, &request, records.len())?;
    batch_header(&mut walk, &batch)?;
    let mut decompressors = Decompressors::new();
    let first = batch.records(&mut decompressors, CAP).ok()?.next()?.ok()?;
    record(&mut walk, &first)?;
    Some(walk.lines())
}

fn head(walk: &mut Walk<'_>, header: &RequestHeader<'_>, len: usize) -> Option<()> {
    let client = header.client_id.as_deref();
    walk.field(4, "frame length", &format!("{len} bytes follow"))?;
    let version = header.request_api_version;
    walk.field(4, "API key, version", &format!("Produce, version {version}"))?;
    let number = header.correlation_id;
    walk.field(4, "correlation id", &format!("{number}: the answer repeats it"))?;
    let text = client.map_or_else(|| "null".to_owned(), |client| format!("`{}`", short(client)));
    let len = client.map_or(0, str::len).checked_add(3)?;
    walk.field(len, "client id, tags", &format!("{text}, no tagged fields")).map(drop)
}

fn request_body(walk: &mut Walk<'_>, request: &ProduceRequest<'_>, records: usize) -> Option<()> {
    let id = request.transactional_id.as_deref();
    let meaning = id.map_or_else(|| "null: no transaction".to_owned(), short);
    let len = walk.varint(0)?.checked_add(id.map_or(0, str::len))?;
    walk.field(len, "transactional id", &meaning)?;
    let acks = match request.acks {
        -1 => "-1: answer when all in-sync replicas have it",
        0 => "0: no answer",
        _ => "answer when the leader has it",
    };
    walk.field(2, "acks", acks)?;
    walk.field(4, "timeout", &format!("{} ms for the replicas", request.timeout_ms))?;
    let (topic, count) = (request.topic_data.first()?, request.topic_data.len());
    let len = walk.varint(0)?.checked_add(16)?;
    walk.field(len, "topics, topic id", &format!("{count} (one more is written); id by Metadata"))?;
    let partitions = &topic.partition_data;
    let (len, index) = (walk.varint(0)?.checked_add(4)?, partitions.first()?.index);
    let meaning = format!("{} (one more is written), the first is {}", partitions.len(), index.0);
    walk.field(len, "partitions, number", &meaning)?;
    let len = walk.varint(0)?;
    walk.field(len, "records length", &format!("{records} bytes (one more is written)")).map(drop)
}

fn batch_header(walk: &mut Walk<'_>, batch: &BatchView<'_>) -> Option<()> {
    let header = batch.header();
    let len = batch.bytes().len().saturating_sub(12);
    walk.field(8, "base offset", "0: the broker puts its own here")?;
    walk.field(4, "batch length", &format!("{len} bytes follow"))?;
    let epoch = header.leader_epoch;
    walk.field(4, "leader epoch", &format!("{epoch}: the broker puts its own here"))?;
    walk.field(1, "magic", "2: this format")?;
    let crc = format!("{:08x}, CRC-32C of the rest: it fits", batch.crc());
    walk.field(4, "CRC", &crc)?;
    let codec = batch.codec().ok()?;
    walk.field(2, "attributes", &format!("codec {}", format!("{codec:?}").to_lowercase()))?;
    walk.field(4, "last offset delta", &header.last_offset_delta.to_string())?;
    let later = header.max_timestamp.saturating_sub(header.base_timestamp);
    let times = format!("{} ms since 1970, and {later} ms later", header.base_timestamp);
    walk.field(16, "first, last time", &times)?;
    let id = header.producer_id.0;
    walk.field(8, "producer id", &format!("{id}, given by the cluster"))?;
    walk.field(2, "producer epoch", &header.producer_epoch.0.to_string())?;
    let sequence = header.base_sequence.0;
    walk.field(4, "base sequence", &format!("{sequence}: by these three a retry is known again"))?;
    walk.field(4, "record count", &header.count.to_string()).map(drop)
}

fn record(walk: &mut Walk<'_>, record: &RecordView<'_>) -> Option<()> {
    let len = walk.varint(0)?;
    let time = walk.varint(len.checked_add(1)?)?;
    let until = len.checked_add(1)?.checked_add(time)?;
    let len = until.checked_add(walk.varint(until)?)?;
    let deltas = format!("its length, attributes, time +{} ms, offset +0", record.timestamp_delta);
    walk.field(len, "first record", &deltas)?;
    sized(walk, "key", record.key)?;
    sized(walk, "value", record.value)?;
    let len = walk.varint(0)?;
    walk.field(len, "headers", &record.headers.len().to_string()).map(drop)
}

/// A part of a record, with the length before it.
fn sized(walk: &mut Walk<'_>, name: &str, bytes: Option<&[u8]>) -> Option<()> {
    let len = walk.varint(0)?.checked_add(bytes.map_or(0, <[u8]>::len))?;
    let meaning = match bytes {
        None => "null".to_owned(),
        Some(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            format!("{} bytes: {}", bytes.len(), short(&text))
        }
    };
    walk.field(len, name, &meaning).map(drop)
}

fn short(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push_str("..");
    }
    crate::doctor::clean(&shown)
}

#[cfg(test)]
mod tests {
    use klamm_protocol::frame::encode_request;
    use klamm_protocol::message::Request as _;

    use super::*;

    fn frame(request: &ProduceRequest<'_>, version: i16) -> Bytes {
        let whole = encode_request(request, version, 7, Some("me")).unwrap().to_vec();
        assert_eq!(ProduceRequest::KEY.code(), 0);
        Bytes::from(whole).slice(4..)
    }

    #[test]
    fn what_is_not_of_the_form_is_not_shown() {
        assert_eq!(annotated(&Bytes::new()), None);
        assert_eq!(annotated(&Bytes::from_static(&[0, 0, 0, 13, 0, 0])), None);
        assert_eq!(annotated(&frame(&ProduceRequest::DEFAULT, 13)), None);
        assert_eq!(annotated(&frame(&ProduceRequest::DEFAULT, 9)), None);
    }

    #[test]
    fn long_texts_are_cut_and_harmless() {
        assert_eq!(short("a\u{1b}b"), "a\u{fffd}b");
        assert_eq!(short(&"x".repeat(99)).len(), LONGEST + 2);
    }
}
