//! The sequences of a block: so many literals, then a repetition, again and again.

#![deny(clippy::arithmetic_side_effects)]

use super::super::copy;
use super::Fault;
use super::bits::ReverseBits;
use super::fse::{Distribution, Limits, MAX_SYMBOLS, Table};

/// What the three numbers of a sequence are coded with; a block may use those of the one before.
///
/// The tables are kept from frame to frame for their memory alone.
#[derive(Debug, Default)]
pub(super) struct Sequences {
    literal_lengths: Option<Box<Table>>,
    offsets: Option<Box<Table>>,
    match_lengths: Option<Box<Table>>,
    /// Whether a block of this frame has brought the tables.
    has_tables: bool,
    /// The last three distances, the latest one first.
    recent: [usize; 3],
}

/// Where a block is written: the frame's part of the output.
pub(super) struct Target<'a> {
    /// From the first byte of the frame on.
    pub(super) output: &'a mut [u8],
    /// How many bytes of the frame are written.
    pub(super) len: usize,
    /// How far a repetition may reach back.
    pub(super) window: usize,
    /// How long the block may become.
    pub(super) most: usize,
}

/// A number's coded classes: where each begins, and how many bits say the rest.
struct Classes {
    starts: [u32; MAX_SYMBOLS],
    widths: [u8; MAX_SYMBOLS],
}

impl Classes {
    #[inline]
    fn value(&self, class: u8, bits: &mut ReverseBits<'_>) -> u32 {
        let class = usize::from(class);
        let start = self.starts.get(class).copied().unwrap_or(0);
        let width = self.widths.get(class).copied().unwrap_or(0);
        start.wrapping_add(bits.take(u32::from(width)))
    }
}

/// Classes with as many bits as a list of widths says, each beginning where the one before ends.
const fn classes<const N: usize>(first: u32, widths: [u8; N]) -> Classes {
    let mut classes = Classes { starts: [0; MAX_SYMBOLS], widths: [0; MAX_SYMBOLS] };
    let mut start = first;
    let mut class = 0;
    while class < N {
        #[expect(
            clippy::indexing_slicing,
            clippy::arithmetic_side_effects,
            reason = "a constant: it is evaluated while compiling"
        )]
        {
            classes.starts[class] = start;
            classes.widths[class] = widths[class];
            start += 1 << widths[class];
            class += 1;
        }
    }
    classes
}

/// RFC 8878, table 16.
static LITERAL_LENGTHS: Classes = classes(
    0,
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10,
        11, 12, 13, 14, 15, 16,
    ],
);
/// RFC 8878, table 17.
static MATCH_LENGTHS: Classes = classes(
    3,
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
    ],
);

const LITERAL_LIMITS: Limits = Limits { log: 9, symbol: 35 };
const OFFSET_LIMITS: Limits = Limits { log: 8, symbol: 31 };
const MATCH_LIMITS: Limits = Limits { log: 9, symbol: 52 };

/// The distributions of RFC 8878, appendix A, for blocks that bring none.
const fn known<const N: usize>(log: u32, first: [i16; N]) -> Distribution {
    let mut points = [0; MAX_SYMBOLS];
    let mut symbol = 0;
    while symbol < N {
        #[expect(
            clippy::indexing_slicing,
            clippy::arithmetic_side_effects,
            reason = "a constant: it is evaluated while compiling"
        )]
        {
            points[symbol] = first[symbol];
            symbol += 1;
        }
    }
    Distribution::known(log, points)
}

static KNOWN_LITERALS: Distribution = known(
    6,
    [
        4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1,
        1, 1, -1, -1, -1, -1,
    ],
);
static KNOWN_OFFSETS: Distribution = known(
    5,
    [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1],
);
static KNOWN_MATCHES: Distribution = known(
    6,
    [
        1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
    ],
);

impl Sequences {
    /// Forgets what only holds within a frame.
    pub(super) const fn start_frame(&mut self) {
        self.has_tables = false;
        self.recent = [1, 4, 8];
    }

    /// Reads the section and carries it out: how long the frame is then.
    pub(super) fn execute(
        &mut self,
        input: &[u8],
        literals: &[u8],
        target: &mut Target<'_>,
    ) -> Result<usize, Fault> {
        let (count, rest) = read_count(input)?;
        if count == 0 {
            let is_over = rest.is_empty();
            return if is_over { finish(target, literals, target.len) } else { Err(LEFT_OVER) };
        }
        let (modes, rest) = rest.split_first().ok_or(Fault::Truncated)?;
        if modes & 3 != 0 {
            return Err(Fault::Malformed("reserved bits of the sequences are set"));
        }
        let rest = self.choose_tables(*modes, rest)?;
        self.run(count, ReverseBits::new(rest)?, literals, target)
    }

