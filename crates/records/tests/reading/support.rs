//! Batches by hand: every byte of them is a test's own choice.

use klamm_records::{
    BatchError, BatchErrorKind, BatchView, Checksum, Decompressors, RecordView, checksum,
};
use klamm_wire::Field;

pub(crate) const CAP: usize = 1 << 20;

/// The golden commit marker: base offset 42, producer 1234, epoch 3, coordinator epoch 9.
pub(crate) const COMMIT: &str = "000000000000002a 00000042 ffffffff 02 d820ad2a 0030 00000000 \
     0000018bcfe56800 0000018bcfe56800 00000000000004d2 0003 ffffffff 00000001 \
     20 00 00 00 08 00000001 0c 000000000009 00";

/// A record with offset delta 0, no key and the value `a`.
pub(crate) const A: &[u8] = &[14, 0, 0, 0, 1, 2, b'a', 0];
/// A record with offset delta 1, no key and the value `b`.
pub(crate) const B: &[u8] = &[14, 0, 0, 2, 1, 2, b'b', 0];

/// What an error says: what, in which field, at which offset.
pub(crate) type Fault = (BatchErrorKind, Field, usize);

/// The fields of a batch; what is not mentioned is as a producer without identity writes it.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    pub(crate) base_offset: i64,
    pub(crate) attributes: i16,
    pub(crate) last_offset_delta: i32,
    pub(crate) base_timestamp: i64,
    pub(crate) max_timestamp: i64,
    pub(crate) count: i32,
    pub(crate) payload: Vec<u8>,
}

impl Batch {
    pub(crate) fn of(count: i32, records: &[&[u8]]) -> Self {
        Self {
            base_offset: 0,
            attributes: 0,
            last_offset_delta: count - 1,
            base_timestamp: 1_000,
            max_timestamp: 1_000,
            count,
            payload: records.concat(),
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let covered = [
            &self.attributes.to_be_bytes()[..],
            &self.last_offset_delta.to_be_bytes(),
            &self.base_timestamp.to_be_bytes(),
            &self.max_timestamp.to_be_bytes(),
            &[0xff; 8 + 2 + 4],
            &self.count.to_be_bytes(),
            &self.payload,
        ]
        .concat();
        let length = i32::try_from(9 + covered.len()).unwrap();
        let crc = checksum::crc32c(&covered);
        let (offset, length, crc) =
            (self.base_offset.to_be_bytes(), length.to_be_bytes(), crc.to_be_bytes());
        [&offset[..], &length, &[0xff; 4], &[2], &crc, &covered].concat()
    }

    /// What the records are, each as its test wants it.
    pub(crate) fn read<T>(&self, what: impl Fn(RecordView<'_>) -> T) -> Vec<T> {
        let bytes = self.bytes();
        let (batch, _) = BatchView::read(&bytes, Checksum::Checked).unwrap();
        let mut decompressors = Decompressors::new();
        let records = batch.records(&mut decompressors, CAP).unwrap();
        records.map(|record| what(record.unwrap())).collect()
    }

    /// The error that reading meets.
    pub(crate) fn fault(&self) -> Fault {
        fault(&self.bytes())
    }
}

/// A whole record: its body with the length before it.
pub(crate) fn record(body: &[u8]) -> Vec<u8> {
    assert!(body.len() < 64, "the length takes one byte");
    [&[u8::try_from(body.len() * 2).unwrap()], body].concat()
}

/// The error that reading a batch meets: in its header, or in the first record that has one.
pub(crate) fn fault(bytes: &[u8]) -> Fault {
    let error = read_all(bytes).unwrap_err();
    (error.kind(), error.field(), error.offset())
}

/// How many records a batch has.
pub(crate) fn read_all(bytes: &[u8]) -> Result<usize, BatchError> {
    let (batch, _) = BatchView::read(bytes, Checksum::Checked)?;
    let mut decompressors = Decompressors::new();
    let mut records = batch.records(&mut decompressors, CAP)?;
    let read = records.by_ref().try_fold(0, |count, record| record.map(|_| count + 1));
    assert!(records.next().is_none(), "there is something behind the end");
    read
}

pub(crate) fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}
