//! Writing batches, compared with a list of records.

use klamm_wire::{Epoch, ProducerId, Sequence, WallMillis};

use super::model::{self, Owned};
use super::operations::{Operation, Operations};
use super::{CAP, fail};
use crate::compression::{Codec, Compression, Decompressors};
use crate::encoded::EncodedBatch;
use crate::layout::HEADER_LEN;
use crate::open::{Appended, OpenBatch, Refused};
use crate::pool::BufferPool;
use crate::raw::{Encoder, RawBatch};
use crate::record::upper_bound;
use crate::split::SplitError;
use crate::stamped::{Identity, Stamp, Stamped};

/// Writes batches as the input says: appends, grants, and closes; each closed batch is encoded,
/// stamped twice and split.
///
/// Sizes are exact, what is refused changes nothing, and every form of a batch reads back.
pub fn append_round_trip(data: &[u8]) {
    let mut operations = Operations::new(data);
    let mut producer = Producer::new(&mut operations);
    for operation in operations {
        match operation {
            Operation::Append(record) => drop(producer.append(&record)),
            Operation::AppendGranted(record) => producer.append_granted(&record),
            Operation::Grant(bytes) => producer.grant(bytes),
            Operation::Close { compression, stamp } => producer.close(compression, stamp),
        }
    }
    producer.close(Compression::NONE, Stamp::Plain);
}

struct Producer {
    pool: BufferPool,
    encoder: Encoder,
    decompressors: Decompressors,
    open: OpenBatch,
    /// What every new batch begins with, and may become.
    room: usize,
    limit: usize,
    /// What the open batch holds, and in how many bytes.
    records: Vec<Owned>,
    len: usize,
}

impl Producer {
    fn new(operations: &mut Operations<'_>) -> Self {
        let (room, limit) = (operations.number(), operations.number());
        let pool = BufferPool::new(1 << 16);
        let open = OpenBatch::new(pool.take(room), limit);
        let (encoder, decompressors) = Default::default();
        Self { pool, encoder, decompressors, open, room, limit, records: Vec::new(), len: 0 }
    }

    fn append(&mut self, record: &Owned) -> Result<Appended, Refused> {
        let expected = self.expected(record);
        let before = self.seen();
        let (key, value, headers) =
            (record.key.as_deref(), record.value.as_deref(), record.headers());
        let outcome = self.open.append(WallMillis(record.timestamp), key, value, &headers);
        assert_eq!(outcome, expected);
        match outcome {
            Ok(Appended { len, .. }) => {
                assert!(HEADER_LEN + len <= usize_of(upper_bound(key, value, &headers)));
                self.records.push(record.clone());
                self.len += len;
            }
            Err(_) => assert_eq!(self.seen(), before),
        }
        self.check();
        outcome
    }

    /// What the documentation promises.
    fn expected(&self, record: &Owned) -> Result<Appended, Refused> {
        let base = self.records.first().map_or(record.timestamp, |first| first.timestamp);
        let len = record.wire(self.records.len(), base).len();
        let total = self.len + len;
        if record.timestamp < -1 {
            return Err(Refused::InvalidTimestamp(WallMillis(record.timestamp)));
        }
        if !self.records.is_empty() && HEADER_LEN + total > self.limit {
            return Err(Refused::Full);
        }
        match total.checked_sub(self.open.capacity()) {
            None | Some(0) => Ok(Appended { index: self.open.count(), len }),
            Some(bytes) => Err(Refused::NeedsRoom { bytes }),
        }
    }

    fn append_granted(&mut self, record: &Owned) {
        if let Err(Refused::NeedsRoom { bytes }) = self.append(record) {
            self.grant(bytes);
            assert!(self.append(record).is_ok(), "granted what it asked for, and refused");
        }
    }

    fn grant(&mut self, bytes: usize) {
        let before = self.open.capacity();
        self.open.grant(bytes);
        assert!(self.open.capacity() >= before + bytes);
        self.check();
    }

    fn seen(&self) -> (usize, usize, i32, [Option<WallMillis>; 2]) {
        let open = &self.open;
        let times = [open.first_timestamp(), open.max_timestamp()];
        (open.size(), open.capacity(), open.count(), times)
    }

    fn check(&self) {
        let (size, capacity, count, times) = self.seen();
        assert_eq!(size, HEADER_LEN + self.len);
        assert!(self.len <= capacity);
        assert_eq!(usize::try_from(count), Ok(self.records.len()));
        assert_eq!(self.open.is_empty(), self.records.is_empty());
        assert_eq!(times.map(|time| time.map(|time| time.0)), self::times(&self.records));
    }

