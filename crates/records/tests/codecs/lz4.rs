//! LZ4: what Java's reader takes of the frame format, and what it refuses.

#[cfg(test)]
mod tests {
    use klamm_records::Codec;
    use klamm_records::compression::DecompressErrorKind::{
        self, Checksum, Malformed, OverCap, Truncated, Unsupported,
    };

    use crate::support::{compressed, decompressed, noise, text};

    /// Magic number, version 1, independent blocks of 64 KiB, checksum.
    const HEADER: [u8; 7] = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82];
    /// "abc" stored.
    const ABC: [u8; 7] = [3, 0, 0, 0x80, b'a', b'b', b'c'];
    const END: [u8; 4] = [0; 4];

    fn read(input: &[u8]) -> Result<Vec<u8>, DecompressErrorKind> {
        crate::support::read(Codec::Lz4, input)
    }

    /// A frame with this descriptor and its checksum.
    fn frame(descriptor: &[u8], rest: &[&[u8]]) -> Vec<u8> {
        let checksum = xxh32(descriptor).to_le_bytes()[1];
        [&HEADER[..4], descriptor, &[checksum], &rest.concat()].concat()
    }

    /// XXH32 of less than 16 bytes, by its definition.
    fn xxh32(bytes: &[u8]) -> u32 {
        let mut sum = 0x1656_67b1_u32.wrapping_add(u32::try_from(bytes.len()).unwrap());
        let mut words = bytes.chunks_exact(4);
        for word in words.by_ref() {
            let word = u32::from_le_bytes(word.try_into().unwrap());
            sum = sum.wrapping_add(word.wrapping_mul(0xc2b2_ae3d));
            sum = sum.rotate_left(17).wrapping_mul(0x27d4_eb2f);
        }
        for byte in words.remainder() {
            sum = sum.wrapping_add(u32::from(*byte).wrapping_mul(0x1656_67b1));
            sum = sum.rotate_left(11).wrapping_mul(0x9e37_79b1);
        }
        sum = (sum ^ (sum >> 15)).wrapping_mul(0x85eb_ca77);
        sum = (sum ^ (sum >> 13)).wrapping_mul(0xc2b2_ae3d);
        sum ^ (sum >> 16)
    }

    #[test]
    fn a_frame_begins_as_java_begins_it() {
        let stream = compressed(Codec::Lz4, &text(1_000));
        assert_eq!(stream[..7], HEADER);
        assert_eq!(stream[stream.len() - 4..], END);
    }

    #[test]
    fn what_does_not_compress_is_stored_in_blocks_of_64_kib() {
        let input = noise(70_000);
        let stream = compressed(Codec::Lz4, &input);
        assert_eq!(stream[7..11], 0x8001_0000_u32.to_le_bytes());
        assert_eq!(stream.len(), 7 + 4 + 65_536 + 4 + 4_464 + 4);
        assert_eq!(read(&stream), Ok(input));
    }

    #[test]
    fn the_checksum_of_the_header_is_compared() {
        assert_eq!(read(&frame(&[0x60, 0x40], &[&ABC, &END])), Ok(b"abc".to_vec()));
        let mut stream = frame(&[0x60, 0x40], &[&ABC, &END]);
        stream[6] ^= 1;
        assert_eq!(read(&stream), Err(Checksum));
    }

    #[test]
    fn a_content_size_is_read_and_not_believed() {
        for size in [0, 3, 4, u64::MAX] {
            let descriptor = [&[0x68, 0x40][..], &size.to_le_bytes()].concat();
            assert_eq!(read(&frame(&descriptor, &[&ABC, &END])), Ok(b"abc".to_vec()));
        }
    }

    #[test]
    fn checksums_of_blocks_are_compared_and_that_of_the_content_is_not() {
        let right = xxh32(b"abc").to_le_bytes();
        let good = frame(&[0x70, 0x40], &[&ABC, &right, &END]);
        assert_eq!(read(&good), Ok(b"abc".to_vec()));
        assert_eq!(read(&frame(&[0x70, 0x40], &[&ABC, &[1; 4], &END])), Err(Checksum));
        let any = frame(&[0x64, 0x40], &[&ABC, &END, &[1; 4]]);
        assert_eq!(read(&any), Ok(b"abc".to_vec()));
        assert_eq!(read(&any[..any.len() - 1]), Err(Truncated));
    }

    #[test]
    fn what_stands_behind_the_end_mark_is_ignored() {
        let one = frame(&[0x60, 0x40], &[&ABC, &END]);
        assert_eq!(read(&[one.as_slice(), b"junk"].concat()), Ok(b"abc".to_vec()));
        assert_eq!(read(&one.repeat(2)), Ok(b"abc".to_vec()));
        let other_mark = frame(&[0x60, 0x40], &[&ABC, &[0, 0, 0, 0x80]]);
        assert_eq!(read(&other_mark), Ok(b"abc".to_vec()));
    }

    #[test]
    fn versions_dictionaries_and_reserved_bits_are_refused() {
        for flags in [0x20, 0xa0, 0xe0, 0x61, 0x62] {
            let stream = frame(&[flags, 0x40], &[&ABC, &END]);
            assert!(matches!(read(&stream), Err(Unsupported(_))), "{flags:#x}");
        }
        for block in [0x00, 0x30, 0x41, 0x48, 0x80, 0xc0, 0xf0] {
            let stream = frame(&[0x60, block], &[&ABC, &END]);
            assert!(matches!(read(&stream), Err(Unsupported(_))), "{block:#x}");
        }
        assert!(matches!(read(b"\x02\x21\x4c\x18 legacy"), Err(Malformed(_))));
    }

    #[test]
    fn blocks_that_depend_on_each_other_are_refused() {
        let stream = frame(&[0x40, 0x40], &[&ABC, &END]);
        assert!(matches!(read(&stream), Err(Unsupported("lz4 blocks that depend on each other"))));
        // A match may not reach into the block before, whatever the header says.
        let reaching = [4, 0, 0, 0, 0x10, b'x', 2, 0];
        let stream = frame(&[0x60, 0x40], &[&ABC, &reaching, &END]);
        assert!(matches!(read(&stream), Err(Malformed(_))));
    }

    #[test]
    fn all_block_sizes_are_read_and_bind() {
        for (block, size) in [(0x40, 16), (0x50, 18), (0x60, 20), (0x70, 22)] {
            let size = 1_usize << size;
            let len = u32::try_from(size).unwrap() | 1 << 31;
            let bytes = vec![b'x'; size];
            let stream = frame(&[0x60, block], &[&len.to_le_bytes(), &bytes, &END]);
            assert_eq!(decompressed(Codec::Lz4, &stream, size).as_ref(), Ok(&bytes));
            let len = (len + 1).to_le_bytes();
            let stream = frame(&[0x60, block], &[&len, &bytes, b"x", &END]);
            assert!(matches!(decompressed(Codec::Lz4, &stream, 2 * size), Err(Malformed(_))));
        }
    }

    #[test]
    fn a_block_that_gives_more_than_its_size_is_refused() {
        // One literal, and a match of 15 + 4 + 255 · 257 + 1 bytes.
        let long = [&[0x1f, b'x', 1, 0][..], &[255; 257], &[1, 0x50], b"yyyyy"].concat();
        let len = u32::try_from(long.len()).unwrap().to_le_bytes();
        let small = frame(&[0x60, 0x40], &[&len, &long, &END]);
        assert!(matches!(read(&small), Err(Malformed(_))));
        let large = frame(&[0x60, 0x50], &[&len, &long, &END]);
        assert_eq!(read(&large).map(|all| all.len()), Ok(1 + 65_555 + 5));
        let capped = decompressed(Codec::Lz4, &large, 65_000);
        assert_eq!(capped, Err(OverCap { cap: 65_000 }));
    }
}
