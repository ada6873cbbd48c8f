//! Snappy: the framing of the xerial library, and none.

#[cfg(test)]
mod tests {
    use klamm_records::Codec;
    use klamm_records::compression::DecompressErrorKind::{self, Malformed, OverCap, Truncated};

    use crate::support::{compressed, decompressed, noise, text};

    const HEADER: [u8; 16] = *b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01";
    /// "abc" as one literal.
    const ABC: [u8; 5] = [3, 0b1000, b'a', b'b', b'c'];

    fn read(input: &[u8]) -> Result<Vec<u8>, DecompressErrorKind> {
        crate::support::read(Codec::Snappy, input)
    }

    fn framed(blocks: &[&[u8]]) -> Vec<u8> {
        let mut stream = HEADER.to_vec();
        for block in blocks {
            stream.extend(u32::try_from(block.len()).unwrap().to_be_bytes());
            stream.extend_from_slice(block);
        }
        stream
    }

    #[test]
    fn blocks_of_32_kib_are_written_behind_the_header_of_java() {
        let stream = compressed(Codec::Snappy, &noise(40_000));
        assert_eq!(stream[..16], HEADER);
        let first = u32::from_be_bytes(stream[16..20].try_into().unwrap()) as usize;
        // 32 768 and 7 232 as varints.
        assert_eq!(stream[20..23], [0x80, 0x80, 0x02]);
        assert_eq!(stream[20 + first + 4..][..2], [0xc0, 0x38]);
    }

    #[test]
    fn a_block_without_framing_is_read() {
        assert_eq!(read(&ABC), Ok(b"abc".to_vec()));
        assert_eq!(read(&[0]), Ok(Vec::new()));
        let framed = compressed(Codec::Snappy, &text(5_000));
        assert_eq!(read(&framed[20..]), Ok(text(5_000)));
    }

    #[test]
    fn the_versions_are_not_looked_at() {
        for versions in [[1, 0, 0, 0, 1, 0, 0, 0], [0; 8], [0xff; 8]] {
            let mut stream = framed(&[&ABC]);
            stream[8..16].copy_from_slice(&versions);
            assert_eq!(read(&stream), Ok(b"abc".to_vec()));
        }
    }

    #[test]
    fn streams_follow_one_another() {
        let two = [framed(&[&ABC]), framed(&[&ABC, &ABC])].concat();
        assert_eq!(read(&two), Ok(b"abcabcabc".to_vec()));
        assert_eq!(read(&framed(&[])), Ok(Vec::new()));
    }

    #[test]
    fn one_large_block_is_read() {
        let stream = compressed(Codec::Snappy, &noise(30_000));
        let repeated = [&stream[..], &stream[16..], &stream[16..]].concat();
        assert_eq!(read(&repeated), Ok(noise(30_000).repeat(3)));
    }

    #[test]
    fn junk_behind_the_blocks_is_refused() {
        let good = framed(&[&ABC]);
        for junk in [&[7_u8][..], &[7; 3], &[7; 4], &[7; 7], &[0x7f; 12]] {
            assert_eq!(read(&[&good, junk].concat()), Err(Truncated), "{junk:?}");
        }
        assert!(matches!(read(&[&good, &[0xff; 7][..]].concat()), Err(Malformed(_))));
        assert!(matches!(read(&[&good, &[0; 4][..]].concat()), Err(Malformed(_))));
        assert!(matches!(read(&framed(&[&[&ABC[..], &[1]].concat()])), Err(Malformed(_))));
    }

    #[test]
    fn the_framing_of_the_other_kind_is_refused() {
        let stream = b"\xff\x06\0\0sNaPpY\x01\x07\0\0\xaa\xbb\xcc\xddabc";
        assert!(matches!(read(stream), Err(Malformed(_))));
    }

    #[test]
    fn a_block_that_claims_more_than_it_can_give_is_refused_before_anything_is_allocated() {
        for claim in [[0xff, 0xff, 0xff, 0xff, 0x0f], [0x80, 0x80, 0x80, 0x80, 0x04]] {
            let block = [&claim[..], &[0b1000, b'a', b'b', b'c']].concat();
            assert!(matches!(read(&block), Err(Malformed(_))));
            assert!(matches!(read(&framed(&[&block])), Err(Malformed(_))));
        }
        assert!(matches!(read(&[0xff; 12]), Err(Malformed(_))));
        let other = [4, 0b1000, b'a', b'b', b'c'];
        assert!(matches!(read(&other), Err(Malformed(_))));
    }

    #[test]
    fn the_sum_of_the_blocks_is_held_against_the_cap() {
        let stream = framed(&[&ABC[..]; 4]);
        assert_eq!(decompressed(Codec::Snappy, &stream, 12).map(|all| all.len()), Ok(12));
        assert_eq!(decompressed(Codec::Snappy, &stream, 11), Err(OverCap { cap: 11 }));
    }
}
