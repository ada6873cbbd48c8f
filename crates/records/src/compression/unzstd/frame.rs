//! Frames: their heads, their blocks, their checksums; one behind the other.

#![deny(clippy::arithmetic_side_effects)]

use super::Fault;
use super::block::{BlockDecoder, BlockHead};
use super::sequences::Target;
use super::xxh64::xxh64;

const MAGIC: u32 = 0xfd2f_b528;
/// The lowest four bits may be anything.
const SKIPPABLE: u32 = 0x184d_2a50;
/// What every block is bounded by.
const BLOCK_LIMIT: usize = 1 << 17;
/// The largest window that a reader of record batches has to support: that of level 22.
const MAX_WINDOW: u64 = 1 << 27;

/// What a frame says of itself.
struct FrameHead {
    /// How far repetitions may reach back.
    window: u64,
    content_len: Option<u64>,
    has_checksum: bool,
}

/// What the input goes on with.
enum Next {
    Frame(FrameHead),
    /// Nothing to be read, of this length.
    Skippable(usize),
}

/// Writes the content of all frames to the front of `output`: its length.
pub(super) fn decode_all(
    blocks: &mut BlockDecoder,
    mut input: &[u8],
    output: &mut [u8],
) -> Result<usize, Fault> {
    let mut written = 0_usize;
    // An empty input is no frame; whoever compresses nothing writes one.
    loop {
        let (next, rest) = Next::read(input)?;
        input = match next {
            Next::Skippable(len) => rest.get(len..).ok_or(Fault::Truncated)?,
            Next::Frame(head) => {
                let output = output.get_mut(written..).unwrap_or_default();
                let (len, rest) = head.decode(blocks, rest, output)?;
                written = written.saturating_add(len);
                rest
            }
        };
        if input.is_empty() {
            return Ok(written);
        }
    }
}

/// How many bytes the frames of `input` will probably give: what they claim, but no more than their
/// blocks can hold.
pub(in super::super) fn expected(mut input: &[u8]) -> usize {
    let mut sum = 0_usize;
    while let Ok((next, rest)) = Next::read(input) {
        let rest = match next {
            Next::Skippable(len) => rest.get(len..),
            Next::Frame(head) => {
                let (most, rest) = most_of_blocks(rest, head.block_limit());
                let claimed = head.content_len.map(usize::try_from);
                let likely = claimed.map_or(most, |len| len.unwrap_or(usize::MAX).min(most));
                sum = sum.saturating_add(likely);
                rest.and_then(|rest| rest.get(if head.has_checksum { 4 } else { 0 }..))
            }
        };
        match rest {
            Some(rest) => input = rest,
            None => break,
        }
    }
    sum
}

/// The most that the blocks of a frame give, and what follows the last of them, if it is there.
fn most_of_blocks(mut input: &[u8], block_limit: usize) -> (usize, Option<&[u8]>) {
    let mut most = 0_usize;
    while let Ok((head, rest)) = BlockHead::read(input) {
        let Some(rest) = rest.get(head.taken()..) else { break };
        most = most.saturating_add(head.most_given(block_limit));
        if head.is_last {
            return (most, Some(rest));
        }
        input = rest;
    }
    (most, None)
}

/// Reads what the input starts with, and nothing more.
#[cfg(feature = "zstd-c")]
pub(super) fn check_head(input: &[u8]) -> Result<(), Fault> {
    Next::read(input).map(drop)
}

impl Next {
    fn read(input: &[u8]) -> Result<(Self, &[u8]), Fault> {
        let (magic, rest) = input.split_first_chunk().ok_or(Fault::Truncated)?;
        match u32::from_le_bytes(*magic) {
            MAGIC => FrameHead::read(rest).map(|(head, rest)| (Self::Frame(head), rest)),
            magic if magic & !0x0f == SKIPPABLE => {
                let (len, rest) = rest.split_first_chunk().ok_or(Fault::Truncated)?;
                let len = usize::try_from(u32::from_le_bytes(*len)).unwrap_or(usize::MAX);
                Ok((Self::Skippable(len), rest))
            }
            _ => Err(Fault::Malformed("what should be a frame is none")),
        }
    }
}

