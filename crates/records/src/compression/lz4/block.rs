//! One LZ4 block: literals and repetitions, by the rules that the C library holds a block to.
//!
//! A block ends in literals, five of them at least, and its last repetition begins twelve bytes
//! before its end or earlier. Readers in C rely on that; a block that breaks it poisons a partition
//! for them, so it is no block here either.
#![deny(clippy::arithmetic_side_effects)]

use super::super::copy;
use super::super::decompress::DecompressErrorKind::{self, Malformed};

/// What follows literals that are not the last ones: an offset, a token, and the last literals.
const LEAST_BEHIND_LITERALS: usize = 2 + 1 + LAST_LITERALS;
/// So many bytes at the end are literals.
const LAST_LITERALS: usize = 5;
/// No repetition begins closer to the end of the longest block.
const REPETITION_LIMIT: usize = 12;
/// The shortest repetition.
const LEAST_REPETITION: usize = 4;
/// A length in a token that goes on in the bytes behind it.
const GOES_ON: usize = 15;

/// Decompresses a block into the front of the space: the length it took, or `None` when it is too
/// long for the space.
pub(super) fn decode(
    mut input: &[u8],
    block_max: usize,
    space: &mut [u8],
) -> Result<Option<usize>, DecompressErrorKind> {
    let mut len = 0_usize;
    loop {
        let (token, rest) = input.split_first().ok_or(CUT)?;
        let (literals, rest) = length(usize::from(token >> 4), rest)?;
        let behind = rest.len().checked_sub(literals).ok_or(CUT)?;
        let end = len.saturating_add(literals);
        if behind < LEAST_BEHIND_LITERALS || end > block_max.saturating_sub(REPETITION_LIMIT) {
            return match behind {
                0 if end <= block_max => Ok(copy::literals(space, len, rest, literals)),
                0 => Err(TOO_LONG),
                _ => Err(Malformed("an lz4 block that does not end in literals")),
            };
        }
        let Some(written) = copy::literals(space, len, rest, literals) else { return Ok(None) };
        let rest = rest.get(literals..).unwrap_or_default();
        let ([low, high], rest) = rest.split_first_chunk().ok_or(CUT)?;
        let distance = usize::from(u16::from_le_bytes([*low, *high]));
        let (more, rest) = length(usize::from(token & 0x0f), rest)?;
        let repeated = more.saturating_add(LEAST_REPETITION);
        if distance == 0 {
            return Err(Malformed("an lz4 repetition at no distance"));
        }
        if distance > written {
            return Err(Malformed("an lz4 repetition of what was never written"));
        }
        if written.saturating_add(repeated) > block_max.saturating_sub(LAST_LITERALS) {
            return Err(TOO_LONG);
        }
        if rest.len() < LAST_LITERALS.saturating_sub(1) {
            return Err(CUT);
        }
        match copy::repetition(space, written, distance, repeated) {
            Some(end) => len = end,
            None => return Ok(None),
        }
        input = rest;
    }
}

const CUT: DecompressErrorKind = Malformed("an lz4 block that ends too early");
const TOO_LONG: DecompressErrorKind = Malformed("an lz4 block above the frame's block size");

/// A length of which the token holds the beginning: it, and what follows.
#[inline]
fn length(token: usize, input: &[u8]) -> Result<(usize, &[u8]), DecompressErrorKind> {
    if token < GOES_ON { Ok((token, input)) } else { long_length(input) }
}

fn long_length(mut input: &[u8]) -> Result<(usize, &[u8]), DecompressErrorKind> {
    let mut length = GOES_ON;
    loop {
        let (byte, rest) = input.split_first().ok_or(CUT)?;
        length = length.saturating_add(usize::from(*byte));
        input = rest;
        if *byte < u8::MAX {
            return Ok((length, input));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(block: &[u8]) -> Result<Option<Vec<u8>>, DecompressErrorKind> {
        let mut space = [0; 200];
        Ok(decode(block, 100, &mut space)?.map(|len| space[..len].to_vec()))
    }

    #[test]
    fn literals_alone_are_a_block() {
        assert_eq!(read(&[0x30, b'a', b'b', b'c']), Ok(Some(b"abc".to_vec())));
        let long = [&[0xf0, 5][..], &[7; 20]].concat();
        assert_eq!(read(&long), Ok(Some(vec![7; 20])));
        assert_eq!(read(&[0x40, b'a', b'b', b'c']), Err(CUT));
    }

    #[test]
    fn a_repetition_stands_between_literals() {
        let block = [0x22, b'a', b'b', 2, 0, 0x50, 1, 2, 3, 4, 5];
        assert_eq!(read(&block), Ok(Some(b"abababab\x01\x02\x03\x04\x05".to_vec())));
        let long = [&[0x1f, b'a', 1, 0, 10, 0x50], &[9; 5][..]].concat();
        assert_eq!(read(&long), Ok(Some([vec![b'a'; 30], vec![9; 5]].concat())));
    }

    #[test]
    fn the_last_five_bytes_are_literals() {
        let four = [0x22, b'a', b'b', 2, 0, 0x40, 1, 2, 3, 4];
        let error = Malformed("an lz4 block that does not end in literals");
        assert_eq!(read(&four), Err(error));
        let long = |literals: usize| {
            let token = u8::try_from(literals).unwrap() << 4;
            [&[0x1f, b'a', 1, 0, 255, 0, token], vec![9; literals].as_slice()].concat()
        };
        let mut space = [0; 400];
        assert_eq!(decode(&long(2), 400, &mut space), Err(error));
        assert_eq!(decode(&long(5), 400, &mut space), Ok(Some(1 + 4 + 15 + 255 + 5)));
    }

    #[test]
    fn repetitions_reach_back_to_what_was_written() {
        for distance in [0, 3] {
            let block = [0x22, b'a', b'b', distance, 0, 0x50, 1, 2, 3, 4, 5];
            assert!(read(&block).is_err(), "{distance}");
        }
    }

    #[test]
    fn nothing_is_longer_than_the_frame_allows() {
        let literals = |count: u8| [&[0xf0, count - 15][..], &vec![7; usize::from(count)]].concat();
        assert_eq!(read(&literals(100)), Ok(Some(vec![7; 100])));
        assert_eq!(read(&literals(101)), Err(TOO_LONG));
        let repeated = |more: u8| [0x1f, b'a', 1, 0, more, 0x50, 1, 2, 3, 4, 5];
        // 1 + 4 + 15 + 75 leave room for five literals, and one more does not.
        assert_eq!(read(&repeated(75)).map(|all| all.map(|all| all.len())), Ok(Some(100)));
        assert_eq!(read(&repeated(76)), Err(TOO_LONG));
    }

    #[test]
    fn what_has_no_room_is_none() {
        let block = [0x22, b'a', b'b', 2, 0, 0x50, 1, 2, 3, 4, 5];
        for room in 0..13 {
            assert_eq!(decode(&block, 100, &mut vec![0; room]), Ok(None), "{room}");
        }
        assert_eq!(decode(&block, 100, &mut [0; 13]), Ok(Some(13)));
    }
}
