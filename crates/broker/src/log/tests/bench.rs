//! The language of the tests: a log with its rules, and batches described by what is special.

use bytes::Bytes;
use klamm_records::layout::{Attributes, HEADER_LEN};
use klamm_records::{
    BatchHeader, BatchView, BufferPool, Checksum, Codec, Compression, Compressors, Decompressors,
    Encoder, Header, Identity, OpenBatch, RecordSet, Stamp, checksum,
};
use klamm_wire::{Epoch, ErrorCode, ProducerId, Sequence, WallMillis};

use crate::log::{AppendRules, Appended, Marker, Origin, PartitionLog, Rejected};
use crate::personas::Sequences;
use crate::{Defect, Defects, TopicSettings};

/// When all tests take place.
pub(super) const NOW: i64 = 1_700_000_000_000;

/// A log, and the rules by which it is tried.
pub(super) struct Bench {
    pub(super) log: PartitionLog,
    pub(super) settings: TopicSettings,
    pub(super) defects: Defects,
    pub(super) version: i16,
    pub(super) leader_epoch: i32,
    /// Those rules that are a yes or a no.
    pub(super) habits: Habits,
}

/// What differs between the generations of Kafka.
#[derive(Clone, Copy)]
pub(super) struct Habits {
    pub(super) tv2: bool,
    pub(super) fresh_needs_zero: bool,
    pub(super) sequences: Sequences,
}

impl Default for Habits {
    fn default() -> Self {
        Self { tv2: false, fresh_needs_zero: false, sequences: Sequences::MODERN }
    }
}

impl Bench {
    pub(super) fn new() -> Self {
        Self {
            log: PartitionLog::new(7),
            settings: TopicSettings::default(),
            defects: Defects::default(),
            version: 12,
            leader_epoch: 3,
            habits: Habits::default(),
        }
    }

    pub(super) fn with(defect: Defect) -> Self {
        let mut bench = Self::new();
        bench.defects.switch_on(defect);
        bench
    }

    pub(super) fn set(settings: impl FnOnce(&mut TopicSettings)) -> Self {
        let mut bench = Self::new();
        settings(&mut bench.settings);
        bench
    }

    pub(super) fn send(&mut self, batch: &Batch) -> Result<Appended, Rejected> {
        self.send_bytes(&batch.to_bytes())
    }

    pub(super) fn send_bytes(&mut self, records: &[u8]) -> Result<Appended, Rejected> {
        self.send_pieces(&[Bytes::copy_from_slice(records)])
    }

    pub(super) fn send_pieces(&mut self, records: &[Bytes]) -> Result<Appended, Rejected> {
        let origin = Origin::Client { version: self.version, internal_client: false };
        self.append(records, origin)
    }

    pub(super) fn append(
        &mut self,
        records: &[Bytes],
        origin: Origin,
    ) -> Result<Appended, Rejected> {
        let Habits { tv2, fresh_needs_zero, sequences } = self.habits;
        let rules = AppendRules {
            settings: &self.settings,
            defects: &self.defects,
            now: WallMillis(NOW),
            leader_epoch: self.leader_epoch,
            tv2,
            fresh_needs_zero,
            sequences,
        };
        self.log.append_as_leader(records, origin, &rules)
    }

    /// The base offset of what must be accepted.
    #[track_caller]
    pub(super) fn accept(&mut self, batch: &Batch) -> i64 {
        self.send(batch).unwrap().base_offset
    }

    /// The code of what must be refused, and must have changed nothing.
    #[track_caller]
    pub(super) fn refuse(&mut self, batch: &Batch) -> ErrorCode {
        self.refuse_bytes(&batch.to_bytes()).code
    }

    #[track_caller]
    pub(super) fn refuse_bytes(&mut self, records: &[u8]) -> Rejected {
        let before = Picture::of(&self.log);
        let rejected = self.send_bytes(records).unwrap_err();
        assert_eq!(Picture::of(&self.log), before, "a refusal changes nothing");
        rejected
    }

    pub(super) fn mark(
        &mut self,
        pid: i64,
        epoch: i16,
        commit: bool,
    ) -> Result<Appended, ErrorCode> {
        let marker = Marker { pid, epoch, commit, coordinator_epoch: 1 };
        self.log.append_marker(marker, self.leader_epoch, WallMillis(NOW))
    }

    /// The values of all records, as a reader gets them.
    pub(super) fn values(&self) -> Vec<Vec<u8>> {
        let read = self.log.read(self.log.start(), self.log.end(), usize::MAX, true).concat();
        let mut decompressors = Decompressors::new();
        let mut values = Vec::new();
        for entry in RecordSet::new(&read) {
            for record in entry.unwrap().records(&mut decompressors, usize::MAX).unwrap() {
                values.push(record.unwrap().value.unwrap_or_default().to_vec());
            }
        }
        values
    }

    /// The header of the last batch.
    pub(super) fn last_header(&self) -> BatchHeader {
        let last = self.log.batches_from(self.log.end() - 1).last().unwrap();
        let (view, rest) = BatchView::read(last.bytes(), Checksum::Checked).unwrap();
        assert!(rest.is_empty());
        assert_eq!(view.header(), last.header());
        *view.header()
    }
}

