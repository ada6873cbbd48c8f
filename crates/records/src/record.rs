//! One record in its wire form: how long it is, and how it is written.

use klamm_wire::varint::{len_u64, zigzag_i32, zigzag_i64};

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

/// The most that a record takes beside its key, its value, its headers and their lengths.
const OVERHEAD: u64 = 5 + 1 + 10 + 5;

/// The most bytes that a batch of this one record takes before compression, known before its
/// deltas are: what a producer compares with its greatest request.
#[must_use]
pub fn upper_bound(key: Option<&[u8]>, value: Option<&[u8]>, headers: &[Header<'_>]) -> u64 {
    let fixed = crate::layout::HEADER_LEN as u64 + OVERHEAD;
    fixed + nullable_len(key) + nullable_len(value) + headers_len(headers)
}

impl Record<'_> {
    /// How many bytes it takes, the length before it included. Beyond an `i32` it cannot be
    /// written.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "no record is empty")]
    pub fn len(&self) -> u64 {
        let body = self.body_len();
        body + number_len(body << 1)
    }

    /// What the length before the record counts.
    #[inline]
    fn body_len(&self) -> u64 {
        let timestamp = number_len(zigzag_i64(self.timestamp_delta));
        let offset = number_len(u64::from(zigzag_i32(self.offset_delta)));
        let parts = nullable_len(self.key) + nullable_len(self.value) + headers_len(self.headers);
        1 + timestamp + offset + parts
    }

    /// Appends it. A record longer than an `i32` says cannot be read back.
    pub fn append_to(&self, out: &mut Vec<u8>) {
        let start = out.len();
        let len = usize::try_from(self.len()).unwrap_or(usize::MAX);
        out.resize(start.saturating_add(len), 0);
        self.write_exactly(out.get_mut(start..).unwrap_or_default());
    }

    /// Writes it into a place of exactly its length, part by part.
    pub(crate) fn write_exactly(&self, mut place: &mut [u8]) {
        let place = &mut place;
        put_number(place, self.body_len() << 1);
        // The attributes.
        put(place, &[0]);
        put_number(place, zigzag_i64(self.timestamp_delta));
        put_number(place, u64::from(zigzag_i32(self.offset_delta)));
        put_nullable(place, self.key);
        put_nullable(place, self.value);
        put_number(place, (self.headers.len() as u64) << 1);
        for header in self.headers {
            put_nullable(place, Some(header.key.as_bytes()));
            put_nullable(place, header.value);
        }
        debug_assert!(place.is_empty(), "a record of another length");
    }

    /// Writes it to the front of `out`: how many bytes it took. `None`, and nothing is written, if
    /// it is longer, or ends closer to the end of `out` than a window is wide.
    ///
    /// This is what every record passes through: integers go into windows of fixed width, so that
    /// no byte of them asks whether there is room for it.
    #[inline]
    pub(crate) fn write_quickly(&self, out: &mut [u8]) -> Option<usize> {
        let body = self.body_len();
        let total = body + number_len(body << 1);
        if (out.len() as u64) < total + WINDOW as u64 {
            return None;
        }
        let window = window(out, 0)?;
        let end = put_in(window, 0, body << 1);
        // The attributes.
        let end = put_in(window, end, 0);
        let end = put_in(window, end, zigzag_i64(self.timestamp_delta));
        let end = put_in(window, end, u64::from(zigzag_i32(self.offset_delta)));
        let end = put_piece(out, end, self.key)?;
        let end = put_piece(out, end, self.value)?;
        if self.headers.is_empty() {
            *out.get_mut(end)? = 0;
            return Some(end + 1);
        }
        put_headers(out, end, self.headers)
    }
}

/// Wide enough for the length, the attributes and both deltas: 5 + 1 + 10 + 5.
const WINDOW: usize = 32;

#[inline]
fn window(out: &mut [u8], start: usize) -> Option<&mut [u8; WINDOW]> {
    out.get_mut(start..)?.first_chunk_mut()
}

/// Writes an integer: where it ends.
#[inline]
fn put_in(window: &mut [u8; WINDOW], mut end: usize, mut value: u64) -> usize {
    while value >= 0x80 {
        put_byte(window, end, value | 0x80);
        value >>= 7;
        end += 1;
    }
    put_byte(window, end, value);
    end + 1
}

#[inline]
fn put_byte(window: &mut [u8; WINDOW], place: usize, value: u64) {
    let [low, ..] = value.to_le_bytes();
    // The mask changes nothing: it tells the compiler that the byte is there.
    if let Some(byte) = window.get_mut(place & (WINDOW - 1)) {
        *byte = low;
    }
}

/// Writes a length and as many bytes, or null: where they end.
#[inline]
fn put_piece(out: &mut [u8], start: usize, bytes: Option<&[u8]>) -> Option<usize> {
    let Some(bytes) = bytes else {
        *out.get_mut(start)? = 1;
        return Some(start + 1);
    };
    let start = start + put_in(window(out, start)?, 0, (bytes.len() as u64) << 1);
    let end = start + bytes.len();
    out.get_mut(start..end)?.copy_from_slice(bytes);
    Some(end)
}

fn put_headers(out: &mut [u8], start: usize, headers: &[Header<'_>]) -> Option<usize> {
    let mut end = start + put_in(window(out, start)?, 0, (headers.len() as u64) << 1);
    for header in headers {
        end = put_piece(out, end, Some(header.key.as_bytes()))?;
        end = put_piece(out, end, header.value)?;
    }
    Some(end)
}

fn put(place: &mut &mut [u8], bytes: &[u8]) {
    if let Some(front) = place.split_off_mut(..bytes.len()) {
        front.copy_from_slice(bytes);
    }
}

fn put_number(place: &mut &mut [u8], mut value: u64) {
    while value >= 0x80 {
        let [low, ..] = value.to_le_bytes();
        put(place, &[low | 0x80]);
        value >>= 7;
    }
    let [low, ..] = value.to_le_bytes();
    put(place, &[low]);
}

fn put_nullable(place: &mut &mut [u8], bytes: Option<&[u8]>) {
    let Some(bytes) = bytes else { return put(place, &[1]) };
    put_number(place, (bytes.len() as u64) << 1);
    put(place, bytes);
}

#[inline]
fn nullable_len(bytes: Option<&[u8]>) -> u64 {
    bytes.map_or(1, |bytes| piece_len(bytes.len()))
}

/// A length and so many bytes.
#[inline]
const fn piece_len(len: usize) -> u64 {
    number_len((len as u64) << 1) + len as u64
}

/// How many bytes an integer takes: most are small, and a guess is cheaper than a calculation.
#[inline]
const fn number_len(value: u64) -> u64 {
    match value {
        0..0x80 => 1,
        0x80..0x4000 => 2,
        _ => len_u64(value) as u64,
    }
}

#[inline]
fn headers_len(headers: &[Header<'_>]) -> u64 {
    if headers.is_empty() {
        return 1;
    }
    let each =
        headers.iter().map(|header| piece_len(header.key.len()) + nullable_len(header.value));
    number_len((headers.len() as u64) << 1) + each.sum::<u64>()
}
