//! The blocks of a frame: stored, one byte repeated, or compressed.

#![deny(clippy::arithmetic_side_effects)]

use super::Fault;
use super::literals::Literals;
use super::sequences::{Sequences, Target};

/// What blocks of one frame pass on to each other.
#[derive(Debug, Default)]
pub(super) struct BlockDecoder {
    literals: Literals,
    sequences: Sequences,
}

/// What stands before a block.
pub(super) struct BlockHead {
    pub(super) is_last: bool,
    kind: Kind,
    /// The length of the block, or of what it repeats.
    len: usize,
}

#[derive(Clone, Copy)]
enum Kind {
    Stored,
    Repeated,
    Compressed,
}

impl BlockHead {
    /// Reads the three bytes before a block: it, and what follows.
    pub(super) fn read(input: &[u8]) -> Result<(Self, &[u8]), Fault> {
        let Some(([low, middle, high], rest)) = input.split_first_chunk() else {
            return Err(Fault::Truncated);
        };
        let word = u32::from_le_bytes([*low, *middle, *high, 0]);
        let kind = match (word >> 1) & 3 {
            0 => Kind::Stored,
            1 => Kind::Repeated,
            2 => Kind::Compressed,
            _ => return Err(Fault::Malformed("a block of a reserved kind")),
        };
        let len = usize::try_from(word >> 3).unwrap_or(usize::MAX);
        Ok((Self { is_last: word & 1 == 1, kind, len }, rest))
    }

    /// How many bytes of the input the block takes.
    pub(super) const fn taken(&self) -> usize {
        match self.kind {
            Kind::Stored | Kind::Compressed => self.len,
            Kind::Repeated => 1,
        }
    }

    /// How many bytes it gives at most.
    pub(super) const fn most_given(&self, block_limit: usize) -> usize {
        match self.kind {
            Kind::Stored | Kind::Repeated => self.len,
            Kind::Compressed => block_limit,
        }
    }
}

impl BlockDecoder {
    /// Nothing of a frame holds in the next one.
    pub(super) fn start_frame(&mut self) {
        self.literals.start_frame();
        self.sequences.start_frame();
    }

    /// Writes one block: how long the frame is then, and what follows the block.
    pub(super) fn decode<'a>(
        &mut self,
        head: &BlockHead,
        input: &'a [u8],
        mut target: Target<'_>,
    ) -> Result<(usize, &'a [u8]), Fault> {
        if head.len > target.most {
            return Err(Fault::Malformed("a block longer than its frame allows"));
        }
        let (block, rest) = input.split_at_checked(head.taken()).ok_or(Fault::Truncated)?;
        let start = target.len;
        let len = match head.kind {
            Kind::Stored => {
                room(&mut target, head.len)?.copy_from_slice(block);
                start.saturating_add(head.len)
            }
            Kind::Repeated => {
                room(&mut target, head.len)?.fill(block.first().copied().unwrap_or(0));
                start.saturating_add(head.len)
            }
            Kind::Compressed => self.decompress(block, &mut target)?,
        };
        Ok((len, rest))
    }

    fn decompress(&mut self, block: &[u8], target: &mut Target<'_>) -> Result<usize, Fault> {
        let sequences = self.literals.read(block, target.most)?;
        self.sequences.execute(sequences, self.literals.get(), target)
    }
}

/// Where the next bytes of the frame go.
fn room<'t>(target: &'t mut Target<'_>, len: usize) -> Result<&'t mut [u8], Fault> {
    let end = target.len.saturating_add(len);
    target.output.get_mut(target.len..end).ok_or(Fault::Full)
}
