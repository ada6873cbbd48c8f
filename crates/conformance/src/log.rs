//! What is in a partition, read back through Fetch.

use klamm_protocol::ApiKey;
use klamm_protocol::fetch::request::{FetchPartition, FetchTopic};
use klamm_protocol::fetch::response::PartitionData;
use klamm_protocol::fetch::{FetchRequest, FetchResponse};
use klamm_protocol::frame::decode_response;
use klamm_records::{BatchHeader, Decompressors, Entry, RecordSet, RecordView};
use klamm_wire::{ErrorCode, NodeId, PartitionIndex};
use serde_json::{Value, json};

use crate::case::Stop;
use crate::conn::Conn;
use crate::target::Advertised;

/// The last version of Fetch that names topics.
const FETCH_BY_NAME: i16 = 12;
/// The most that one batch may decompress to.
const BATCH_CAP: usize = 64 * 1024 * 1024;
const MAX_BYTES: i32 = 64 * 1024 * 1024;
/// A value up to this length is recorded as it is.
const SHOWN: usize = 64;

/// All that a partition holds from its first offset on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log {
    /// The batches, in order.
    pub batches: Vec<LogBatch>,
    /// The first offset.
    pub start: i64,
    /// The offset behind the last one that consumers may see.
    pub end: i64,
    /// The first offset of an open transaction, or the end.
    pub stable: i64,
    /// Producers whose transactions were aborted, with the first offset of each.
    pub aborted: Vec<(i64, i64)>,
}

/// A batch that was read back.
#[derive(Clone, Debug, PartialEq)]
pub struct LogBatch {
    /// What its header says.
    pub header: BatchHeader,
    /// Its records.
    pub records: Vec<LogRecord>,
}

/// A record that was read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRecord {
    /// Its offset.
    pub offset: i64,
    /// Its time.
    pub timestamp: i64,
    /// Its attributes, which mean nothing.
    pub attributes: i8,
    /// Its key, or null.
    pub key: Option<Vec<u8>>,
    /// Its value, or null.
    pub value: Option<Vec<u8>>,
    /// Its headers, in order.
    pub headers: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

/// Which partition, and what of it.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The topic's name.
    pub topic: &'a str,
    /// The partition.
    pub partition: i32,
    /// Only what is committed or plain.
    pub committed: bool,
}

impl Log {
    /// All records but those of control batches, aborted or not.
    pub fn records(&self) -> impl Iterator<Item = &LogRecord> {
        let data = self.batches.iter().filter(|batch| !batch.header.attributes.is_control());
        data.flat_map(|batch| &batch.records)
    }

    /// The values of all records, as text; null as `<null>`.
    #[must_use]
    pub fn values(&self) -> Vec<String> {
        self.records().map(|record| text(record.value.as_deref())).collect()
    }

    /// The values that a consumer sees who was promised committed records only.
    #[must_use]
    pub fn visible(&self) -> Vec<String> {
        let mut waiting = self.aborted.clone();
        let mut dead: Vec<i64> = Vec::new();
        let mut seen = Vec::new();
        for LogBatch { header, records } in &self.batches {
            let pid = header.producer_id.0;
            let last = header.base_offset.saturating_add(i64::from(header.last_offset_delta));
            let begun = waiting.extract_if(.., |(_, first)| *first <= last);
            dead.extend(begun.map(|(pid, _)| pid));
            if header.attributes.is_control() {
                // The marker ends the transaction, whichever way.
                dead.retain(|id| *id != pid);
            } else if !(header.attributes.is_transactional() && dead.contains(&pid)) {
                seen.extend(records.iter().map(|record| text(record.value.as_deref())));
            }
        }
        seen
    }

    /// The log as it is recorded.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let batches: Vec<Value> = self.batches.iter().map(batch_json).collect();
        json!({"start": self.start, "end": self.end, "stable": self.stable, "batches": batches})
    }
}

fn batch_json(LogBatch { header, records }: &LogBatch) -> Value {
    json!({
        "baseOffset": header.base_offset,
        "leaderEpoch": header.leader_epoch,
        "attributes": header.attributes.0,
        "lastOffsetDelta": header.last_offset_delta,
        "baseTimestamp": header.base_timestamp,
        "maxTimestamp": header.max_timestamp,
        "producerId": header.producer_id.0,
        "producerEpoch": header.producer_epoch.0,
        "baseSequence": header.base_sequence.0,
        "count": header.count,
        "records": records.iter().map(record_json).collect::<Vec<_>>(),
    })
}

fn record_json(record: &LogRecord) -> Value {
    let header = |(key, value): &(Vec<u8>, Option<Vec<u8>>)| {
        json!([text(Some(key)), text(value.as_deref())])
    };
    json!({
        "offset": record.offset,
        "timestamp": record.timestamp,
        "attributes": record.attributes,
        "key": text(record.key.as_deref()),
        "value": text(record.value.as_deref()),
        "headers": record.headers.iter().map(header).collect::<Vec<_>>(),
    })
}

