//! One batch made by ours, as a line.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use klamm_records::{BufferPool, Compression, EncodedBatch, Encoder, OpenBatch, RawBatch, Stamp};
use serde_json::{Value, json};

use super::content;
use super::random::Random;
use super::settings::Settings;
use crate::batches::append;
use crate::fields::Problem;
use crate::records::ToldRecord;

/// Makes lines, one after the other.
pub(super) struct Lines {
    settings: Settings,
    seed: u64,
    next: u64,
    encoder: Encoder,
    pool: BufferPool,
}

impl Lines {
    pub(super) fn new(seed: u64) -> Self {
        let (encoder, pool) = (Encoder::new(), BufferPool::new(1 << 20));
        Self { settings: Settings::new(), seed, next: 0, encoder, pool }
    }

    /// The next line, without its end.
    ///
    /// # Errors
    /// When ours cannot make a batch of what it should be made of.
    pub(super) fn next(&mut self) -> Result<Vec<u8>, Problem> {
        let index = self.next;
        self.next += 1;
        let compression = self.settings.of_line(usize::try_from(index).unwrap_or_default());
        // Each line has numbers of its own: those before it do not change them.
        let mut random = Random::new(self.seed.wrapping_mul(0x0001_0000_0001).wrapping_add(index));
        let records = content::records(&mut random);
        let stamp = content::stamp(&mut random);
        let raw = self.raw(&records)?;
        let encoded = self.encoder.encode(raw, compression, &self.pool);
        let encoded = encoded.map_err(|failure| failure.to_string())?;
        Ok(line(&encoded, stamp, compression, &records).to_string().into_bytes())
    }

    fn raw(&self, records: &[ToldRecord]) -> Result<RawBatch, Problem> {
        let mut open = OpenBatch::new(self.pool.take(0), usize::MAX);
        for record in records {
            append(&mut open, record, record.timestamp).map_err(|refused| refused.to_string())?;
        }
        open.close().ok_or_else(|| "a batch without records".to_owned())
    }
}

fn line(encoded: &EncodedBatch, stamp: Stamp, asked: Compression, records: &[ToldRecord]) -> Value {
    let header = encoded.header(stamp);
    let stamped = encoded.stamp(stamp);
    let records = records.iter().map(|told| record(told, header.base_timestamp));
    json!({
        "codec": encoded.codec().name(),
        "asked": asked.codec().name(),
        "level": asked.level(),
        "levelless": false,
        "producerId": header.producer_id.0,
        "producerEpoch": header.producer_epoch.0,
        "baseSequence": header.base_sequence.0,
        "transactional": header.attributes.is_transactional(),
        "control": header.attributes.is_control(),
        "partitionLeaderEpoch": header.leader_epoch,
        "baseOffset": header.base_offset,
        "timestampType": "CreateTime",
        "baseTimestamp": header.base_timestamp,
        "maxTimestamp": header.max_timestamp,
        "lastOffsetDelta": header.last_offset_delta,
        "attributes": header.attributes.0,
        "crc": stamped.crc(),
        "recordCount": header.count,
        "deleteHorizonMs": null,
        "records": records.collect::<Vec<Value>>(),
        "hex": hex(&stamped.into_segments()),
    })
}

fn record(record: &ToldRecord, base_timestamp: i64) -> Value {
    let base64 = |bytes: &Option<Vec<u8>>| bytes.as_ref().map(|bytes| STANDARD.encode(bytes));
    let headers = record.headers.iter().map(|(name, value)| json!([name, base64(value)]));
    json!({
        "offsetDelta": record.offset,
        "timestampDelta": record.timestamp.wrapping_sub(base_timestamp),
        "key": base64(&record.key),
        "value": base64(&record.value),
        "headers": headers.collect::<Vec<Value>>(),
    })
}

fn hex(segments: &[bytes::Bytes]) -> String {
    let mut text = String::with_capacity(2 * segments.iter().map(bytes::Bytes::len).sum::<usize>());
    for byte in segments.iter().flatten() {
        // Writing into a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
