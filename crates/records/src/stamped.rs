//! A batch with its header: what is sent, byte for byte.

use bytes::Bytes;
use klamm_wire::{Epoch, ProducerId, Sequence};

use crate::encoded::EncodedBatch;
use crate::layout::{Attributes, BatchHeader, CRC_AT, HEADER_LEN};

/// Under which identity a batch is sent, which decides what a broker makes of a repetition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stamp {
    /// Under none: a repetition is written again.
    Plain,
    /// Under a producer's: a repetition is recognised.
    Idempotent(Identity),
    /// Under a producer's, within its transaction.
    Transactional(Identity),
}

/// A producer, its generation, and the number of the batch's first record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The producer.
    pub producer_id: ProducerId,
    /// Its generation.
    pub epoch: Epoch,
    /// The sequence of the first record.
    pub base_sequence: Sequence,
}

impl Identity {
    const NONE: Self =
        Self { producer_id: ProducerId::NONE, epoch: Epoch::NONE, base_sequence: Sequence::NONE };
}

impl Stamp {
    const fn identity(self) -> Identity {
        match self {
            Self::Plain => Identity::NONE,
            Self::Idempotent(identity) | Self::Transactional(identity) => identity,
        }
    }
}

/// A header and the payload that follows it, which other headers may share.
#[derive(Debug, Clone)]
pub struct Stamped {
    stamp: Stamp,
    header: Bytes,
    payload: Bytes,
}

impl EncodedBatch {
    /// Puts a header before the payload. Every stamp is a header of its own; those made before
    /// stay as they are.
    #[must_use]
    pub fn stamp(&self, stamp: Stamp) -> Stamped {
        let payload = self.payload().clone();
        let header = self.header(stamp).to_bytes(payload.len(), self.payload_crc());
        Stamped { stamp, header: Bytes::copy_from_slice(&header), payload }
    }

    /// What the header says under this identity.
    #[must_use]
    pub fn header(&self, stamp: Stamp) -> BatchHeader {
        let identity = stamp.identity();
        let is_transactional = matches!(stamp, Stamp::Transactional(_));
        BatchHeader {
            base_offset: 0,
            leader_epoch: -1,
            attributes: Attributes::of(self.codec()).with_transactional(is_transactional),
            last_offset_delta: self.count() - 1,
            base_timestamp: self.first_timestamp().0,
            max_timestamp: self.max_timestamp().0,
            producer_id: identity.producer_id,
            producer_epoch: identity.epoch,
            base_sequence: identity.base_sequence,
            count: self.count(),
        }
    }
}

impl Stamped {
    /// The identity it was stamped with.
    #[must_use]
    pub const fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// The 61 bytes before the payload.
    #[must_use]
    pub const fn header(&self) -> &Bytes {
        &self.header
    }

    /// The payload, uncopied.
    #[must_use]
    pub const fn payload(&self) -> &Bytes {
        &self.payload
    }

    /// The batch's checksum.
    #[must_use]
    pub fn crc(&self) -> u32 {
        let crc = self.header.get(CRC_AT..).and_then(<[u8]>::first_chunk);
        u32::from_be_bytes(*crc.unwrap_or(&[0; 4]))
    }

    /// How many bytes the batch takes.
    #[must_use]
    pub fn size(&self) -> usize {
        HEADER_LEN + self.payload.len()
    }

    /// What a request sends, in order: the header and the payload.
    #[must_use]
    pub fn into_segments(self) -> [Bytes; 2] {
        [self.header, self.payload]
    }
}
