//! Variable-length integers: seven bits per byte, least significant first, zigzag where signed.

#![deny(clippy::arithmetic_side_effects)]

use std::fmt;

/// Why no integer could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VarintFault {
    /// The input ends before the integer does.
    Truncated,
    /// The integer has too many bytes, or bits that its type cannot hold.
    TooLong,
}

impl fmt::Display for VarintFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the input ends inside a variable-length integer",
            Self::TooLong => "the variable-length integer does not fit its type",
        })
    }
}

impl std::error::Error for VarintFault {}

/// The most bytes that a 32-bit integer takes.
const MAX_32: usize = 5;
/// The most bytes that a 64-bit integer takes.
const MAX_64: usize = 10;

/// Reads an unsigned 32-bit integer from the front: `(the value, the rest)`.
///
/// More bytes than needed are accepted (peers write them), up to five.
///
/// # Errors
/// When the input ends too early, or five bytes hold more than 32 bits.
#[inline]
pub fn read_u32(input: &[u8]) -> Result<(u32, &[u8]), VarintFault> {
    match input {
        [byte, rest @ ..] if *byte < 0x80 => Ok((u32::from(*byte), rest)),
        _ => read_long_u32(input),
    }
}

/// Reads an unsigned 64-bit integer from the front: `(the value, the rest)`.
///
/// # Errors
/// When the input ends too early, or ten bytes hold more than 64 bits.
#[inline]
pub fn read_u64(input: &[u8]) -> Result<(u64, &[u8]), VarintFault> {
    match input {
        [byte, rest @ ..] if *byte < 0x80 => Ok((u64::from(*byte), rest)),
        _ => read_long_u64(input),
    }
}

/// Two bytes and more. Answers in registers: what it returned through memory would be waited for
/// longer than the reading takes.
fn read_long_u32(input: &[u8]) -> Result<(u32, &[u8]), VarintFault> {
    let (value, len) = long_u32(input);
    match input.split_at_checked(len) {
        Some((_, rest)) if len > 0 => Ok((value, rest)),
        Some(_) | None => Err(long_fault(input)),
    }
}

/// As [`read_u32`], in registers: the value and its length, both 0 when something is wrong.
#[inline(always)]
pub(crate) fn short_u32(input: &[u8]) -> (u32, usize) {
    match input {
        [byte, ..] if *byte < 0x80 => (u32::from(*byte), 1),
        _ => long_u32(input),
    }
}

/// The value and its length, which is 0 when something is wrong.
#[inline(never)]
fn long_u32(input: &[u8]) -> (u32, usize) {
    let part = |byte: &u8, index: u32| u32::from(byte & 0x7f) << index.saturating_mul(7);
    match input {
        [a, b, ..] if *b < 0x80 => (part(a, 0) | part(b, 1), 2),
        [a, b, c, ..] if *c < 0x80 => (part(a, 0) | part(b, 1) | part(c, 2), 3),
        [a, b, c, d, ..] if *d < 0x80 => (part(a, 0) | part(b, 1) | part(c, 2) | part(d, 3), 4),
        [a, b, c, d, e, ..] if *e < 0x10 => {
            (part(a, 0) | part(b, 1) | part(c, 2) | part(d, 3) | part(e, 4), 5)
        }
        _ => (0, 0),
    }
}

#[cold]
#[inline(never)]
fn long_fault(input: &[u8]) -> VarintFault {
    let all_continue = input.iter().take(MAX_32).all(|byte| *byte >= 0x80);
    if input.len() < MAX_32 && all_continue { VarintFault::Truncated } else { VarintFault::TooLong }
}

#[inline(never)]
fn read_long_u64(input: &[u8]) -> Result<(u64, &[u8]), VarintFault> {
    let mut bytes = input.iter();
    let mut value = 0_u64;
    for shift in (0..MAX_64).map(|i| i.saturating_mul(7)) {
        let byte = bytes.next().ok_or(VarintFault::Truncated)?;
        let bits = u64::from(byte & 0x7f);
        // The tenth byte has room for one bit.
        if (bits << shift) >> shift != bits {
            return Err(VarintFault::TooLong);
        }
        value |= bits << shift;
        if *byte < 0x80 {
            return Ok((value, bytes.as_slice()));
        }
    }
    Err(VarintFault::TooLong)
}

/// Appends an unsigned 32-bit integer in its shortest form.
#[inline]
pub fn put_u32(out: &mut Vec<u8>, value: u32) {
    put_u64(out, u64::from(value));
}

/// Appends an unsigned 64-bit integer in its shortest form.
#[inline]
pub fn put_u64(out: &mut Vec<u8>, value: u64) {
    match u8::try_from(value) {
        Ok(byte) if byte < 0x80 => out.push(byte),
        Ok(_) | Err(_) => put_long(out, value),
    }
}

#[inline(never)]
fn put_long(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        let [low, ..] = value.to_le_bytes();
        out.push(low | 0x80);
        value >>= 7;
    }
    let [low, ..] = value.to_le_bytes();
    out.push(low);
}

/// How many bytes [`put_u32`] writes.
#[inline]
#[must_use]
pub const fn len_u32(value: u32) -> usize {
    len_u64(value as u64)
}

/// How many bytes [`put_u64`] writes.
#[inline]
#[must_use]
pub const fn len_u64(value: u64) -> usize {
    (value | 1).ilog2().saturating_add(7).div_euclid(7) as usize
}

/// Maps a signed integer to an unsigned one, so that small magnitudes stay short.
#[inline]
#[must_use]
pub const fn zigzag_i32(value: i32) -> u32 {
    ((value << 1) ^ (value >> 31)).cast_unsigned()
}

/// The inverse of [`zigzag_i32`].
#[inline]
#[must_use]
pub const fn unzigzag_u32(value: u32) -> i32 {
    (value >> 1).cast_signed() ^ (value & 1).cast_signed().wrapping_neg()
}

/// Maps a signed integer to an unsigned one, so that small magnitudes stay short.
#[inline]
#[must_use]
pub const fn zigzag_i64(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

/// The inverse of [`zigzag_i64`].
#[inline]
#[must_use]
pub const fn unzigzag_u64(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ (value & 1).cast_signed().wrapping_neg()
}
