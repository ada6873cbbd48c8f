//! Every search finds steps that make the input again, and none that a reader would refuse.
#![cfg(test)]
#![allow(clippy::cast_possible_truncation)]

use proptest::prelude::*;

use super::super::parsed::Parsed;
use super::*;

/// One of each way to search, and of each size of its tables.
const LEVELS: [i32; 14] = [-131_072, -100, -7, -1, 0, 1, 2, 3, 4, 5, 7, 10, 12, 22];
/// As long as a block becomes.
const BLOCK: usize = 128 << 10;

/// What a search found in each block.
fn searched(search: &mut Search, level: i32, input: &[u8], block: usize) -> Vec<Parsed> {
    search.begin(level, input.len());
    searched_on(search, input, block)
}

fn searched_on(search: &mut Search, input: &[u8], block: usize) -> Vec<Parsed> {
    let starts = (0..input.len()).step_by(block);
    starts
        .map(|start| {
            let mut parsed = Parsed::default();
            search.parse(input, start..input.len().min(start + block), &mut parsed);
            parsed
        })
        .collect()
}

/// What a reader makes of the steps; no step breaks a rule of the format.
fn replayed(blocks: &[Parsed], window: usize) -> Vec<u8> {
    let mut output = Vec::new();
    for block in blocks {
        let mut literals = block.literals.as_slice();
        for step in &block.steps {
            let (run, rest) = literals.split_at(step.literals as usize);
            output.extend_from_slice(run);
            literals = rest;
            assert!(step.length >= 3, "{step:?}");
            let distance = step.distance as usize;
            assert!((1..=output.len().min(window)).contains(&distance), "{step:?}");
            for _ in 0..step.length {
                output.push(output[output.len() - distance]);
            }
        }
        output.extend_from_slice(literals);
    }
    output
}

fn assert_found(search: &mut Search, level: i32, input: &[u8], block: usize) {
    let blocks = searched(search, level, input, block);
    let output = replayed(&blocks, search.window());
    assert!(output == input, "level {level}, {} bytes in blocks of {block}", input.len());
}

/// Bytes that repeat what was before them, here and there with a change.
fn repetitive(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed | 1;
    let mut below = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 8) as usize % limit
    };
    let mut bytes = Vec::with_capacity(len);
    while bytes.len() < len {
        match below(8) {
            0 => bytes.extend((0..below(40)).map(|_| below(256) as u8)),
            1 => bytes.extend(std::iter::repeat_n(below(4) as u8, below(600))),
            _ if bytes.is_empty() => {}
            _ => {
                let distance = 1 + below(bytes.len());
                let start = bytes.len() - distance;
                (0..below(60)).for_each(|more| bytes.push(bytes[start + more]));
            }
        }
    }
    bytes.truncate(len);
    bytes
}

