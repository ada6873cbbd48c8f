//! Streams that are cut, changed, or made to burst.

#[cfg(test)]
mod tests {
    use klamm_records::compression::DecompressErrorKind::{Malformed, OverCap, Truncated};
    use klamm_records::{Codec, Decompressors};

    use crate::support::{CAP, CODECS, compressed, decompressed, noise, read, text};

    /// Where a stream of several snappy blocks can be cut without a trace.
    fn ends_of_snappy_blocks(stream: &[u8]) -> Vec<usize> {
        let mut ends = vec![16];
        let mut at = 16;
        while let Some(length) = stream.get(at..at + 4) {
            at += 4 + u32::from_be_bytes(length.try_into().unwrap()) as usize;
            ends.push(at);
        }
        ends
    }

    #[test]
    fn nothing_is_refused_as_truncated_with_every_codec() {
        for codec in CODECS {
            assert_eq!(read(codec, b""), Err(Truncated), "{codec}");
        }
    }

    #[test]
    fn every_prefix_of_a_short_stream_is_refused() {
        for codec in CODECS {
            for input in [text(700), noise(100), vec![b'x'; 900]] {
                let stream = compressed(codec, &input);
                let harmless = match codec {
                    Codec::Snappy => ends_of_snappy_blocks(&stream),
                    Codec::None | Codec::Gzip | Codec::Lz4 | Codec::Zstd => Vec::new(),
                };
                for len in (0..stream.len()).filter(|len| !harmless.contains(len)) {
                    let error = read(codec, &stream[..len]);
                    assert!(matches!(error, Err(Truncated | Malformed(_))), "{codec} {len}");
                }
            }
        }
    }

    #[test]
    fn prefixes_of_a_stream_of_several_blocks_are_refused() {
        for codec in CODECS {
            let stream = compressed(codec, &[text(150_000), noise(70_000)].concat());
            let harmless =
                if codec == Codec::Snappy { ends_of_snappy_blocks(&stream) } else { Vec::new() };
            for len in (1..30).map(|n| stream.len() * n / 30).chain([stream.len() - 1]) {
                let result = read(codec, &stream[..len]);
                assert!(result.is_err() || harmless.contains(&len), "{codec} {len}");
            }
        }
    }

    #[test]
    fn changed_streams_never_panic_and_leave_the_state_usable() {
        let mut decompressors = Decompressors::new();
        for codec in CODECS {
            let input = text(900);
            let stream = compressed(codec, &input);
            for place in 0..stream.len() {
                for flip in [1, 0x10, 0x80, 0xff] {
                    let mut changed = stream.clone();
                    changed[place] ^= flip;
                    let _ = decompressors.decompress(codec, &changed, 50_000);
                }
            }
            let back = decompressors.decompress(codec, &stream, CAP);
            assert_eq!(back, Ok(&input[..]), "{codec}");
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic() {
        let mut decompressors = Decompressors::new();
        let bytes = noise(3_000);
        for codec in CODECS {
            let head = compressed(codec, b"abcabcabcabc");
            for start in (0..2_900).step_by(7) {
                let tail = &bytes[start..start + 60];
                let kept = start % head.len();
                let _ = decompressors.decompress(codec, tail, 50_000);
                let joined = [&head[..kept], tail].concat();
                let _ = decompressors.decompress(codec, &joined, 50_000);
            }
        }
    }

    #[test]
    fn a_cap_is_kept_to_the_byte() {
        for codec in CODECS {
            for input in [text(70_000), noise(500)] {
                let stream = compressed(codec, &input);
                let len = input.len();
                assert!(decompressed(codec, &stream, len).as_ref() == Ok(&input), "{codec}");
                for cap in [0, 1, len / 2, len - 1] {
                    assert_eq!(decompressed(codec, &stream, cap), Err(OverCap { cap }), "{codec}");
                }
            }
        }
    }
}
