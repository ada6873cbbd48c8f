//! Batches to send: well-formed ones, and the same with bytes changed by hand.

use bytes::Bytes;
use klamm_records::checksum::crc32c;
use klamm_records::layout::{Attributes, HEADER_LEN, UNCOUNTED_LEN};
use klamm_records::{BatchHeader, Codec, Compression, Compressors, Header, Record};
use klamm_wire::{Epoch, ProducerId, Sequence};

use crate::case::Stop;
use crate::normalise::now_millis;

/// The bit of a batch that belongs to a transaction.
pub const TRANSACTIONAL: i16 = 0x10;
/// The bit of a batch of control records.
pub const CONTROL: i16 = 0x20;
/// The bit of a batch whose records have the time of their append.
pub const LOG_APPEND_TIME: i16 = 0x08;

/// A record to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// The key, or null.
    pub key: Option<Vec<u8>>,
    /// The value, or null.
    pub value: Option<Vec<u8>>,
    /// The headers, in order.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    /// Milliseconds after the first record's time.
    pub delta: i64,
}

impl Item {
    /// A record with a value only.
    #[must_use]
    pub fn value(value: &[u8]) -> Self {
        Self { value: Some(value.to_vec()), ..Self::default() }
    }

    /// A record with a key and a value.
    #[must_use]
    pub fn pair(key: &[u8], value: &[u8]) -> Self {
        Self { key: Some(key.to_vec()), ..Self::value(value) }
    }
}

/// A well-formed batch in the making.
#[derive(Clone, Debug)]
pub struct Batch {
    items: Vec<Item>,
    codec: Codec,
    time: i64,
    attributes: i16,
    producer_id: i64,
    epoch: i16,
    sequence: i32,
}

impl Batch {
    /// A batch of records with these values and without keys.
    #[must_use]
    pub fn of(values: &[&str]) -> Self {
        Self::items(values.iter().map(|value| Item::value(value.as_bytes())).collect())
    }

    /// A batch of these records, of now, uncompressed, of no producer.
    #[must_use]
    pub fn items(items: Vec<Item>) -> Self {
        let time = about_now(now_millis());
        let codec = Codec::None;
        Self { items, codec, time, attributes: 0, producer_id: -1, epoch: -1, sequence: -1 }
    }

    /// Compressed, however little that brings.
    #[must_use]
    pub const fn codec(mut self, codec: Codec) -> Self {
        self.codec = codec;
        self
    }

    /// With the first record at this time.
    #[must_use]
    pub const fn at(mut self, millis: i64) -> Self {
        self.time = millis;
        self
    }

    /// Under a producer's identity.
    #[must_use]
    pub const fn stamped(mut self, producer_id: i64, epoch: i16, sequence: i32) -> Self {
        self.producer_id = producer_id;
        self.epoch = epoch;
        self.sequence = sequence;
        self
    }

    /// Within the producer's transaction.
    #[must_use]
    pub const fn transactional(self) -> Self {
        self.with_attributes(TRANSACTIONAL)
    }

    /// With more bits set.
    #[must_use]
    pub const fn with_attributes(mut self, bits: i16) -> Self {
        self.attributes |= bits;
        self
    }

    /// The records as they stand behind one another, before compression.
    #[must_use]
    pub fn payload(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (offset_delta, item) in (0..).zip(&self.items) {
            let headers: Vec<_> =
                item.headers.iter().map(|(key, value)| header(key, value)).collect();
            let record = Record {
                timestamp_delta: item.delta,
                offset_delta,
                key: item.key.as_deref(),
                value: item.value.as_deref(),
                headers: &headers,
            };
            record.append_to(&mut out);
        }
        out
    }

    /// The header over such a payload.
    #[must_use]
    pub fn header(&self) -> BatchHeader {
        let count = i32::try_from(self.items.len()).unwrap_or(i32::MAX);
        let last = self.items.iter().map(|item| item.delta).max().unwrap_or_default();
        BatchHeader {
            base_offset: 0,
            leader_epoch: -1,
            attributes: Attributes(Attributes::of(self.codec).0 | self.attributes),
            last_offset_delta: count.saturating_sub(1),
            base_timestamp: self.time,
            max_timestamp: self.time.saturating_add(last),
            producer_id: ProducerId(self.producer_id),
            producer_epoch: Epoch(self.epoch),
            base_sequence: Sequence(self.sequence),
            count,
        }
    }

    /// The bytes, which can still be changed.
    ///
    /// # Errors
    /// When the codec cannot compress, which is a defect of ours.
    pub fn build(&self) -> Result<Patch, Stop> {
        let payload = compressed(self.codec, &self.payload())?;
        Ok(Patch::over(&self.header(), &payload))
    }
}

/// Now, give or take an eighth of a second: the lowest byte is always the same. A broker that is
/// led astray by a wrong length takes it for the format of another batch, and would say something
/// else in three of 256 milliseconds.
fn about_now(now: i64) -> i64 {
    (now & !0xff) | 0x80
}

fn header<'a>(key: &'a str, value: &'a Option<Vec<u8>>) -> Header<'a> {
    Header { key, value: value.as_deref() }
}

/// A payload as one stream of a codec.
///
/// # Errors
/// When the codec fails.
pub fn compressed(codec: Codec, payload: &[u8]) -> Result<Vec<u8>, Stop> {
    let mut output = vec![0; payload.len() * 2 + 1024];
    let len = Compressors::new()
        .compress(Compression::of(codec), payload, &mut output)
        .map_err(|error| Stop::Failed(error.to_string()))?;
    output.truncate(len.unwrap_or_default());
    Ok(output)
}

