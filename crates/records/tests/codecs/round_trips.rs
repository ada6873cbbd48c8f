//! What is compressed comes back.

#[cfg(test)]
mod tests {
    use klamm_records::compression::{CompressError, DecompressErrorKind};
    use klamm_records::{Codec, Compression, Compressors, Decompressors};
    use proptest::prelude::*;

    use crate::support::{CAP, CODECS, compressed, noise, read, text};

    #[test]
    fn lengths_around_every_block_size_come_back() {
        let mut compressors = Compressors::new();
        let mut decompressors = Decompressors::new();
        for len in [0, 1, 2, 15, 16, 17, 32_767, 32_768, 32_769, 65_535, 65_536, 65_537, 131_073] {
            for input in [text(len), noise(len), vec![0; len]] {
                for codec in CODECS {
                    let mut output = vec![0; len * 2 + 200];
                    let taken = compressors.compress(codec.into(), &input, &mut output).unwrap();
                    let stream = &output[..taken.unwrap()];
                    let back = decompressors.decompress(codec, stream, len).unwrap();
                    assert!(back == input, "{codec}, {len} bytes");
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_none_and_what_just_fits_does() {
        for codec in CODECS {
            for input in [text(40_000), noise(300)] {
                let stream = compressed(codec, &input);
                let mut compressors = Compressors::new();
                for room in [0, 1, 10, 20, stream.len() / 2, stream.len() - 1] {
                    let taken = compressors.compress(codec.into(), &input, &mut vec![0; room]);
                    assert_eq!(taken, Ok(None), "{codec} in {room} bytes");
                }
                let mut room = vec![0; stream.len()];
                let taken = compressors.compress(codec.into(), &input, &mut room);
                assert_eq!(taken, Ok(Some(stream.len())), "{codec}");
                assert!(room == stream, "{codec}: a failure before left something behind");
            }
        }
    }

    #[test]
    fn records_become_much_smaller_with_every_codec_in_any_room() {
        for codec in CODECS {
            for len in [1_000, 16_384, 65_536, 200_000] {
                let input = text(len);
                let stream = compressed(codec, &input);
                assert!(stream.len() < len / 2, "{codec}: {} of {len}", stream.len());
                let mut output = vec![0; len - 1];
                let taken = Compressors::new().compress(codec.into(), &input, &mut output);
                assert_eq!(taken, Ok(Some(stream.len())), "{codec}: less room, another length");
            }
        }
    }

    #[test]
    fn nothing_compressed_is_something_and_comes_back() {
        for codec in CODECS {
            let stream = compressed(codec, b"");
            assert!(!stream.is_empty());
            assert_eq!(read(codec, &stream), Ok(Vec::new()), "{codec}");
        }
    }

    #[test]
    fn without_a_codec_bytes_are_copied_within_the_cap() {
        let mut output = [0; 4];
        let none = Compression::NONE;
        assert_eq!(Compressors::new().compress(none, b"abc", &mut output), Ok(Some(3)));
        assert_eq!(output, *b"abc\0");
        assert_eq!(Compressors::new().compress(none, b"abcde", &mut output), Ok(None));
        assert_eq!(read(Codec::None, b"abc"), Ok(b"abc".to_vec()));
        let over = Decompressors::new().decompress(Codec::None, b"abc", 2).unwrap_err();
        assert_eq!(over.kind, DecompressErrorKind::OverCap { cap: 2 });
    }

    #[test]
    fn errors_name_their_codec() {
        let error = Decompressors::new().decompress(Codec::Lz4, b"", CAP).unwrap_err();
        assert_eq!(error.to_string(), "lz4: the compressed stream ends too early");
        let error = CompressError::NotBuiltIn(Codec::Zstd);
        assert!(error.to_string().contains("cargo feature `zstd`"));
    }

    #[test]
    fn compressing_again_gives_the_same_stream() {
        for codec in CODECS {
            let mut compressors = Compressors::new();
            let mut streams = Vec::new();
            for input in [text(20_000), noise(500), text(20_000)] {
                let mut output = vec![0; 60_000];
                let taken = compressors.compress(codec.into(), &input, &mut output).unwrap();
                streams.push(output[..taken.unwrap()].to_vec());
            }
            assert!(streams[0] == streams[2], "{codec}");
        }
    }

    #[test]
    fn state_moves_between_threads() {
        fn movable<T: Send>(_: &T) {}
        movable(&Compressors::new());
        movable(&Decompressors::new());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn anything_comes_back(
            pieces in proptest::collection::vec((any::<u8>(), 1_usize..60, any::<bool>()), 0..60),
        ) {
            let mut input = Vec::new();
            for (byte, len, is_repeated) in pieces {
                let upto = u8::try_from(len).unwrap_or(u8::MAX);
                let step = |n: u8| if is_repeated { byte } else { byte.wrapping_mul(n) };
                input.extend((0..upto).map(step));
            }
            for codec in CODECS {
                let back = read(codec, &compressed(codec, &input));
                prop_assert_eq!(back.as_ref(), Ok(&input));
            }
        }
    }
}