impl FrameHead {
    fn read(input: &[u8]) -> Result<(Self, &[u8]), Fault> {
        let (descriptor, rest) = input.split_first().ok_or(Fault::Truncated)?;
        if descriptor & 0x08 != 0 {
            return Err(Fault::Malformed("a reserved bit of the frame is set"));
        }
        let is_single_segment = descriptor & 0x20 != 0;
        let (window, rest) = if is_single_segment { (None, rest) } else { read_window(rest)? };
        let dictionary_bytes = match descriptor & 3 {
            3 => 4,
            few => usize::from(few),
        };
        let (dictionary, rest) = little_endian(rest, dictionary_bytes)?;
        if dictionary != 0 {
            return Err(Fault::Unsupported("a dictionary"));
        }
        let (content_len, rest) = read_content_len(rest, descriptor >> 6, is_single_segment)?;
        let window = window.or(content_len).unwrap_or(0);
        if window > MAX_WINDOW {
            return Err(Fault::Unsupported("a window of more than 128 MiB"));
        }
        Ok((Self { window, content_len, has_checksum: descriptor & 0x04 != 0 }, rest))
    }

    fn block_limit(&self) -> usize {
        usize::try_from(self.window).unwrap_or(usize::MAX).min(BLOCK_LIMIT)
    }

    /// Writes the frame's content: its length, and what follows the frame.
    fn decode<'a>(
        &self,
        blocks: &mut BlockDecoder,
        mut input: &'a [u8],
        output: &mut [u8],
    ) -> Result<(usize, &'a [u8]), Fault> {
        blocks.start_frame();
        let window = usize::try_from(self.window).unwrap_or(usize::MAX);
        let mut len = 0;
        loop {
            let (head, rest) = BlockHead::read(input)?;
            let target = Target { output: &mut *output, len, window, most: self.block_limit() };
            (len, input) = blocks.decode(&head, rest, target)?;
            if head.is_last {
                break;
            }
        }
        if self.content_len.is_some_and(|claimed| claimed != len as u64) {
            return Err(Fault::Malformed("a frame whose content has another length"));
        }
        if self.has_checksum {
            let (claimed, rest) = input.split_first_chunk().ok_or(Fault::Truncated)?;
            let [a, b, c, d, ..] = xxh64(output.get(..len).unwrap_or_default()).to_le_bytes();
            if *claimed != [a, b, c, d] {
                return Err(Fault::Checksum);
            }
            input = rest;
        }
        Ok((len, input))
    }
}

/// An exponent and a mantissa in one byte.
fn read_window(input: &[u8]) -> Result<(Option<u64>, &[u8]), Fault> {
    let (byte, rest) = input.split_first().ok_or(Fault::Truncated)?;
    let base = 1_u64 << (u32::from(byte >> 3).saturating_add(10));
    let window = base.saturating_add((base >> 3).saturating_mul(u64::from(byte & 7)));
    Ok((Some(window), rest))
}

fn read_content_len(
    input: &[u8],
    flag: u8,
    is_single_segment: bool,
) -> Result<(Option<u64>, &[u8]), Fault> {
    let (bytes, least) = match flag {
        0 if !is_single_segment => return Ok((None, input)),
        0 => (1, 0),
        1 => (2, 256),
        2 => (4, 0),
        _ => (8, 0),
    };
    let (len, rest) = little_endian(input, bytes)?;
    Ok((Some(len.saturating_add(least)), rest))
}

fn little_endian(input: &[u8], bytes: usize) -> Result<(u64, &[u8]), Fault> {
    let (number, rest) = input.split_at_checked(bytes).ok_or(Fault::Truncated)?;
    Ok((number.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)), rest))
}
