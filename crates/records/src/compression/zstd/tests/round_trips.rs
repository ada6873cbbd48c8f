//! Whatever the content is, it comes back.

use proptest::prelude::*;

use super::data::{lines, noise, skewed};
use super::judge::{frame, in_threes, proven, read};
use crate::compression::zstd::frame::{Frame, FrameWriter};

#[test]
fn contents_of_every_short_length_come_back() {
    let mut writer = FrameWriter::new();
    for input in [lines(1_000), noise(1_000), skewed(1_000, 9), vec![7; 1_000]] {
        for len in 0..=input.len() {
            let input = &input[..len];
            let frame = frame(&mut writer, input, 1 << 17);
            assert!(read(&frame, len) == input, "{len}");
            assert!(frame.len() <= len + 3 + 3 + 6, "{len}");
        }
    }
}

#[test]
fn contents_around_the_limits_of_lengths_and_blocks_come_back() {
    for middle in [1 << 10, 1 << 14, 1 << 16, 1 << 17, 1 << 18] {
        for len in middle - 3..=middle + 3 {
            for input in [lines(len), noise(len), skewed(len, 200), vec![7; len]] {
                proven(&input);
            }
        }
    }
}

#[test]
fn alphabets_of_every_size_come_back() {
    for symbols in 1..=256 {
        proven(&skewed(3_000, symbols));
        proven(&skewed(200, symbols));
    }
    let all: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    proven(&all);
}

#[test]
fn long_runs_of_literals_and_long_repetitions_come_back() {
    let literals = skewed(65_536, 250);
    for len in [65_535, 65_536, 65_538, 65_539, 131_000] {
        proven(&[&noise(100), &noise(len)[..]].concat());
        proven(&[&b"a"[..], &vec![b'b'; len], b"c"].concat());
        proven(&[&literals[..len.min(65_536)], &literals, b"end"].concat());
    }
}

#[test]
fn repetitions_from_every_distance_come_back() {
    for log in 1..22 {
        let distance = (1 << log) + 5;
        let front = noise(40);
        let input = [&front[..], &vec![0; distance], &front, b"end"].concat();
        let frame = frame(&mut FrameWriter::new(), &input, 1 << 22);
        assert!(read(&frame, input.len()) == input, "{distance}");
    }
}

#[test]
fn blocks_of_as_many_steps_as_there_can_be_come_back() {
    for threes in [126, 127, 128, 129, 32_511, 32_512, 32_513, 43_000] {
        in_threes(3 * (threes + 1));
    }
}

#[test]
fn a_window_bounds_distances_and_blocks() {
    let input = [lines(9_000), noise(100), lines(9_000)].concat();
    for window in [1 << 10, 1 << 12, 1 << 13] {
        let frame = frame(&mut FrameWriter::new(), &input, window);
        assert!(read(&frame, input.len()) == input, "{window}");
    }
}

#[test]
fn a_frame_without_codes_comes_back() {
    let input = lines(50_000);
    let mut output = vec![0; input.len()];
    let frame = Frame { input: &input, window: 1 << 20, has_codes: false };
    let mut parse = super::judge::plain_search(&input, 1 << 20);
    let len = FrameWriter::new().write(&frame, &mut parse, &mut output).unwrap();
    assert!(read(&output[..len], input.len()) == input);
}

#[test]
fn what_does_not_fit_is_told_for_every_room() {
    let input = [lines(700), noise(20)].concat();
    let whole = proven(&input);
    let given = Frame { input: &input, window: 1 << 20, has_codes: true };
    for room in 0..whole.len() + 2 {
        let mut output = vec![0; room];
        let mut parse = super::judge::plain_search(&input, 1 << 20);
        let len = FrameWriter::new().write(&given, &mut parse, &mut output);
        assert_eq!(len, (room >= whole.len()).then_some(whole.len()), "{room}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_come_back(input in proptest::collection::vec(any::<u8>(), 0..5_000)) {
        proven(&input);
    }

    #[test]
    fn pieces_that_repeat_come_back(
        pieces in proptest::collection::vec((0_usize..4_000, 1_usize..9_000, 1_u64..257), 1..30),
    ) {
        let mut input = Vec::new();
        for (from, len, symbols) in pieces {
            if symbols % 3 == 0 {
                input.extend(skewed(len, symbols));
            } else {
                let from = input.len().saturating_sub(from + 1);
                let piece: Vec<u8> = input[from..].iter().copied().take(len).collect();
                input.extend(piece);
                input.push(len.to_le_bytes()[0]);
            }
        }
        let first = proven(&input);
        let mut writer = FrameWriter::new();
        frame(&mut writer, &lines(30_000), 1 << 18);
        prop_assert!(frame(&mut writer, &input, 1 << 20) == first, "state is left behind");
    }
}