    fn close(&mut self, compression: Compression, stamp: Stamp) {
        let next = OpenBatch::new(self.pool.take(self.room), self.limit);
        let closed = std::mem::replace(&mut self.open, next).close();
        self.len = 0;
        let records = std::mem::take(&mut self.records);
        let Some(raw) = closed else { return assert!(records.is_empty()) };
        check_raw(&raw, &records);
        let batch = self.encode(raw, compression);
        check_encoded(&batch, &records, compression.codec());
        check_stamps(&batch, &records, stamp);
        self.split(&batch, &records, compression);
    }

    fn encode(&mut self, raw: RawBatch, compression: Compression) -> EncodedBatch {
        match self.encoder.encode(raw, compression, &self.pool) {
            Ok(batch) => batch,
            Err(failure) => fail("encoding", &failure),
        }
    }

    fn split(&mut self, batch: &EncodedBatch, records: &[Owned], compression: Compression) {
        let halves = batch.split(&mut self.decompressors, CAP, &self.pool);
        let [first, second] = match halves {
            Ok(halves) => halves,
            Err(error) => {
                return assert_eq!((records.len(), error), (1, SplitError::SingleRecord));
            }
        };
        let middle = usize::try_from(first.count()).unwrap_or_default();
        let (front, back) = records.split_at(middle);
        assert!(!front.is_empty() && !back.is_empty());
        for (raw, records) in [(first, front), (second, back)] {
            check_raw(&raw, records);
            let half = self.encode(raw, compression);
            check_encoded(&half, records, compression.codec());
            check_read(&half.stamp(Stamp::Plain), &half, records);
        }
    }
}

/// The first and the greatest timestamp.
fn times(records: &[Owned]) -> [Option<i64>; 2] {
    let mut times = records.iter().map(|record| record.timestamp);
    [times.clone().next(), times.by_ref().max()]
}

fn check_raw(raw: &RawBatch, records: &[Owned]) {
    assert_eq!(usize::try_from(raw.count()), Ok(records.len()));
    assert_eq!(raw.payload(), model::payload(records));
    assert_eq!(raw.size(), HEADER_LEN + raw.payload().len());
}

fn check_encoded(batch: &EncodedBatch, records: &[Owned], codec: Codec) {
    let plain = model::payload(records);
    assert_eq!(usize::try_from(batch.count()), Ok(records.len()));
    assert_eq!(batch.uncompressed_size(), HEADER_LEN + plain.len());
    assert_eq!(batch.size(), HEADER_LEN + batch.payload().len());
    assert_eq!(batch.payload_crc(), crate::checksum::crc32c(batch.payload()));
    let known = [batch.first_timestamp(), batch.max_timestamp()].map(|time| Some(time.0));
    assert_eq!(known, times(records));
    if batch.codec() == Codec::None {
        assert_eq!(*batch.payload(), plain);
    } else {
        assert_eq!(batch.codec(), codec);
        assert!(batch.payload().len() < plain.len());
    }
}

/// Every stamp is a header of its own, and none changes another.
fn check_stamps(batch: &EncodedBatch, records: &[Owned], stamp: Stamp) {
    let first = batch.stamp(stamp);
    let again = batch.stamp(next(stamp));
    check_read(&first, batch, records);
    check_read(&again, batch, records);
    check_read(&batch.stamp(Stamp::Plain), batch, records);
    assert_eq!(first.header(), batch.stamp(stamp).header());
    assert_eq!(first.payload().as_ptr(), again.payload().as_ptr());
}

/// The stamp of a repetition under another identity.
fn next(stamp: Stamp) -> Stamp {
    let identity =
        |of: Identity| Identity { base_sequence: Sequence(of.base_sequence.0 / 2), ..of };
    match stamp {
        Stamp::Plain => Stamp::Idempotent(Identity {
            producer_id: ProducerId(7),
            epoch: Epoch(0),
            base_sequence: Sequence(0),
        }),
        Stamp::Idempotent(of) => Stamp::Transactional(identity(of)),
        Stamp::Transactional(of) => Stamp::Idempotent(identity(of)),
    }
}

fn check_read(stamped: &Stamped, batch: &EncodedBatch, records: &[Owned]) {
    let (stamp, size, crc) = (stamped.stamp(), stamped.size(), stamped.crc());
    let bytes = stamped.clone().into_segments().concat();
    assert_eq!((bytes.len(), size), (batch.size(), batch.size()));
    let (header, read) = model::read(&bytes, CAP);
    assert_eq!(header, batch.header(stamp));
    let is_transactional = matches!(stamp, Stamp::Transactional(_));
    assert_eq!(header.attributes.is_transactional(), is_transactional);
    assert_eq!(bytes.get(17..21), Some(&crc.to_be_bytes()[..]));
    assert_eq!(read, records);
}

fn usize_of(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
