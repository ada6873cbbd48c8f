//! The 61 bytes before the records of a batch, field by field.
//!
//! Offsets and meanings are those of Kafka's `DefaultRecordBatch`, magic 2. The checksum covers
//! everything from the attributes on, so a broker can set offset and leader epoch without it.

use klamm_wire::{Epoch, ProducerId, Sequence};

use crate::checksum;
use crate::compression::{Codec, UnknownCodec};

/// The length of the header.
pub const HEADER_LEN: usize = 61;
/// The part of a batch that its length field does not count: the base offset and the length.
pub const UNCOUNTED_LEN: usize = 12;
/// The longest payload: the length of a whole batch is an `i32` to everyone who reads one.
pub const MAX_PAYLOAD: usize = 0x7fff_ffff - HEADER_LEN;
/// The format of these batches.
pub const MAGIC: i8 = 2;

/// Where the magic byte stands, in this and in the older formats.
pub(crate) const MAGIC_AT: usize = 16;
/// Where the length stands.
pub(crate) const LENGTH_AT: usize = 8;
/// Where the checksum stands.
pub(crate) const CRC_AT: usize = 17;
/// Where the checksum's coverage begins.
pub(crate) const ATTRIBUTES_AT: usize = 21;

/// The 16 bits that say how a batch is to be read. Bits 7 to 15 mean nothing yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Attributes(pub i16);

impl Attributes {
    const LOG_APPEND_TIME: i16 = 0x08;
    const TRANSACTIONAL: i16 = 0x10;
    const CONTROL: i16 = 0x20;
    const DELETE_HORIZON: i16 = 0x40;

    /// The codec alone; nothing else is set.
    #[must_use]
    pub const fn of(codec: Codec) -> Self {
        Self(codec.id() as i16)
    }

    /// The same, of a transaction or not.
    #[must_use]
    pub const fn with_transactional(self, transactional: bool) -> Self {
        Self(if transactional {
            self.0 | Self::TRANSACTIONAL
        } else {
            self.0 & !Self::TRANSACTIONAL
        })
    }

    /// The codec.
    ///
    /// # Errors
    /// For the numbers 5 to 7.
    pub fn codec(self) -> Result<Codec, UnknownCodec> {
        Codec::try_from(self.codec_id())
    }

    /// The number of the codec.
    #[must_use]
    pub const fn codec_id(self) -> u8 {
        let [_, low] = self.0.to_be_bytes();
        low & 0x07
    }

    /// Whether every record has the time at which the broker appended the batch.
    #[must_use]
    pub const fn is_log_append_time(self) -> bool {
        self.0 & Self::LOG_APPEND_TIME != 0
    }

    /// Whether the batch belongs to a transaction.
    #[must_use]
    pub const fn is_transactional(self) -> bool {
        self.0 & Self::TRANSACTIONAL != 0
    }

    /// Whether the batch holds control records, which no application sees.
    #[must_use]
    pub const fn is_control(self) -> bool {
        self.0 & Self::CONTROL != 0
    }

    /// Whether the base timestamp is the time at which tombstones may be dropped.
    #[must_use]
    pub const fn has_delete_horizon(self) -> bool {
        self.0 & Self::DELETE_HORIZON != 0
    }
}

/// What the header says, but for the length and the checksum, which follow from the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchHeader {
    /// The offset that the records' deltas are added to; a producer writes 0.
    pub base_offset: i64,
    /// Under which leadership the batch was appended; a producer writes −1.
    pub leader_epoch: i32,
    /// How the batch is to be read.
    pub attributes: Attributes,
    /// The last offset minus the base offset; a producer writes the number of records minus 1.
    pub last_offset_delta: i32,
    /// The first record's timestamp, which the deltas are added to, or the delete horizon.
    pub base_timestamp: i64,
    /// The greatest timestamp, or the time at which the broker appended the batch.
    pub max_timestamp: i64,
    /// Who produced the batch, or −1.
    pub producer_id: ProducerId,
    /// The producer's epoch, or −1.
    pub producer_epoch: Epoch,
    /// The first record's sequence, or −1.
    pub base_sequence: Sequence,
    /// How many records follow.
    pub count: i32,
}

impl BatchHeader {
    /// The header's bytes over a payload of this length and checksum, which is not read.
    ///
    /// A payload longer than [`MAX_PAYLOAD`] has no header; its length is written as the greatest.
    #[must_use]
    pub fn to_bytes(&self, payload_len: usize, payload_crc: u32) -> [u8; HEADER_LEN] {
        let covered = self.covered_bytes();
        let crc = checksum::combine(checksum::crc32c(&covered), payload_crc, payload_len as u64);
        let counted = payload_len.min(MAX_PAYLOAD) + HEADER_LEN - UNCOUNTED_LEN;
        let length = i32::try_from(counted).unwrap_or(i32::MAX);
        let mut bytes = [0; HEADER_LEN];
        fill(
            &mut bytes,
            &[
                &self.base_offset.to_be_bytes(),
                &length.to_be_bytes(),
                &self.leader_epoch.to_be_bytes(),
                &MAGIC.to_be_bytes(),
                &crc.to_be_bytes(),
                &covered,
            ],
        );
        bytes
    }

    /// What stands from the attributes on.
    fn covered_bytes(&self) -> [u8; HEADER_LEN - ATTRIBUTES_AT] {
        let mut bytes = [0; HEADER_LEN - ATTRIBUTES_AT];
        fill(
            &mut bytes,
            &[
                &self.attributes.0.to_be_bytes(),
                &self.last_offset_delta.to_be_bytes(),
                &self.base_timestamp.to_be_bytes(),
                &self.max_timestamp.to_be_bytes(),
                &self.producer_id.0.to_be_bytes(),
                &self.producer_epoch.0.to_be_bytes(),
                &self.base_sequence.0.to_be_bytes(),
                &self.count.to_be_bytes(),
            ],
        );
        bytes
    }
}

/// Writes fields behind one another; they fill the whole.
fn fill(mut bytes: &mut [u8], fields: &[&[u8]]) {
    for field in fields {
        let Some(place) = bytes.split_off_mut(..field.len()) else { break };
        place.copy_from_slice(field);
    }
    debug_assert!(bytes.is_empty(), "the fields are shorter or longer than the header");
}