/// Everything that can be seen of a log.
#[derive(Debug, PartialEq)]
pub(super) struct Picture {
    offsets: (i64, i64, i64),
    batches: Vec<Bytes>,
    producers: Vec<crate::log::ProducerFacts>,
    aborted: Vec<crate::log::AbortedTxn>,
    epoch: (i32, i64),
}

impl Picture {
    pub(super) fn of(log: &PartitionLog) -> Self {
        Self {
            offsets: (log.start(), log.end(), log.last_stable(log.end())),
            batches: log.batches_from(0).map(|batch| batch.bytes().clone()).collect(),
            producers: log.producers().collect(),
            aborted: log.aborted(0, i64::MAX),
            epoch: log.epoch_end(3),
        }
    }
}

/// A record's time, key and value.
type Sent = (i64, Option<Vec<u8>>, Option<Vec<u8>>);

/// A batch as a producer makes it.
#[derive(Clone)]
pub(super) struct Batch {
    records: Vec<Sent>,
    codec: Codec,
    stamp: Stamp,
}

/// A batch of so many records.
pub(super) fn batch(count: usize) -> Batch {
    let record = |index| {
        let value = format!("{index}: {}", "x".repeat(100));
        (NOW, Some(b"key".to_vec()), Some(value.into_bytes()))
    };
    Batch { records: (0..count).map(record).collect(), codec: Codec::None, stamp: Stamp::Plain }
}

impl Batch {
    pub(super) fn of(self, pid: i64, epoch: i16, sequence: i32) -> Self {
        let identity = Identity {
            producer_id: ProducerId(pid),
            epoch: Epoch(epoch),
            base_sequence: Sequence(sequence),
        };
        Self { stamp: Stamp::Idempotent(identity), ..self }
    }

    pub(super) fn in_txn(self) -> Self {
        let (Stamp::Idempotent(identity) | Stamp::Transactional(identity)) = self.stamp else {
            panic!("a transaction is somebody's");
        };
        Self { stamp: Stamp::Transactional(identity), ..self }
    }

    pub(super) fn packed(self, codec: Codec) -> Self {
        Self { codec, ..self }
    }

    /// The record at this place has another time.
    pub(super) fn at(mut self, index: usize, time: i64) -> Self {
        self.records[index].0 = time;
        self
    }

    pub(super) fn keyless(mut self, index: usize) -> Self {
        self.records[index].1 = None;
        self
    }

    pub(super) fn value(mut self, index: usize, value: &[u8]) -> Self {
        self.records[index].2 = Some(value.to_vec());
        self
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let pool = BufferPool::new(0);
        let mut open = OpenBatch::new(pool.take(1 << 20), usize::MAX);
        for (time, key, value) in &self.records {
            let headers = [Header::new("h", b"v")];
            let (key, value) = (key.as_deref(), value.as_deref());
            open.append(WallMillis(*time), key, value, &headers).unwrap();
        }
        let raw = open.close().unwrap();
        let encoded = Encoder::new().encode(raw, Compression::of(self.codec), &pool).unwrap();
        assert_eq!(encoded.codec(), self.codec, "the records are compressible");
        encoded.stamp(self.stamp).into_segments().concat()
    }

    /// The batch with another header over the same payload, the checksum put right.
    pub(super) fn edited(&self, edit: impl FnOnce(&mut BatchHeader)) -> Vec<u8> {
        let bytes = self.to_bytes();
        let (view, _) = BatchView::read(&bytes, Checksum::Checked).unwrap();
        let mut header = *view.header();
        edit(&mut header);
        framed(&header, view.payload())
    }

    /// The batch with another payload, uncompressed or a stream in the batch's codec.
    pub(super) fn carrying(&self, payload: &[u8]) -> Vec<u8> {
        let bytes = self.to_bytes();
        let (view, _) = BatchView::read(&bytes, Checksum::Checked).unwrap();
        framed(view.header(), payload)
    }

    /// The records before compression.
    pub(super) fn payload(&self) -> Vec<u8> {
        self.clone().packed(Codec::None).to_bytes().split_off(HEADER_LEN)
    }
}

/// A batch of this header and payload.
pub(super) fn framed(header: &BatchHeader, payload: &[u8]) -> Vec<u8> {
    let front = header.to_bytes(payload.len(), checksum::crc32c(payload));
    [front.as_slice(), payload].concat()
}

/// The bytes in a codec.
pub(super) fn packed(codec: Codec, bytes: &[u8]) -> Vec<u8> {
    let mut output = vec![0; bytes.len() * 2 + 1024];
    let compression = Compression::of(codec);
    let len = Compressors::new().compress(compression, bytes, &mut output).unwrap().unwrap();
    output.truncate(len);
    output
}

/// Attributes with these bits besides.
pub(super) fn and(attributes: Attributes, bits: i16) -> Attributes {
    Attributes(attributes.0 | bits)
}
