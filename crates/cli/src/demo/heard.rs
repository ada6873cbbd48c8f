//! What was heard on the wire: the first request with records, and every batch that came again.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use bytes::Bytes;
use klamm_protocol::ApiKey;
use klamm_protocol::frame::decode_request_header;
use klamm_protocol::message::read;
use klamm_protocol::produce::ProduceRequest;
use klamm_records::{BatchView, Checksum};

/// By what a broker knows a batch again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stamp {
    pub(super) partition: i32,
    pub(super) producer: i64,
    pub(super) epoch: i16,
    pub(super) sequence: i32,
}

/// A batch that was sent a second time, or more often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Repeat {
    pub(super) stamp: Stamp,
    pub(super) records: i32,
    /// Whether the records had the same bytes, by their checksum.
    pub(super) is_same: bool,
}

/// What was heard.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// The first Produce request, without the length before it.
    pub(super) first: Option<Bytes>,
    pub(super) requests: u64,
    /// The checksums of the batches that were sent.
    batches: BTreeMap<Stamp, u32>,
    repeats: Vec<Repeat>,
}

impl Heard {
    /// A request was sent.
    pub(super) fn note(&mut self, frame: Bytes) {
        let Some(batches) = batches(&frame) else { return };
        self.requests = self.requests.saturating_add(1);
        for (stamp, records, crc) in batches {
            match self.batches.entry(stamp) {
                Entry::Vacant(place) => drop(place.insert(crc)),
                Entry::Occupied(known) => {
                    let is_same = *known.get() == crc;
                    self.repeats.push(Repeat { stamp, records, is_same });
                }
            }
        }
        self.first.get_or_insert(frame);
    }

    /// The batches that were sent again since somebody asked.
    pub(super) fn take_repeats(&mut self) -> Vec<Repeat> {
        std::mem::take(&mut self.repeats)
    }
}

/// The batches of a Produce request with their counts of records and their checksums; nothing for
/// another request.
fn batches(frame: &Bytes) -> Option<Vec<(Stamp, i32, u32)>> {
    let (header, mut body) = decode_request_header(frame).ok()?;
    if header.request_api_key != ApiKey::Produce.code() {
        return None;
    }
    let request: ProduceRequest<'_> = read(&mut body, header.request_api_version).ok()?;
    let mut found = Vec::new();
    for partition in request.topic_data.iter().flat_map(|topic| &topic.partition_data) {
        let bytes = partition.records.as_ref()?.to_bytes();
        let (batch, _) = BatchView::read(&bytes, Checksum::Checked).ok()?;
        let header = batch.header();
        let stamp = Stamp {
            partition: partition.index.0,
            producer: header.producer_id.0,
            epoch: header.producer_epoch.0,
            sequence: header.base_sequence.0,
        };
        found.push((stamp, header.count, batch.crc()));
    }
    Some(found)
}
