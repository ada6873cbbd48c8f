//! Zstd: frames by hand; the decoder's own tests go into its blocks.

#[cfg(test)]
mod tests {
    use klamm_records::Codec;
    use klamm_records::compression::DecompressErrorKind::{
        self, Checksum, Malformed, OverCap, Truncated, Unsupported,
    };

    use crate::support::{compressed, decompressed, text};

    const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
    /// No content size, a window of 1 KiB.
    const NO_SIZE: [u8; 2] = [0, 0];
    /// "abc" as it is, in a last block.
    const ABC: [u8; 6] = [0x19, 0, 0, b'a', b'b', b'c'];
    const SKIPPED: [u8; 10] = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2];

    fn read(input: &[u8]) -> Result<Vec<u8>, DecompressErrorKind> {
        crate::support::read(Codec::Zstd, input)
    }

    fn frame(parts: &[&[u8]]) -> Vec<u8> {
        [&MAGIC[..], &parts.concat()].concat()
    }

    #[test]
    fn one_frame_without_a_checksum_is_written() {
        let stream = compressed(Codec::Zstd, &text(1_000));
        assert_eq!(stream[..4], MAGIC);
        // Neither checksum nor dictionary.
        assert_eq!(stream[4] & 0b111, 0);
    }

    #[test]
    fn a_frame_without_a_content_size_is_read() {
        assert_eq!(read(&frame(&[&NO_SIZE, &ABC])), Ok(b"abc".to_vec()));
    }

    #[test]
    fn frames_follow_one_another_and_skippable_ones_are_passed_over() {
        let one = frame(&[&NO_SIZE, &ABC]);
        let all = [&SKIPPED[..], &one, &SKIPPED, &one, &SKIPPED].concat();
        assert_eq!(read(&all), Ok(b"abcabc".to_vec()));
        assert_eq!(read(&SKIPPED), Ok(Vec::new()));
        assert_eq!(read(&SKIPPED[..9]), Err(Truncated));
    }

    #[test]
    fn junk_behind_a_frame_is_refused() {
        let one = frame(&[&NO_SIZE, &ABC]);
        for junk in [&[7_u8][..], &[7; 4], &[7; 7], &MAGIC] {
            assert!(read(&[&one, junk].concat()).is_err(), "{junk:?}");
        }
    }

    #[test]
    fn the_checksum_of_the_content_is_compared() {
        // The low half of XXH64("abc").
        let right = 0xad77_0999_u32.to_le_bytes();
        assert_eq!(read(&frame(&[&[4, 0], &ABC, &right])), Ok(b"abc".to_vec()));
        assert_eq!(read(&frame(&[&[4, 0], &ABC, &[9; 4]])), Err(Checksum));
        let cut = read(&frame(&[&[4, 0], &ABC, &right[..3]]));
        assert!(matches!(cut, Err(Truncated | Checksum)), "{cut:?}");
    }

    #[test]
    fn a_content_size_must_be_that_of_the_content() {
        assert_eq!(read(&frame(&[&[0x20, 3], &ABC])), Ok(b"abc".to_vec()));
        assert!(read(&frame(&[&[0x20, 4], &ABC])).is_err());
        assert!(read(&frame(&[&[0x20, 2], &ABC])).is_err());
    }

    #[test]
    fn a_window_of_128_mebibytes_is_the_largest() {
        assert_eq!(read(&frame(&[&[0, 17 << 3], &ABC])), Ok(b"abc".to_vec()));
        assert!(matches!(read(&frame(&[&[0, 17 << 3 | 1], &ABC])), Err(Unsupported(_))));
    }

    #[test]
    fn dictionaries_and_reserved_bits_are_refused() {
        assert!(matches!(read(&frame(&[&[1, 0, 5], &ABC])), Err(Unsupported(_))));
        assert!(read(&frame(&[&[8, 0], &ABC])).is_err());
        assert!(matches!(read(&frame(&[&NO_SIZE, &[0x1f, 0, 0, 1, 2, 3]])), Err(Malformed(_))));
        assert!(matches!(read(b"\x27\xb5\x2f\xfd older"), Err(Malformed(_))));
    }

    #[cfg(not(feature = "zstd-c"))]
    #[test]
    fn a_window_above_128_mib_is_refused() {
        assert_eq!(read(&frame(&[&[0, 17 << 3], &ABC])), Ok(b"abc".to_vec()));
        assert!(matches!(read(&frame(&[&[0, 17 << 3 | 1], &ABC])), Err(Unsupported(_))));
        assert!(matches!(read(&frame(&[&[0, 31 << 3], &ABC])), Err(Unsupported(_))));
    }

    #[test]
    fn repeated_bytes_are_held_against_the_cap() {
        let repeated = [0x02, 0, 0x10, b'x'];
        let last = [0x03, 0, 0x10, b'x'];
        let stream = frame(&[&[0, 7 << 3], &repeated, &last]);
        let len = 2 * 131_072;
        assert_eq!(decompressed(Codec::Zstd, &stream, len).map(|all| all.len()), Ok(len));
        let over = decompressed(Codec::Zstd, &stream, len - 1);
        assert_eq!(over, Err(OverCap { cap: len - 1 }));
    }
}
