//! Gzip: members, and everything that a header may hold.

#[cfg(test)]
mod tests {
    use klamm_records::Codec;
    use klamm_records::compression::DecompressErrorKind::{
        self, Checksum, Malformed, Truncated, Unsupported,
    };

    use crate::support::{compressed, text};

    /// "abc" stored, with its checksum and its length.
    const ABC: [u8; 16] =
        [1, 3, 0, 0xfc, 0xff, b'a', b'b', b'c', 0xc2, 0x41, 0x24, 0x35, 3, 0, 0, 0];

    fn read(input: &[u8]) -> Result<Vec<u8>, DecompressErrorKind> {
        crate::support::read(Codec::Gzip, input)
    }

    /// A header with these flags, what they announce, and "abc".
    fn member(flags: u8, fields: &[u8]) -> Vec<u8> {
        let header = [0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 3];
        [&header, fields, &ABC].concat()
    }

    #[test]
    fn the_header_is_that_of_java() {
        let stream = compressed(Codec::Gzip, b"abc");
        assert_eq!(stream[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
    }

    #[test]
    fn all_fields_of_a_header_are_passed_over() {
        let abc = Ok(b"abc".to_vec());
        assert_eq!(read(&member(0, b"")), abc);
        assert_eq!(read(&member(1, b"")), abc);
        assert_eq!(read(&member(4, b"\x02\x00xy")), abc);
        assert_eq!(read(&member(8, b"name\0")), abc);
        assert_eq!(read(&member(16, b"\0")), abc);
        assert_eq!(read(&member(4 | 8 | 16, b"\x00\x00n\0c\0")), abc);
    }

    #[test]
    fn a_checksum_of_the_header_is_compared() {
        let header = [0x1f, 0x8b, 8, 2, 1, 2, 3, 4, 0, 3];
        let crc = {
            let table = |byte: u32| (0..8).fold(byte, |c, _| (c >> 1) ^ (0xedb8_8320 * (c & 1)));
            let step = |c: u32, byte: &u8| table((c ^ u32::from(*byte)) & 0xff) ^ (c >> 8);
            !header.iter().fold(u32::MAX, step)
        };
        let [low, high, ..] = crc.to_le_bytes();
        assert_eq!(read(&member(2, &[low, high])), Ok(b"abc".to_vec()));
        assert_eq!(read(&member(2, &[low, high ^ 1])), Err(Checksum));
    }

    #[test]
    fn members_follow_one_another_and_junk_behind_them_is_ignored() {
        let two = [compressed(Codec::Gzip, b"one "), member(8, b"n\0")].concat();
        assert_eq!(read(&two), Ok(b"one abc".to_vec()));
        for junk in [&[9_u8][..], &[9; 7], &[9; 100], &[0x1f, 0x8b, 8]] {
            assert_eq!(read(&[&two, junk].concat()), Ok(b"one abc".to_vec()));
        }
    }

    #[test]
    fn a_second_member_that_begins_must_be_right() {
        let mut two = [member(0, b""), member(0, b"")].concat();
        assert_eq!(read(&two), Ok(b"abcabc".to_vec()));
        let last = two.len() - 1;
        two[last] = 1;
        assert_eq!(read(&two), Err(Checksum));
        assert_eq!(read(&two[..last]), Err(Truncated));
    }

    #[test]
    fn checksum_and_length_of_the_content_are_compared() {
        for place in 0..8 {
            let mut stream = compressed(Codec::Gzip, &text(1_000));
            let at = stream.len() - 1 - place;
            stream[at] ^= 0x10;
            assert_eq!(read(&stream), Err(Checksum), "byte {place} from the end");
        }
    }

    #[test]
    fn other_methods_reserved_flags_and_other_formats_are_refused() {
        let mut stream = member(0, b"");
        stream[2] = 7;
        assert!(matches!(read(&stream), Err(Unsupported(_))));
        assert!(matches!(read(&member(0x20, b"")), Err(Malformed(_))));
        assert!(matches!(read(b"PK\x03\x04 and so on"), Err(Malformed(_))));
        assert!(matches!(read(&[0x78, 0x9c, 3, 0, 0, 0, 0, 1, 0, 0, 0]), Err(Malformed(_))));
        let mut stream = member(0, b"");
        stream[10] = 7;
        assert!(matches!(read(&stream), Err(Malformed(_))));
    }

    #[test]
    fn a_length_that_claims_less_than_there_is_costs_only_time() {
        let long = compressed(Codec::Gzip, &text(100_000));
        let short = compressed(Codec::Gzip, b"short");
        let both = [long, short].concat();
        assert_eq!(read(&both), Ok([text(100_000), b"short".to_vec()].concat()));
    }
}
