//! One record in its wire form: how long it is, and how it is written.

use klamm_wire::varint::{len_u32, len_u64, put_u32, put_u64, zigzag_i32, zigzag_i64};

/// A header of a record. Keys may repeat, and their order is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Header<'a> {
    /// The key, never null.
    pub key: &'a str,
    /// The value, or null.
    pub value: Option<&'a [u8]>,
}

impl<'a> Header<'a> {
    /// A header with a value.
    #[must_use]
    pub const fn new(key: &'a str, value: &'a [u8]) -> Self {
        Self { key, value: Some(value) }
    }
}

/// A record as it stands in a batch, with deltas in place of its offset and its timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// The timestamp, relative to the batch's base.
    pub timestamp_delta: i64,
    /// The offset, relative to the batch's base.
    pub offset_delta: i32,
    /// The key, or null.
    pub key: Option<&'a [u8]>,
    /// The value, or null: a tombstone.
    pub value: Option<&'a [u8]>,
    /// The headers, in order.
    pub headers: &'a [Header<'a>],
}

/// How many bytes a record takes. Beyond an `i32` no record can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordLen {
    /// What the record's length field counts.
    body: u64,
}

impl RecordLen {
    /// The length of the whole record, its length field included.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.body + len_u64(self.body << 1) as u64
    }
}

/// The most that a record takes beside its key, its value, its headers and their lengths.
const OVERHEAD: u64 = 5 + 1 + 10 + 5;

/// The most bytes that a batch of this one record takes before compression, known before its
/// deltas are: what a producer compares with its greatest request.
#[must_use]
pub fn upper_bound(key: Option<&[u8]>, value: Option<&[u8]>, headers: &[Header<'_>]) -> u64 {
    crate::layout::HEADER_LEN as u64
        + OVERHEAD
        + nullable_len(key)
        + nullable_len(value)
        + headers_len(headers)
}

impl Record<'_> {
    /// How many bytes it takes.
    #[inline]
    #[must_use]
    pub fn len(&self) -> RecordLen {
        let deltas =
            len_u64(zigzag_i64(self.timestamp_delta)) + len_u32(zigzag_i32(self.offset_delta));
        let parts = nullable_len(self.key) + nullable_len(self.value) + headers_len(self.headers);
        RecordLen { body: 1 + deltas as u64 + parts }
    }

    /// Appends it. `len` is what [`Record::len`] answered, and fits an `i32`.
    #[inline]
    pub fn write(&self, len: RecordLen, out: &mut Vec<u8>) {
        let room = (out.capacity() - out.len()) as u64;
        if room >= len.total() + SLACK && self.write_short_head(len, out) {
            return self.write_rest(out);
        }
        self.write_head(len, out);
        self.write_rest(out);
    }

    /// All before the key's bytes, in whole words: for deltas as they usually are. False when they
    /// are not, and then nothing is written.
    #[inline]
    fn write_short_head(&self, len: RecordLen, out: &mut Vec<u8>) -> bool {
        let timestamp = zigzag_i64(self.timestamp_delta);
        let offset = zigzag_i32(self.offset_delta);
        if timestamp >= SHORT || u64::from(offset) >= SHORT || len.body >= SHORT / 2 {
            return false;
        }
        // The attributes are the byte 0 behind the length.
        let (length, taken) = short_varint(len.body << 1);
        put_word(out, length, taken + 1);
        let (timestamp, first) = short_varint(timestamp);
        let (offset, second) = short_varint(u64::from(offset));
        put_word(out, timestamp | offset << (8 * first), first + second);
        true
    }

    /// All before the key.
    #[cold]
    fn write_head(&self, len: RecordLen, out: &mut Vec<u8>) {
        put_u64(out, len.body << 1);
        out.push(0);
        put_u64(out, zigzag_i64(self.timestamp_delta));
        put_u32(out, zigzag_i32(self.offset_delta));
    }

    #[inline]
    fn write_rest(&self, out: &mut Vec<u8>) {
        put_nullable(out, self.key);
        put_nullable(out, self.value);
        if self.headers.is_empty() {
            return out.push(0);
        }
        put_len(out, self.headers.len());
        for header in self.headers {
            put_len(out, header.key.len());
            out.extend_from_slice(header.key.as_bytes());
            put_nullable(out, header.value);
        }
    }
}

/// What whole words may touch beyond the record.
const SLACK: u64 = 8;
/// Integers below it take at most four bytes.
const SHORT: u64 = 1 << 28;

/// The bytes of an integer below [`SHORT`], lowest first, and how many they are.
#[inline]
const fn short_varint(value: u64) -> (u64, usize) {
    let len = len_u64(value);
    let bits = value & 0x7f
        | (value & 0x3f80) << 1
        | (value & 0x001f_c000) << 2
        | (value & 0x0fe0_0000) << 3;
    // Every byte but the last says that another one follows.
    let more = 0x0080_8080 & ((1_u64 << (8 * (len - 1))) - 1);
    (bits | more, len)
}

/// Appends the lowest bytes of a word, so many of its eight.
#[inline]
fn put_word(out: &mut Vec<u8>, word: u64, len: usize) {
    let end = out.len() + len;
    out.extend_from_slice(&word.to_le_bytes());
    out.truncate(end);
}

#[inline]
fn put_len(out: &mut Vec<u8>, len: usize) {
    put_u64(out, (len as u64) << 1);
}

#[inline]
fn put_nullable(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        // −1.
        None => out.push(1),
        Some(bytes) => {
            put_len(out, bytes.len());
            out.extend_from_slice(bytes);
        }
    }
}

#[inline]
fn nullable_len(bytes: Option<&[u8]>) -> u64 {
    bytes.map_or(1, |bytes| piece_len(bytes.len()))
}

/// A length and so many bytes.
#[inline]
const fn piece_len(len: usize) -> u64 {
    len_u64((len as u64) << 1) as u64 + len as u64
}

#[inline]
fn headers_len(headers: &[Header<'_>]) -> u64 {
    if headers.is_empty() {
        return 1;
    }
    let each =
        headers.iter().map(|header| piece_len(header.key.len()) + nullable_len(header.value));
    len_u64((headers.len() as u64) << 1) as u64 + each.sum::<u64>()
}
