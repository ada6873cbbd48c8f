//! Levels: which there are, and what they change.

#[cfg(test)]
mod tests {
    use klamm_records::compression::LevelEffect;
    use klamm_records::{Codec, Compression, Compressors};

    use crate::support::{CODECS, compressed, read, text};

    fn level(codec: Codec, level: i32) -> Compression {
        Compression::with_level(codec, level).unwrap()
    }

    #[test]
    fn a_level_out_of_range_names_the_codec_and_its_levels() {
        let text = |codec, level| Compression::with_level(codec, level).unwrap_err().to_string();
        assert_eq!(text(Codec::Gzip, 10), "gzip has no level 10: its levels are -1 to 9");
        assert_eq!(text(Codec::Gzip, 0), "gzip has no level 0: its levels are -1 and 1 to 9");
        assert_eq!(text(Codec::Lz4, 18), "lz4 has no level 18: its levels are 1 to 17");
        assert_eq!(text(Codec::Zstd, 23), "zstd has no level 23: its levels are -131072 to 22");
        assert_eq!(text(Codec::Snappy, 1), "snappy takes no level, and 1 was given");
        assert!(Compression::with_level(Codec::Zstd, -131_073).is_err());
    }

    #[test]
    fn the_ends_of_every_range_compress_and_come_back() {
        let input = text(5_000);
        let ends = [(Codec::Gzip, -1, 9), (Codec::Lz4, 1, 17), (Codec::Zstd, -131_072, 22)];
        for (codec, lowest, highest) in ends {
            for each in [lowest, 1, highest] {
                let stream = compressed(level(codec, each), &input);
                assert_eq!(read(codec, &stream).as_ref(), Ok(&input), "{codec} {each}");
            }
        }
    }

    #[test]
    fn every_level_of_zstd_that_is_not_negative_comes_back() {
        let input = text(3_000);
        for each in 0..=22 {
            let stream = compressed(level(Codec::Zstd, each), &input);
            assert_eq!(read(Codec::Zstd, &stream).as_ref(), Ok(&input), "{each}");
        }
    }

    #[test]
    fn a_higher_level_makes_less_where_levels_apply() {
        let input = text(100_000);
        for (codec, low, high) in [(Codec::Gzip, 1, 9), (Codec::Zstd, -50, 9)] {
            let [low, high] = [low, high].map(|each| compressed(level(codec, each), &input).len());
            assert!(high < low, "{codec}: {high} and {low}");
        }
    }

    #[test]
    fn the_default_is_that_of_java() {
        let input = text(100_000);
        for (codec, default) in [(Codec::Gzip, -1), (Codec::Zstd, 3)] {
            assert_eq!(compressed(codec, &input), compressed(level(codec, default), &input));
        }
    }

    #[test]
    #[cfg(not(feature = "zstd-c"))]
    fn the_highest_levels_of_zstd_are_made_as_level_twelve_and_say_so() {
        let input = text(100_000);
        let twelfth = compressed(level(Codec::Zstd, 12), &input);
        assert_eq!(level(Codec::Zstd, 12).level_effect(), LevelEffect::Applied);
        for each in [13, 19, 22] {
            assert_eq!(level(Codec::Zstd, each).level_effect(), LevelEffect::SameAs(12));
            assert_eq!(compressed(level(Codec::Zstd, each), &input), twelfth);
        }
    }

    #[test]
    fn level_zero_of_zstd_is_the_default() {
        let input = text(100_000);
        let default = compressed(level(Codec::Zstd, 3), &input);
        assert_eq!(compressed(level(Codec::Zstd, 0), &input), default);
        assert_eq!(level(Codec::Zstd, 3).level_effect(), LevelEffect::Applied);
    }

    #[test]
    fn a_level_without_effect_says_so() {
        assert_eq!(level(Codec::Lz4, 17).level_effect(), LevelEffect::Ignored);
        assert_eq!(level(Codec::Gzip, 9).level_effect(), LevelEffect::Applied);
        assert_eq!(level(Codec::Zstd, -131_072).level_effect(), LevelEffect::Applied);
        assert_eq!(level(Codec::Zstd, 4).level_effect(), LevelEffect::Applied);
        let input = text(10_000);
        let streams = [1, 9, 17].map(|each| compressed(level(Codec::Lz4, each), &input));
        assert!(streams.iter().all(|stream| *stream == streams[0]));
        for codec in CODECS {
            assert_eq!(Compression::of(codec).level_effect(), LevelEffect::Unset);
        }
    }

    #[test]
    fn a_change_of_level_takes_effect_at_once() {
        let input = text(50_000);
        for codec in [Codec::Gzip, Codec::Zstd] {
            let mut compressors = Compressors::new();
            for each in [1, 9, 1] {
                let compression = level(codec, each);
                let mut output = vec![0; input.len()];
                let taken = compressors.compress(compression, &input, &mut output).unwrap();
                output.truncate(taken.unwrap());
                assert!(output == compressed(compression, &input), "{codec} {each}");
            }
        }
    }
}
