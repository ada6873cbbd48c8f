//! Frames made by hand: each rule, and what happens when it is broken.

use super::{FrameDecoder, expected};
use crate::compression::DecompressErrorKind::{self, Checksum, Malformed, Truncated, Unsupported};

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// A window of one kilobyte, no content size.
const SMALL_WINDOW: [u8; 2] = [0x00, 0x00];
/// Stored, the last one, three bytes.
const STORED_ABC: [u8; 6] = [0x19, 0, 0, b'a', b'b', b'c'];

fn frame(parts: &[&[u8]]) -> Vec<u8> {
    [&[&MAGIC[..]], parts].concat().concat()
}

/// What comes out when there is room for a hundred bytes.
fn read(input: &[u8]) -> Result<Option<Vec<u8>>, DecompressErrorKind> {
    let mut output = [0; 100];
    let len = FrameDecoder::default().decompress(input, &mut output)?;
    Ok(len.map(|len| output[..len].to_vec()))
}

#[test]
fn stored_and_repeated_blocks_follow_one_another() {
    let repeated = [0x03 | 20 << 3, 0, 0, b'x'];
    let stored = [0x18, 0, 0, b'a', b'b', b'c'];
    let input = frame(&[&SMALL_WINDOW, &stored, &repeated]);
    assert_eq!(read(&input), Ok(Some([b"abc".as_slice(), &[b'x'; 20]].concat())));
    assert_eq!(expected(&input), 23);
}

#[test]
fn literals_and_a_repetition_make_a_block() {
    // Three stored literals; one sequence of three literals and seven bytes at distance three: the
    // classes are each told by a byte, and the mark stands above four bits of the offset 6.
    let block = [0x18, b'a', b'b', b'c', 1, 0b0101_0100, 3, 2, 4, 0b0000_0110];
    let head = [0x05 | 10 << 3, 0, 0];
    let input = frame(&[&SMALL_WINDOW, &head, &block]);
    assert_eq!(read(&input), Ok(Some(b"abcabcabca".to_vec())));
    let far = [&block[..9], &[0b0000_0111]].concat();
    let input = frame(&[&SMALL_WINDOW, &head, &far]);
    assert!(matches!(read(&input), Err(Malformed("a repetition of what was never written"))));
}

#[test]
fn what_has_no_room_is_not_written() {
    let input = frame(&[&SMALL_WINDOW, &STORED_ABC]);
    let mut output = [0; 2];
    assert_eq!(FrameDecoder::default().decompress(&input, &mut output), Ok(None));
    let mut output = [0; 3];
    assert_eq!(FrameDecoder::default().decompress(&input, &mut output), Ok(Some(3)));
}

#[test]
fn frames_follow_one_another_and_skippable_ones_are_skipped() {
    let one = frame(&[&SMALL_WINDOW, &STORED_ABC]);
    let skippable = [0x5f, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9];
    let input = [&skippable, one.as_slice(), &skippable, &one].concat();
    assert_eq!(read(&input), Ok(Some(b"abcabc".to_vec())));
    assert!(matches!(read(&[one.as_slice(), b"junk!"].concat()), Err(Malformed(_))));
    assert_eq!(read(&[one.as_slice(), b"ju"].concat()), Err(Truncated));
    assert_eq!(read(&[]), Err(Truncated));
}

#[test]
fn every_prefix_is_truncated() {
    let block = [0x18, b'a', b'b', b'c', 1, 0b0101_0100, 3, 2, 4, 0b0000_0110];
    let head = [0x05 | 10 << 3, 0, 0];
    for input in [frame(&[&SMALL_WINDOW, &head, &block]), frame(&[&[0x20, 3], &STORED_ABC])] {
        assert!(matches!(read(&input), Ok(Some(_))));
        for len in 0..input.len() {
            assert_eq!(read(&input[..len]), Err(Truncated), "{len}");
        }
    }
}

#[test]
fn no_more_is_expected_than_the_blocks_can_hold() {
    let claim = [0x80, 0x00, 0, 0, 0, 1];
    assert_eq!(expected(&frame(&[&claim, &STORED_ABC])), 3);
    let one = frame(&[&[0x24, 3], &STORED_ABC, &[0; 4]]);
    let skippable = [0x5f, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9];
    assert_eq!(expected(&[one.as_slice(), &skippable, &one].concat()), 6);
    assert_eq!(expected(&one[..8]), 0);
}

#[test]
fn codes_and_tables_end_with_their_frame() {
    // A block that repeats the tables of the block before: there is one only within a frame.
    let fresh = [0x18, b'a', b'b', b'c', 1, 0b0101_0100, 3, 2, 4, 0b0000_0110];
    let again = [0x18, b'a', b'b', b'c', 1, 0b1111_1100, 0b0000_0110];
    let head = |len: u8, is_last: u8| [0x04 | is_last | len << 3, 0, 0];
    let (first, second) = ([&head(10, 0)[..], &fresh].concat(), [&head(7, 1)[..], &again].concat());
    let input = frame(&[&SMALL_WINDOW, &first, &second]);
    assert_eq!(read(&input), Ok(Some(b"abcabcabcaabcabcabca".to_vec())));
    let own = frame(&[&SMALL_WINDOW, &head(10, 1), &fresh]);
    let input = [own, frame(&[&SMALL_WINDOW, &second])].concat();
    assert_eq!(read(&input), Err(Malformed("tables of a block that had none")));
}

#[test]
fn a_claimed_length_and_a_checksum_are_compared() {
    assert_eq!(read(&frame(&[&[0x20, 3], &STORED_ABC])), Ok(Some(b"abc".to_vec())));
    assert!(matches!(read(&frame(&[&[0x20, 4], &STORED_ABC])), Err(Malformed(_))));
    let checksum = 0x44bc_2cf5_ad77_0999_u64.to_le_bytes();
    let input = frame(&[&[0x04, 0x00], &STORED_ABC, &checksum[..4]]);
    assert_eq!(read(&input), Ok(Some(b"abc".to_vec())));
    let input = frame(&[&[0x04, 0x00], &STORED_ABC, &[0; 4]]);
    assert_eq!(read(&input), Err(Checksum));
}

#[test]
fn nobody_may_send_dictionaries_huge_windows_or_reserved_bits() {
    let head = |bytes: &[u8]| read(&frame(&[bytes, &STORED_ABC]));
    assert_eq!(head(&[0x01, 0x00, 7]), Err(Unsupported("a dictionary")));
    assert_eq!(head(&[0x01, 0x00, 0]), Ok(Some(b"abc".to_vec())));
    assert_eq!(head(&[0x00, 17 << 3]), Ok(Some(b"abc".to_vec())));
    assert!(matches!(head(&[0x00, 17 << 3 | 1]), Err(Unsupported(_))));
    assert!(matches!(head(&[0x08, 0x00]), Err(Malformed(_))));
    let reserved = frame(&[&SMALL_WINDOW, &[0x1f, 0, 0, b'a', b'b', b'c']]);
    assert!(matches!(read(&reserved), Err(Malformed("a block of a reserved kind"))));
}

#[test]
fn a_block_is_no_longer_than_the_window() {
    let long = [0x03 | (1_025_u32 << 3).to_le_bytes()[0], (1_025_u32 << 3).to_le_bytes()[1], 0, 7];
    assert!(matches!(read(&frame(&[&SMALL_WINDOW, &long])), Err(Malformed(_))));
    // A length that the frame claims is its window.
    let own = [0x03 | 4 << 3, 0, 0, 7];
    assert!(matches!(read(&frame(&[&[0x20, 3], &own])), Err(Malformed(_))));
}
