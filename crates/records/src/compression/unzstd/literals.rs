//! The literals of a block: stored, repeated, or in Huffman codes.

#![deny(clippy::arithmetic_side_effects)]

use super::Fault;
use super::huffman::Codes;

/// Below it, nothing is written in four streams.
const LEAST_FOR_FOUR: usize = 6;

/// The literals of one block, and the codes that the next one may use again.
#[derive(Debug, Default)]
pub(super) struct Literals {
    /// Kept from frame to frame for its memory alone.
    codes: Option<Box<Codes>>,
    /// Whether a block of this frame has brought the codes.
    has_codes: bool,
    /// Room for the literals of one block, kept from block to block.
    buffer: Vec<u8>,
    len: usize,
}

/// What the first bytes of the section say.
struct Head {
    kind: Kind,
    /// How many literals there are.
    len: usize,
    /// In how many bytes they are coded, where they are.
    coded: usize,
    is_one_stream: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Stored,
    Repeated,
    /// With a tree of their own.
    Coded,
    /// With the tree of the block before.
    CodedAgain,
}

impl Literals {
    /// Forgets the codes: a frame cannot use those of another one.
    pub(super) const fn start_frame(&mut self) {
        self.has_codes = false;
    }

    /// The literals of the block.
    pub(super) fn get(&self) -> &[u8] {
        self.buffer.get(..self.len).unwrap_or_default()
    }

    /// Reads the section of a block that has at most `most` bytes: what follows it.
    pub(super) fn read<'a>(&mut self, input: &'a [u8], most: usize) -> Result<&'a [u8], Fault> {
        let (head, rest) = Head::read(input)?;
        if head.len > most {
            return Err(Fault::Malformed("more literals than a block can hold"));
        }
        if self.buffer.len() < head.len {
            // The old buffer goes first, so that there is never more than one.
            self.buffer = Vec::new();
            // Somewhat more, as the next block will have somewhat more.
            self.buffer = vec![0; head.len.next_power_of_two().min(most)];
        }
        self.len = head.len;
        match head.kind {
            Kind::Stored => self.store(rest),
            Kind::Repeated => self.repeat(rest),
            Kind::Coded | Kind::CodedAgain => self.decode(&head, rest),
        }
    }

    fn target(&mut self) -> &mut [u8] {
        self.buffer.get_mut(..self.len).unwrap_or_default()
    }

    fn store<'a>(&mut self, input: &'a [u8]) -> Result<&'a [u8], Fault> {
        let (literals, rest) = input.split_at_checked(self.len).ok_or(Fault::Truncated)?;
        self.target().copy_from_slice(literals);
        Ok(rest)
    }

    fn repeat<'a>(&mut self, input: &'a [u8]) -> Result<&'a [u8], Fault> {
        let (literal, rest) = input.split_first().ok_or(Fault::Truncated)?;
        self.target().fill(*literal);
        Ok(rest)
    }

    fn decode<'a>(&mut self, head: &Head, input: &'a [u8]) -> Result<&'a [u8], Fault> {
        let (coded, rest) = input.split_at_checked(head.coded).ok_or(Fault::Truncated)?;
        let streams = if head.kind == Kind::Coded {
            let (codes, streams) = Codes::read(coded)?;
            match &mut self.codes {
                Some(kept) => **kept = codes,
                none => *none = Some(Box::new(codes)),
            }
            self.has_codes = true;
            streams
        } else {
            coded
        };
        let codes = self.codes.as_deref().filter(|_| self.has_codes);
        let codes = codes.ok_or(Fault::Malformed("literal codes of a block that had none"))?;
        let target = self.buffer.get_mut(..self.len).unwrap_or_default();
        if head.is_one_stream {
            codes.decode_one(streams, target)?;
        } else if target.len() < LEAST_FOR_FOUR {
            return Err(Fault::Malformed("too few literals for four streams"));
        } else {
            codes.decode_four(streams, target)?;
        }
        Ok(rest)
    }
}

impl Head {
    /// Kind and format stand in the lowest bits, the lengths in those above.
    fn read(input: &[u8]) -> Result<(Self, &[u8]), Fault> {
        let first = *input.first().ok_or(Fault::Truncated)?;
        let kind = match first & 3 {
            0 => Kind::Stored,
            1 => Kind::Repeated,
            2 => Kind::Coded,
            _ => Kind::CodedAgain,
        };
        let format = (first >> 2) & 3;
        let is_coded = matches!(kind, Kind::Coded | Kind::CodedAgain);
        // How many bytes the head has, where the length begins, and how many bits it has.
        let (bytes, shift, width) = match (is_coded, format) {
            (false, 0 | 2) => (1, 3, 5),
            (false, 1) => (2, 4, 12),
            (false, _) => (3, 4, 20),
            (true, 0 | 1) => (3, 4, 10),
            (true, 2) => (4, 4, 14),
            (true, _) => (5, 4, 18),
        };
        let (head, rest) = input.split_at_checked(bytes).ok_or(Fault::Truncated)?;
        let word = head.iter().rev().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        let mask = (1_u64 << width).wrapping_sub(1);
        let field = |shift: u32| usize::try_from((word >> shift) & mask).unwrap_or(usize::MAX);
        let len = field(shift);
        let coded = if is_coded { field(shift.saturating_add(width)) } else { 0 };
        Ok((Self { kind, len, coded, is_one_stream: format == 0 }, rest))
    }
}
