//! A search that anyone can follow, and frames that are held against their input.

use std::ops::Range;

use super::data::Random;
use crate::compression::unzstd::FrameDecoder;
use crate::compression::zstd::frame::{Frame, FrameWriter};
use crate::compression::zstd::parsed::{Parsed, Step};

/// Takes the latest place where the next four bytes have stood, if it is in reach and no other four
/// have taken its slot since.
pub(super) fn plain_search(
    input: &[u8],
    window: usize,
) -> impl FnMut(Range<usize>, &mut Parsed) + '_ {
    let mut seen = vec![None; 1 << 14];
    move |block, parsed| {
        parsed.literals.clear();
        parsed.steps.clear();
        let (mut place, mut literals) = (block.start, 0);
        while place < block.end {
            let before = input[place..block.end].first_chunk().and_then(|next| {
                let slot = u32::from_le_bytes(*next).wrapping_mul(0x9e37_79b1) >> 18;
                let before: Option<usize> = seen[slot as usize].replace(place);
                before
                    .filter(|before| place - before <= window && input[*before..].starts_with(next))
            });
            let Some(before) = before else {
                parsed.literals.push(input[place]);
                (place, literals) = (place + 1, literals + 1);
                continue;
            };
            let pairs = input[place..block.end].iter().zip(&input[before..]);
            let length = pairs.take_while(|(one, other)| one == other).count();
            let [length_of, distance] = [length, place - before].map(|n| n.try_into().unwrap());
            parsed.steps.push(Step { literals, length: length_of, distance });
            (place, literals) = (place + length, 0);
        }
    }
}

/// A frame of any content, by a writer that may have written others.
pub(super) fn frame(writer: &mut FrameWriter, input: &[u8], window: usize) -> Vec<u8> {
    let frame = Frame { input, window, has_codes: true };
    let mut output = vec![0; input.len() + input.len() / 1_000 + 50];
    let len = writer.write(&frame, &mut plain_search(input, window), &mut output).unwrap();
    output.truncate(len);
    output
}

/// What a frame gives.
pub(super) fn read(frame: &[u8], len: usize) -> Vec<u8> {
    let mut output = vec![0; len + 32];
    let len = FrameDecoder::default().decompress(frame, &mut output).unwrap().unwrap();
    output.truncate(len);
    output
}

/// A frame that was read back.
pub(super) fn proven(input: &[u8]) -> Vec<u8> {
    let frame = frame(&mut FrameWriter::new(), input, 1 << 20);
    assert!(read(&frame, input.len()) == input, "{} bytes", input.len());
    frame
}

/// A frame of one block whose steps are as short as steps can be; it was read back.
pub(super) fn in_threes(len: usize) -> Vec<u8> {
    let mut random = Random(3);
    let words: Vec<u64> = (0..len / 3).map(|n| if n == 0 { 0 } else { random.below(5) }).collect();
    let spelled = words.iter().flat_map(|word| [b'a', b'b', b'c' + word.to_le_bytes()[0]]);
    let input: Vec<u8> = spelled.collect();
    let mut parse = |_: Range<usize>, parsed: &mut Parsed| {
        let (mut last, mut literals) = ([None; 5], 0);
        for (place, word) in (0_u32..).zip(&words) {
            let slot = &mut last[usize::try_from(*word).unwrap()];
            match slot.replace(place) {
                Some(before) => {
                    let distance = 3 * (place - before);
                    parsed.steps.push(Step { literals, length: 3, distance });
                    literals = 0;
                }
                None => {
                    let start = 3 * place as usize;
                    parsed.literals.extend_from_slice(&input[start..start + 3]);
                    literals += 3;
                }
            }
        }
    };
    let frame = Frame { input: &input, window: 1 << 17, has_codes: true };
    let mut output = vec![0; input.len() + 50];
    let len = FrameWriter::new().write(&frame, &mut parse, &mut output).unwrap();
    assert!(read(&output[..len], input.len()) == input, "{} bytes", input.len());
    output.truncate(len);
    output
}
