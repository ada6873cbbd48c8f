//! A batch as it lies in the log.

use bytes::Bytes;
use klamm_records::layout::HEADER_LEN;
use klamm_records::view::Control;
use klamm_records::{BatchHeader, BatchView, Checksum, Decompressors, RecordView, checksum};

use super::{MAX_DECOMPRESSED, Marker};

/// One batch in one piece of memory of its own, with offset, leader epoch and checksum as they are
/// to be read. Clones share the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredBatch {
    bytes: Bytes,
    header: BatchHeader,
}

impl StoredBatch {
    /// Writes `header` over the first bytes of `batch`, which is a whole one.
    pub(super) fn with_header(header: BatchHeader, mut batch: Vec<u8>) -> Self {
        let payload = batch.get(HEADER_LEN..).unwrap_or_default();
        let front = header.to_bytes(payload.len(), checksum::crc32c(payload));
        if let Some(place) = batch.first_chunk_mut() {
            *place = front;
        }
        Self { bytes: batch.into_boxed_slice().into(), header }
    }

    /// The whole batch.
    pub(crate) const fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// What its header says.
    pub(crate) const fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// The offset of its first record.
    pub(crate) const fn base_offset(&self) -> i64 {
        self.header.base_offset
    }

    /// The last offset that it takes.
    pub(crate) const fn last_offset(&self) -> i64 {
        self.header.base_offset.saturating_add(self.header.last_offset_delta as i64)
    }

    /// The greatest timestamp, or the time of the append.
    pub(crate) const fn max_timestamp(&self) -> i64 {
        self.header.max_timestamp
    }

    /// The leadership under which it was appended.
    pub(crate) const fn leader_epoch(&self) -> i32 {
        self.header.leader_epoch
    }

    /// The first record of which `wanted` is true, as the offset and the timestamp that it has.
    pub(super) fn find(&self, wanted: impl Fn(&RecordView<'_>) -> bool) -> Option<(i64, i64)> {
        let mut decompressors = Decompressors::new();
        let (view, _) = BatchView::read(&self.bytes, Checksum::Deferred).ok()?;
        let mut records = view.records(&mut decompressors, MAX_DECOMPRESSED).ok()?;
        let found = records.find_map(|record| record.ok().filter(&wanted))?;
        Some((found.offset, found.timestamp.0))
    }

    /// The end of a transaction, if the batch says so.
    pub(super) fn marker(&self) -> Option<Marker> {
        if !self.header.attributes.is_control() || self.header.producer_id.0 < 0 {
            return None;
        }
        let mut decompressors = Decompressors::new();
        let (view, _) = BatchView::read(&self.bytes, Checksum::Deferred).ok()?;
        let mut records = view.records(&mut decompressors, MAX_DECOMPRESSED).ok()?;
        let control = Control::read(&records.next()?.ok()?).ok()?;
        let (commit, coordinator_epoch) = decision(control)?;
        let (pid, epoch) = (self.header.producer_id.0, self.header.producer_epoch.0);
        Some(Marker { pid, epoch, commit, coordinator_epoch })
    }
}

/// Whether it is a commit, and whose decision that was.
const fn decision(control: Control) -> Option<(bool, i32)> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "only two kinds end a transaction")]
    match control {
        Control::Commit { coordinator_epoch } => Some((true, coordinator_epoch)),
        Control::Abort { coordinator_epoch } => Some((false, coordinator_epoch)),
        _ => None,
    }
}