    fn choose_tables<'a>(&mut self, modes: u8, rest: &'a [u8]) -> Result<&'a [u8], Fault> {
        let has = self.has_tables;
        let tables = [
            (&mut self.literal_lengths, 6, &KNOWN_LITERALS, LITERAL_LIMITS),
            (&mut self.offsets, 4, &KNOWN_OFFSETS, OFFSET_LIMITS),
            (&mut self.match_lengths, 2, &KNOWN_MATCHES, MATCH_LIMITS),
        ];
        let mut rest = rest;
        for (table, shift, known, limits) in tables {
            rest = match modes.wrapping_shr(shift) & 3 {
                3 if has => rest,
                3 => return Err(NO_TABLE),
                mode => choose(table, mode, (known, limits), rest)?,
            };
        }
        self.has_tables = true;
        Ok(rest)
    }

    fn run(
        &mut self,
        count: usize,
        mut bits: ReverseBits<'_>,
        mut literals: &[u8],
        target: &mut Target<'_>,
    ) -> Result<usize, Fault> {
        let tables = (&self.literal_lengths, &self.offsets, &self.match_lengths);
        let (Some(lengths), Some(offsets), Some(matches)) = tables else { return Err(NO_TABLE) };
        let mut states =
            (lengths.start(&mut bits), offsets.start(&mut bits), matches.start(&mut bits));
        let mut recent = self.recent;
        let mut len = target.len;
        for left in (0..count).rev() {
            bits.refill();
            let class = offsets.symbol(states.1);
            let offset =
                (1_u64 << (class & 63)).wrapping_add(u64::from(bits.take(u32::from(class))));
            let repeated = MATCH_LENGTHS.value(matches.symbol(states.2), &mut bits);
            bits.refill();
            let literal = LITERAL_LENGTHS.value(lengths.symbol(states.0), &mut bits);
            if left > 0 {
                states.0 = lengths.next(states.0, &mut bits);
                states.2 = matches.next(states.2, &mut bits);
                states.1 = offsets.next(states.1, &mut bits);
            }
            let distance = distance(&mut recent, offset, literal == 0)?;
            let literal = literal as usize;
            let Some(rest) = literals.get(literal..) else { return Err(NO_LITERALS) };
            len = copy::literals(target.output, len, literals, literal).ok_or(Fault::Full)?;
            literals = rest;
            if distance > len.min(target.window) {
                return Err(Fault::Malformed("a repetition of what was never written"));
            }
            len = copy::repetition(target.output, len, distance, repeated as usize)
                .ok_or(Fault::Full)?;
        }
        if !bits.is_at_end() {
            return Err(LEFT_OVER);
        }
        self.recent = recent;
        finish(target, literals, len)
    }
}

const LEFT_OVER: Fault = Fault::Malformed("bits are left behind the last sequence");
const NO_LITERALS: Fault = Fault::Malformed("more literals are used than there are");
const NO_TABLE: Fault = Fault::Malformed("tables of a block that had none");

/// What the sequences leave of the literals stands at the end.
fn finish(target: &mut Target<'_>, literals: &[u8], len: usize) -> Result<usize, Fault> {
    let len = copy::literals(target.output, len, literals, literals.len()).ok_or(Fault::Full)?;
    if len.saturating_sub(target.len) > target.most {
        return Err(Fault::Malformed("a block longer than its frame allows"));
    }
    Ok(len)
}

/// In one to three bytes.
fn read_count(input: &[u8]) -> Result<(usize, &[u8]), Fault> {
    match input {
        [255, low, high, rest @ ..] => {
            let more = usize::from(u16::from_le_bytes([*low, *high]));
            Ok((more.saturating_add(0x7f00), rest))
        }
        [high @ 128..=254, low, rest @ ..] => {
            Ok((usize::from(u16::from_be_bytes([high & 0x7f, *low])), rest))
        }
        [count @ 0..=127, rest @ ..] => Ok((usize::from(*count), rest)),
        _ => Err(Fault::Truncated),
    }
}

/// Makes the table that the block brings: a known one, one symbol, a new one.
fn choose<'a>(
    table: &mut Option<Box<Table>>,
    mode: u8,
    (known, limits): (&Distribution, Limits),
    input: &'a [u8],
) -> Result<&'a [u8], Fault> {
    let (chosen, rest) = match mode {
        0 => (Table::build(known)?, input),
        1 => {
            let (symbol, rest) = input.split_first().ok_or(Fault::Truncated)?;
            if *symbol > limits.symbol {
                return Err(Fault::Malformed("a class that does not exist"));
            }
            (Table::of_one(*symbol), rest)
        }
        _ => {
            let (distribution, rest) = Distribution::read(input, limits)?;
            (Table::build(&distribution)?, rest)
        }
    };
    match table {
        Some(kept) => **kept = chosen,
        none => *none = Some(Box::new(chosen)),
    }
    Ok(rest)
}

/// The distance that an offset stands for, and which distances are the latest from then on.
#[inline]
fn distance(
    recent: &mut [usize; 3],
    offset: u64,
    is_without_literals: bool,
) -> Result<usize, Fault> {
    let [first, second, third] = *recent;
    // Without literals the latest distance would have been part of the repetition before.
    let shifted = if offset <= 3 && is_without_literals { offset.wrapping_add(1) } else { offset };
    let distance = match (offset, shifted) {
        (4.., _) => usize::try_from(offset.wrapping_sub(3)).unwrap_or(usize::MAX),
        (_, 1) => return Ok(first),
        (_, 2) => {
            *recent = [second, first, third];
            return Ok(second);
        }
        (_, 3) => third,
        _ => first.wrapping_sub(1),
    };
    if distance == 0 {
        return Err(Fault::Malformed("a repetition at no distance"));
    }
    *recent = [distance, first, second];
    Ok(distance)
}
