//! A batch whose payload is made and never changes; who sends it, and as what, is open.

use bytes::Bytes;
use klamm_wire::WallMillis;

use crate::checksum;
use crate::compression::Codec;
use crate::layout::HEADER_LEN;
use crate::pool::Buffer;
use crate::raw::RawBatch;

/// A payload with what its header will say of it. Clones share the payload.
#[derive(Debug, Clone)]
pub struct EncodedBatch {
    payload: Bytes,
    /// The CRC-32C of the payload.
    payload_crc: u32,
    codec: Codec,
    /// At least 1.
    count: i32,
    base_timestamp: i64,
    max_timestamp: i64,
    /// The length of the records before compression.
    raw_len: usize,
}

impl EncodedBatch {
    pub(crate) fn uncompressed(batch: RawBatch) -> Self {
        let RawBatch { buffer, count, base_timestamp, max_timestamp } = batch;
        let payload_crc = checksum::crc32c(buffer.as_ref());
        let raw_len = buffer.len();
        let payload = buffer.freeze();
        let codec = Codec::None;
        Self { payload, payload_crc, codec, count, base_timestamp, max_timestamp, raw_len }
    }

    pub(crate) fn compressed(batch: &RawBatch, codec: Codec, compressed: Buffer) -> Self {
        Self {
            payload_crc: checksum::crc32c(compressed.as_ref()),
            payload: compressed.freeze(),
            codec,
            count: batch.count,
            base_timestamp: batch.base_timestamp,
            max_timestamp: batch.max_timestamp,
            raw_len: batch.payload().len(),
        }
    }

    /// The records, or one compressed stream of them.
    #[must_use]
    pub const fn payload(&self) -> &Bytes {
        &self.payload
    }

    /// The CRC-32C of the payload.
    #[must_use]
    pub const fn payload_crc(&self) -> u32 {
        self.payload_crc
    }

    /// How the payload is compressed: not at all, if its codec did not make it smaller.
    #[must_use]
    pub const fn codec(&self) -> Codec {
        self.codec
    }

    /// How many records there are.
    #[must_use]
    pub const fn count(&self) -> i32 {
        self.count
    }

    /// The first record's timestamp.
    #[must_use]
    pub const fn first_timestamp(&self) -> WallMillis {
        WallMillis(self.base_timestamp)
    }

    /// The greatest timestamp.
    #[must_use]
    pub const fn max_timestamp(&self) -> WallMillis {
        WallMillis(self.max_timestamp)
    }

    /// How many bytes the batch takes, its header included.
    #[must_use]
    pub fn size(&self) -> usize {
        HEADER_LEN + self.payload.len()
    }

    /// How many bytes the batch would take without compression, its header included.
    #[must_use]
    pub const fn uncompressed_size(&self) -> usize {
        HEADER_LEN + self.raw_len
    }
}