/// A field of a batch's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The first record's offset.
    BaseOffset,
    /// How many bytes follow.
    BatchLength,
    /// The leader's epoch.
    LeaderEpoch,
    /// The format.
    Magic,
    /// The checksum.
    Crc,
    /// Codec and bits.
    Attributes,
    /// The number of records minus 1.
    LastOffsetDelta,
    /// The first record's time.
    BaseTimestamp,
    /// The greatest time.
    MaxTimestamp,
    /// The producer.
    ProducerId,
    /// Its epoch.
    ProducerEpoch,
    /// The first record's sequence.
    BaseSequence,
    /// The number of records.
    Count,
}

impl At {
    /// Where the field begins, and how wide it is.
    const fn place(self) -> (usize, usize) {
        match self {
            Self::BaseOffset => (0, 8),
            Self::BatchLength => (8, 4),
            Self::LeaderEpoch => (12, 4),
            Self::Magic => (16, 1),
            Self::Crc => (17, 4),
            Self::Attributes => (21, 2),
            Self::LastOffsetDelta => (23, 4),
            Self::BaseTimestamp => (27, 8),
            Self::MaxTimestamp => (35, 8),
            Self::ProducerId => (43, 8),
            Self::ProducerEpoch => (51, 2),
            Self::BaseSequence => (53, 4),
            Self::Count => (57, 4),
        }
    }
}

/// A batch as bytes, with a checksum that is right until something is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch(Vec<u8>);

impl Patch {
    /// A header and any payload, with the length and the checksum that belong to them.
    #[must_use]
    pub fn over(header: &BatchHeader, payload: &[u8]) -> Self {
        let mut bytes = header.to_bytes(payload.len(), crc32c(payload)).to_vec();
        bytes.extend_from_slice(payload);
        Self(bytes)
    }

    /// Writes a field, cut to its width; the checksum goes stale.
    #[must_use]
    pub fn with(mut self, field: At, value: i64) -> Self {
        let (start, width) = field.place();
        let bytes = value.to_be_bytes();
        let low = bytes.get(bytes.len() - width..).unwrap_or_default();
        if let Some(place) = self.0.get_mut(start..start + width) {
            place.copy_from_slice(low);
        }
        self
    }

    /// Turns one bit over, counted from the first of the first byte; the checksum goes stale.
    #[must_use]
    pub fn flipped(mut self, bit: usize) -> Self {
        if let Some(byte) = self.0.get_mut(bit / 8) {
            *byte ^= 0x80 >> (bit % 8);
        }
        self
    }

    /// With other bytes behind the header, and the length that belongs to them.
    #[must_use]
    pub fn with_payload(mut self, payload: &[u8]) -> Self {
        self.0.truncate(HEADER_LEN);
        self.0.extend_from_slice(payload);
        let counted = self.0.len() - UNCOUNTED_LEN.min(self.0.len());
        self.with(At::BatchLength, i64::try_from(counted).unwrap_or(i64::MAX))
    }

    /// With bytes behind it that no length counts.
    #[must_use]
    pub fn followed_by(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// With the checksum over what is there now.
    #[must_use]
    pub fn fixed(self) -> Self {
        let (start, _) = At::Attributes.place();
        let crc = crc32c(self.0.get(start..).unwrap_or_default());
        self.with(At::Crc, i64::from(crc))
    }

    /// What follows the header.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        self.0.get(HEADER_LEN..).unwrap_or_default()
    }

    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        Bytes::copy_from_slice(&self.0)
    }
}

impl From<Patch> for Bytes {
    fn from(patch: Patch) -> Self {
        patch.0.into()
    }
}

#[cfg(test)]
mod tests {
    use klamm_records::{BatchView, Checksum};

    use super::*;

    fn reads(patch: &Patch) -> bool {
        BatchView::read(&patch.bytes(), Checksum::Checked).is_ok()
    }

    #[test]
    fn no_moment_makes_the_lowest_byte_of_a_time_look_like_a_format() {
        for now in 1_795_000_000_000..1_795_000_000_512 {
            let time = about_now(now);
            assert!(time.abs_diff(now) <= 128 && time.to_le_bytes()[0] == 0x80, "{now}");
        }
    }

    #[test]
    fn a_batch_is_well_formed_until_it_is_changed() {
        let batch = Batch::of(&["a", "b"]).stamped(7, 1, 3).build().unwrap();
        assert!(reads(&batch));
        assert!(!reads(&batch.clone().with(At::Count, 3)));
        assert!(reads(&batch.clone().with(At::Count, 3).fixed()));
        assert!(!reads(&batch.flipped(8 * 62)));
    }

    #[test]
    fn every_codec_is_used_however_little_it_brings() {
        for codec in Codec::ALL {
            let batch = Batch::of(&["a"]).codec(codec).build().unwrap().bytes();
            let (view, _) = BatchView::read(&batch, Checksum::Checked).unwrap();
            assert_eq!(view.codec().unwrap(), codec);
        }
    }

    #[test]
    fn another_payload_brings_its_length() {
        let batch = Batch::of(&["a"]).build().unwrap();
        let other = batch.clone().with_payload(b"nonsense").fixed();
        assert_eq!(other.len(), HEADER_LEN + 8);
        assert_ne!(batch, other);
    }
}