/// Bytes as one can read them: short text as it is, anything else by length and checksum.
#[must_use]
pub fn text(bytes: Option<&[u8]>) -> String {
    let Some(bytes) = bytes else { return "<null>".to_owned() };
    match str::from_utf8(bytes) {
        Ok(text) if text.len() <= SHOWN => text.to_owned(),
        Ok(_) | Err(_) => {
            format!("<{} bytes {:08x}>", bytes.len(), klamm_records::checksum::crc32c(bytes))
        }
    }
}

/// Reads a partition to its end.
///
/// # Errors
/// When the broker refuses, answers nonsense or not at all.
pub fn read(conn: &mut Conn, can: &Advertised, place: Place<'_>) -> Result<Log, Stop> {
    let usable = can.usable(ApiKey::Fetch);
    let usable = usable.filter(|versions| versions.min <= FETCH_BY_NAME);
    let Some(versions) = usable else {
        return Err(Stop::Skipped("no Fetch by name is advertised".into()));
    };
    let version = versions.max.min(FETCH_BY_NAME);
    let mut log = Log::default();
    let mut next = 0;
    loop {
        let answer = conn.ask(version, &fetch(place, next))?;
        let Some(reply) = answer.reply() else {
            return Err(Stop::Hang(format!("fetch of {}: {}", place.topic, answer.kind())));
        };
        let failed = |what: String| Stop::Failed(format!("fetch of {}: {what}", place.topic));
        let response = decode_response::<FetchResponse<'_>>(&reply.bytes, version)
            .map_err(|error| failed(error.to_string()))?;
        let data = response.body.responses.first().and_then(|topic| topic.partitions.first());
        let data = data.ok_or_else(|| failed(format!("{}", response.body.error_code)))?;
        if data.error_code == ErrorCode::OFFSET_OUT_OF_RANGE && next < data.log_start_offset {
            next = data.log_start_offset;
            continue;
        }
        if !data.error_code.is_ok() {
            return Err(failed(data.error_code.to_string()));
        }
        let before = next;
        next = log.take(data, next).map_err(failed)?;
        let limit = if place.committed { log.stable } else { log.end };
        if next >= limit || next == before {
            return Ok(log);
        }
    }
}

impl Log {
    /// Takes what one answer brought: where the next one must begin.
    fn take(&mut self, data: &PartitionData<'_>, mut next: i64) -> Result<i64, String> {
        self.start = data.log_start_offset;
        self.end = data.high_watermark;
        self.stable = data.last_stable_offset;
        for aborted in data.aborted_transactions.iter().flatten() {
            let entry = (aborted.producer_id.0, aborted.first_offset);
            if !self.aborted.contains(&entry) {
                self.aborted.push(entry);
            }
        }
        let Some(records) = &data.records else { return Ok(next) };
        let bytes = records.to_bytes();
        let mut decompressors = Decompressors::new();
        for entry in RecordSet::new(&bytes) {
            let entry = entry.map_err(|error| error.to_string())?;
            let Entry::Batch(view) = entry else { return Err("a message of an old format".into()) };
            if view.next_offset() <= next {
                continue;
            }
            next = view.next_offset();
            let read = view.records(&mut decompressors, BATCH_CAP).map_err(|e| e.to_string())?;
            let records: Result<Vec<_>, _> = read.map(|record| record.map(|r| own(&r))).collect();
            let records = records.map_err(|error| error.to_string())?;
            self.batches.push(LogBatch { header: *view.header(), records });
        }
        Ok(next)
    }
}

fn own(record: &RecordView<'_>) -> LogRecord {
    LogRecord {
        offset: record.offset,
        timestamp: record.timestamp.0,
        attributes: record.attributes,
        key: record.key.map(<[u8]>::to_vec),
        value: record.value.map(<[u8]>::to_vec),
        headers: record
            .headers
            .map(|header| (header.key.to_vec(), header.value.map(<[u8]>::to_vec)))
            .collect(),
    }
}

fn fetch(place: Place<'_>, offset: i64) -> FetchRequest<'_> {
    FetchRequest {
        replica_id: NodeId::NONE,
        max_wait_ms: 100,
        min_bytes: 1,
        max_bytes: MAX_BYTES,
        isolation_level: i8::from(place.committed),
        session_epoch: -1,
        topics: vec![FetchTopic {
            topic: place.topic.into(),
            partitions: vec![FetchPartition {
                partition: PartitionIndex(place.partition),
                fetch_offset: offset,
                partition_max_bytes: MAX_BYTES,
                ..FetchPartition::default()
            }],
            ..FetchTopic::default()
        }],
        ..FetchRequest::default()
    }
}
