//! Every form of every section is written where it is the shortest.

use std::collections::BTreeSet;

use super::data::{Random, lines, noise, skewed};
use super::judge::{in_threes, proven};
use crate::compression::zstd::block::MOST;

/// The blocks of a frame, each with its kind.
fn blocks(frame: &[u8]) -> Vec<(u32, &[u8])> {
    // A single segment: behind the magic number stand a byte and the length of the content.
    let length = [1, 2, 4, 8][usize::from(frame[4] >> 6)];
    let mut rest = &frame[5 + length..];
    let mut blocks = Vec::new();
    while let [low, middle, high, behind @ ..] = rest {
        let head = u32::from_le_bytes([*low, *middle, *high, 0]);
        let (kind, len) = (head >> 1 & 3, head as usize >> 3);
        let (block, behind) = behind.split_at(if kind == 1 { 1 } else { len });
        blocks.push((kind, block));
        assert_eq!(head & 1 == 1, behind.is_empty());
        rest = behind;
    }
    blocks
}

/// The kind and the format of the literals, and the sequences.
fn literals(block: &[u8]) -> (u8, u8, &[u8]) {
    let (kind, format) = (block[0] & 3, block[0] >> 2 & 3);
    let word = block.iter().take(5).rev().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
    let (bytes, len) = match (kind, format) {
        (0 | 1, 0 | 2) => (1, word >> 3 & 0x1f),
        (0 | 1, 1) => (2, word >> 4 & 0xfff),
        (0 | 1, _) => (3, word >> 4 & 0xf_ffff),
        (_, 0 | 1) => (3, word >> 14 & 0x3ff),
        (_, 2) => (4, word >> 18 & 0x3fff),
        _ => (5, word >> 22 & 0x3_ffff),
    };
    let len = if kind == 1 { 1 } else { usize::try_from(len).unwrap() };
    (kind, format, &block[bytes + len..])
}

/// How many bytes tell the number of sequences, and the modes of literals, offsets and matches.
fn modes(sequences: &[u8]) -> (usize, [u8; 3]) {
    let bytes = match sequences[0] {
        0 => return (1, [9; 3]),
        1..128 => 1,
        128..255 => 2,
        255 => 3,
    };
    let byte = sequences[bytes];
    (bytes, [byte >> 6, byte >> 4 & 3, byte >> 2 & 3])
}

/// Contents that lead to all forms together.
fn contents() -> Vec<Vec<u8>> {
    let mut random = Random(5);
    // Repetitions of one length behind one literal, at one distance.
    let even = (0..=250).flat_map(|byte| [byte; 10]);
    let names = (0..9_000).map(|_| random.byte_below(4) * 60);
    vec![
        lines(3_000),
        lines(300_000),
        lines((1 << 17) + 600),
        noise(140_000),
        skewed(250, 9),
        skewed(900, 9),
        skewed(9_000, 90),
        skewed(70_000, 200),
        vec![7; 300_000],
        vec![7; 4],
        even.collect(),
        names.collect(),
        [lines(140_000), skewed(300, 40), lines(140_000)].concat(),
        [&b"abcdefghijklmnop"[..], &[b'z'; 40], b"abcdefghijklmnop"].concat(),
        [noise(200_000), lines(2_000), vec![0; 200_000]].concat(),
    ]
}

#[test]
fn blocks_are_stored_repeated_and_compressed() {
    let frames: Vec<Vec<u8>> = contents().iter().map(|content| proven(content)).collect();
    let kinds: BTreeSet<u32> =
        frames.iter().flat_map(|frame| blocks(frame)).map(|(kind, _)| kind).collect();
    assert_eq!(kinds, BTreeSet::from([0, 1, 2]));
}

#[test]
fn literals_and_sequences_take_every_form() {
    let frames: Vec<Vec<u8>> = contents().iter().map(|content| proven(content)).collect();
    let frames = [frames, vec![in_threes(MOST)]].concat();
    let (mut forms, mut counts) = (BTreeSet::new(), BTreeSet::new());
    let mut ways = [const { BTreeSet::new() }; 3];
    for (_, block) in frames.iter().flat_map(|frame| blocks(frame)).filter(|(kind, _)| *kind == 2) {
        let (kind, format, sequences) = literals(block);
        forms.insert((kind, format));
        let (bytes, modes) = modes(sequences);
        counts.insert(bytes);
        for (ways, mode) in ways.iter_mut().zip(modes) {
            ways.insert(mode);
        }
    }
    let kinds: BTreeSet<u8> = forms.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, BTreeSet::from([0, 1, 2, 3]), "{forms:?}");
    let formats: BTreeSet<u8> =
        forms.iter().filter(|form| form.0 == 2).map(|form| form.1).collect();
    assert_eq!(formats, BTreeSet::from([0, 1, 2, 3]), "{forms:?}");
    assert_eq!(counts, BTreeSet::from([1, 2, 3]));
    for (number, ways) in ways.iter().enumerate() {
        assert!((0..4).all(|mode| ways.contains(&mode)), "{number}: {ways:?}");
    }
}
