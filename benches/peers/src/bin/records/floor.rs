//! Batches written and read by hand, as well as safe Rust allows in a few lines.
//!
//! The writer computes sizes first and then writes into memory that is there already; the reader
//! believes what it reads. Neither knows limits, errors or other codecs.
#![expect(clippy::indexing_slicing, reason = "a wrong length shall panic")]

use klamm_records::Header;

use crate::facts::Input;
use crate::sum::Sum;

const HEADER: usize = 61;

/// Appends records to the front of some bytes.
pub(crate) struct Writer<'a> {
    out: &'a mut [u8],
    at: usize,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(out: &'a mut [u8]) -> Self {
        Self { out, at: 0 }
    }

    pub(crate) fn written(&self) -> usize {
        self.at
    }

    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        let end = self.at + bytes.len();
        self.out[self.at..end].copy_from_slice(bytes);
        self.at = end;
    }

    #[inline]
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.out[self.at] = value as u8 | 0x80;
            self.at += 1;
            value >>= 7;
        }
        self.out[self.at] = value as u8;
        self.at += 1;
    }

    #[inline]
    fn piece(&mut self, bytes: &[u8]) {
        self.varint((bytes.len() as u64) << 1);
        self.put(bytes);
    }

    #[inline]
    fn nullable(&mut self, bytes: Option<&[u8]>) {
        match bytes {
            Some(bytes) => self.piece(bytes),
            None => self.varint(1),
        }
    }

    #[inline]
    pub(crate) fn record(&mut self, base: i64, index: usize, input: &Input) {
        let (time, index) = (zigzag(input.time.0 - base), (index as u64) << 1);
        let headers = input.headers;
        let body = 1
            + varint_len(time)
            + varint_len(index)
            + nullable_len(input.key)
            + piece_len(input.value)
            + varint_len((headers.len() as u64) << 1)
            + headers.iter().map(header_len).sum::<usize>();
        self.varint((body as u64) << 1);
        self.varint(0);
        self.varint(time);
        self.varint(index);
        self.nullable(input.key);
        self.piece(input.value);
        self.varint((headers.len() as u64) << 1);
        for header in headers {
            self.piece(header.key.as_bytes());
            self.nullable(header.value);
        }
    }
}

/// The records of a batch; answers how long they are.
#[inline(never)]
pub(crate) fn write_records(out: &mut [u8], inputs: &[Input]) -> usize {
    let mut writer = Writer::new(out);
    let base = inputs.first().map_or(-1, |first| first.time.0);
    for (index, input) in inputs.iter().enumerate() {
        writer.record(base, index, input);
    }
    writer.written()
}

/// A whole batch; answers how long it is.
pub(crate) fn write_batch(out: &mut [u8], inputs: &[Input]) -> usize {
    let end = HEADER + write_records(&mut out[HEADER..], inputs);
    let (base, last) = (inputs[0].time.0, inputs[inputs.len() - 1].time.0);
    let mut header = Writer::new(&mut out[..HEADER]);
    header.put(&0_i64.to_be_bytes());
    header.put(&(end as i32 - 12).to_be_bytes());
    header.put(&(-1_i32).to_be_bytes());
    header.put(&[2, 0, 0, 0, 0, 0, 0]);
    header.put(&(inputs.len() as i32 - 1).to_be_bytes());
    header.put(&base.to_be_bytes());
    header.put(&last.to_be_bytes());
    header.put(&[0xff; 14]);
    header.put(&(inputs.len() as i32).to_be_bytes());
    let crc = crc32c(&out[21..end]);
    out[17..21].copy_from_slice(&crc.to_be_bytes());
    end
}

/// The checksum, by the same crate as ours.
pub(crate) fn crc32c(bytes: &[u8]) -> u32 {
    crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32Iscsi, bytes) as u32
}

fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63).cast_unsigned()
}

#[inline]
fn varint_len(value: u64) -> usize {
    (70 - (value | 1).leading_zeros() as usize) / 7
}

#[inline]
fn piece_len(bytes: &[u8]) -> usize {
    varint_len((bytes.len() as u64) << 1) + bytes.len()
}

#[inline]
fn nullable_len(bytes: Option<&[u8]>) -> usize {
    bytes.map_or(1, piece_len)
}

#[inline]
fn header_len(header: &Header<'_>) -> usize {
    piece_len(header.key.as_bytes()) + nullable_len(header.value)
}

/// Reads varints and pieces off the front.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    #[inline]
    fn varint(&mut self) -> i64 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.bytes[self.at];
            self.at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return (value >> 1).cast_signed() ^ -(value & 1).cast_signed();
            }
            shift += 7;
        }
    }

    #[inline]
    fn piece(&mut self) -> Option<&'a [u8]> {
        let len = usize::try_from(self.varint()).ok()?;
        let piece = &self.bytes[self.at..self.at + len];
        self.at += len;
        Some(piece)
    }
}

/// Adds up all records of a batch.
#[inline(never)]
pub(crate) fn read(batch: &[u8]) -> Sum {
    let number =
        |at: usize| batch[at..at + 8].iter().fold(0, |all, byte| all << 8 | i64::from(*byte));
    let (base_offset, base_time, count) = (number(0), number(27), number(53) as i32);
    let mut reader = Reader { bytes: batch, at: HEADER };
    let mut sum = Sum::default();
    for _ in 0..count {
        let (_length, _attributes) = (reader.varint(), reader.varint());
        sum.number(base_time + reader.varint());
        sum.number(base_offset + reader.varint());
        sum.piece(reader.piece());
        sum.piece(reader.piece());
        for _ in 0..reader.varint() {
            sum.piece(reader.piece());
            sum.piece(reader.piece());
        }
    }
    sum
}