fn noise(len: usize) -> Vec<u8> {
    let next = |state: &u64| Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
    std::iter::successors(Some(7), next).map(|state| (state >> 56) as u8).take(len).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn steps_make_short_inputs_again(
        input in prop::collection::vec(0_u8..4, 0..300),
        level in prop::sample::select(&LEVELS[..]),
        block in 1_usize..320,
    ) {
        assert_found(&mut Search::new(), level, &input, block);
    }

    #[test]
    fn steps_make_long_inputs_again(
        seed in any::<u64>(),
        len in 0_usize..(300 << 10),
        level in prop::sample::select(&LEVELS[..]),
        block in prop::sample::select(&[BLOCK, BLOCK - 1, 70_001, 1 << 14][..]),
    ) {
        assert_found(&mut Search::new(), level, &repetitive(seed, len), block);
    }

    #[test]
    fn a_search_that_was_used_finds_what_a_new_one_finds(
        seeds in prop::collection::vec((any::<u64>(), 0_usize..40_000), 1..6),
        level in prop::sample::select(&LEVELS[..]),
    ) {
        let mut used = Search::new();
        for (seed, len) in seeds {
            let input = repetitive(seed, len);
            let again = searched(&mut used, level, &input, BLOCK);
            let anew = searched(&mut Search::new(), level, &input, BLOCK);
            for (again, anew) in again.iter().zip(&anew) {
                assert!(again.steps == anew.steps && again.literals == anew.literals);
            }
        }
    }

    #[test]
    fn a_frame_of_more_bytes_than_can_be_counted_begins_anew(
        before in 10_000_u32..150_000,
        level in prop::sample::select(&LEVELS[..]),
    ) {
        let mut search = Search::new();
        let input = repetitive(5, 150_000);
        assert_found(&mut search, level, &input, BLOCK);
        search.begin(level, 0);
        search.base = u32::MAX - before;
        let blocks = searched_on(&mut search, &input, 9_999);
        assert!(replayed(&blocks, search.window()) == input);
        assert!(search.next < 1_000_000 && search.origin > 0);
    }

    #[test]
    fn steps_are_found_where_the_counts_end(
        before in 0_u32..300_000,
        level in prop::sample::select(&LEVELS[..]),
        block in prop::sample::select(&[BLOCK, 9_999][..]),
    ) {
        let mut search = Search::new();
        let large = repetitive(5, 150_000);
        assert_found(&mut search, level, &large, BLOCK);
        search.next = u32::MAX - before;
        for seed in 1..4 {
            assert_found(&mut search, level, &repetitive(seed, 150_000), block);
        }
        assert!(search.next < 1_000_000);
    }
}

#[test]
fn what_repeats_is_short_at_every_level() {
    for level in LEVELS {
        let blocks = searched(&mut Search::new(), level, &[7; 100_000], BLOCK);
        let steps: usize = blocks.iter().map(|block| block.steps.len()).sum();
        let literals: usize = blocks.iter().map(|block| block.literals.len()).sum();
        assert!(steps <= 3 && literals < 20 + 131_072, "{level}: {steps} and {literals}");
    }
}

#[test]
fn noise_is_all_literals() {
    for level in LEVELS {
        let input = noise(200_000);
        let blocks = searched(&mut Search::new(), level, &input, BLOCK);
        let literals: usize = blocks.iter().map(|block| block.literals.len()).sum();
        assert!(literals > 199_000, "{level}: {literals}");
        assert_eq!(replayed(&blocks, 1 << 25), input);
    }
}

#[test]
fn nothing_is_repeated_from_beyond_the_window() {
    let mut input = noise(4 << 20);
    let phrase = repetitive(3, 4_000);
    for start in [0, 5 << 19, 7 << 19] {
        input[start..start + phrase.len()].copy_from_slice(&phrase);
    }
    for level in [-1, 1, 3, 7] {
        assert_found(&mut Search::new(), level, &input, BLOCK);
    }
}

#[test]
fn no_window_is_larger_than_readers_must_take() {
    for level in -20..=22 {
        for len in [0, 1, 1_000, 100_000, 1 << 20, 1 << 27, usize::MAX] {
            let plan = Plan::of(level, len);
            assert!((17..=25).contains(&plan.window_log), "{level}, {len}: {plan:?}");
            assert!(plan.window_log <= 23 || level >= 20);
        }
    }
}

#[test]
fn tables_stay_where_they_are_between_frames() {
    let mut search = Search::new();
    let large = repetitive(1, 200_000);
    for level in LEVELS {
        assert_found(&mut search, level, &large, BLOCK);
    }
    let places = |search: &Search| (search.short.place(), search.long.place());
    let before = places(&search);
    for level in LEVELS {
        assert_found(&mut search, level, &large[..1_000], BLOCK);
    }
    assert_eq!(places(&search), before);
}

#[test]
fn blocks_that_are_no_part_of_the_input_do_no_harm() {
    let mut parsed = Parsed::default();
    let mut search = Search::new();
    search.begin(1, 0);
    for (start, end) in [(0, 5), (7, 9), (9, 7), (usize::MAX, usize::MAX)] {
        search.parse(b"abc", start..end, &mut parsed);
        assert!(parsed.steps.is_empty());
    }
}
