//! What a block may reach, and the steps that are made of it.

use super::super::parsed::{Parsed, Step};
use super::table;

/// No step repeats fewer bytes, though the format would allow three.
pub(super) const LEAST: usize = 4;
/// Literals are copied in pieces of this length, which may be longer than they are.
pub(super) const SLACK: usize = 16;
/// So many bytes are looked at in one go.
const PIECE: usize = 8;

/// No block that is searched is longer, so that places stay far below `PLACES`.
pub(super) const LONGEST: usize = 1 << 24;
/// No place is larger. Cut to it, an invalid place, as when a distance reaches too far back, stays
/// behind all that can be read, and no end of a piece can overflow: a check less each time.
const PLACES: usize = 0xffff_ffff;

/// The bytes of a block behind those that it may reach back to.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    bytes: &'a [u8],
    /// Where the block begins.
    start: usize,
    /// The count of the first byte.
    first: u32,
}

impl<'a> Ground<'a> {
    pub(super) const fn new(bytes: &'a [u8], start: usize, first: u32) -> Self {
        Self { bytes, start, first }
    }

    /// Where the block begins.
    pub(super) const fn start(&self) -> usize {
        self.start
    }

    /// Behind the last place at which eight bytes can be looked at.
    pub(super) const fn limit(&self) -> usize {
        (self.bytes.len() + 1).saturating_sub(PIECE)
    }

    /// The count of a place.
    #[inline(always)]
    pub(super) const fn count(&self, at: usize) -> u32 {
        table::low(at).wrapping_add(self.first)
    }

    /// The place with a count. Counts from before the first byte lie far beyond the last one, so
    /// that nothing can be read there.
    #[inline(always)]
    pub(super) const fn place(&self, count: u32) -> usize {
        count.wrapping_sub(self.first) as usize
    }

    /// The eight bytes at a place.
    #[inline(always)]
    pub(super) fn eight(&self, at: usize) -> Option<u64> {
        let at = at & PLACES;
        let piece = self.bytes.get(at..at.wrapping_add(PIECE))?;
        Some(u64::from_le_bytes(piece.try_into().ok()?))
    }

    /// The four bytes at a place.
    #[inline(always)]
    pub(super) fn four(&self, at: usize) -> Option<u32> {
        let at = at & PLACES;
        let piece = self.bytes.get(at..at.wrapping_add(4))?;
        Some(u32::from_le_bytes(piece.try_into().ok()?))
    }

    /// How many bytes from a place on stand at a distance before it as well, if enough do.
    #[inline(always)]
    pub(super) fn repeated(&self, at: usize, distance: usize) -> Option<usize> {
        let source = at.wrapping_sub(distance);
        if !self.four_are(source, self.eight(at)?) {
            return None;
        }
        Some(LEAST + self.alike(source + LEAST, at + LEAST))
    }

    /// Whether four bytes at a place are those given; never where there are none.
    #[inline(always)]
    pub(super) fn four_are(&self, at: usize, eight: u64) -> bool {
        self.eight(at).is_some_and(|other| (other ^ eight) & 0xffff_ffff == 0)
    }

    /// How many bytes at two places are alike, up to the block's end.
    #[inline(always)]
    pub(super) fn alike(&self, mut earlier: usize, later: usize) -> usize {
        let mut at = later;
        while let Some(this) = self.eight(at)
            && let Some(that) = self.eight(earlier)
        {
            let differing = this ^ that;
            if differing != 0 {
                return at - later + (differing.trailing_zeros() / 8) as usize;
            }
            at += PIECE;
            earlier += PIECE;
        }
        at - later + self.alike_at_the_end(earlier, at)
    }

    #[cold]
    fn alike_at_the_end(&self, earlier: usize, later: usize) -> usize {
        let these = self.bytes.get(later..).unwrap_or_default();
        let those = self.bytes.get(earlier..).unwrap_or_default();
        these.iter().zip(those).take_while(|(this, that)| this == that).count()
    }

    /// How many bytes before two places are alike, no more than given.
    #[inline(always)]
    pub(super) fn alike_before(&self, earlier: usize, later: usize, most: usize) -> usize {
        let most = most.min(earlier);
        let mut len = 0;
        while len < most && self.bytes.get(earlier - len - 1) == self.bytes.get(later - len - 1) {
            len += 1;
        }
        len
    }
}

/// Where the steps of a block go.
pub(super) struct Steps<'a> {
    parsed: &'a mut Parsed,
    /// All before it is in a step.
    pub(super) done: usize,
}

impl<'a> Steps<'a> {
    pub(super) const fn new(ground: &Ground<'_>, parsed: &'a mut Parsed) -> Self {
        Self { parsed, done: ground.start() }
    }

    /// Adds what is not in a step yet as literals, and a repetition behind them.
    #[inline(always)]
    pub(super) fn push(&mut self, ground: &Ground<'_>, at: usize, length: usize, distance: usize) {
        let literals = at - self.done;
        self.copy(ground, literals);
        self.parsed.steps.push(Step {
            literals: table::low(literals),
            length: table::low(length),
            distance: table::low(distance),
        });
        self.done = at + length;
    }

    /// Most literals are few: a piece of fixed length is copied faster than they are.
    #[inline(always)]
    fn copy(&mut self, ground: &Ground<'_>, len: usize) {
        let piece = ground.bytes.get(self.done..self.done.wrapping_add(SLACK));
        if let Some(piece) = piece.and_then(|piece| <&[u8; SLACK]>::try_from(piece).ok())
            && len <= SLACK
        {
            let end = self.parsed.literals.len() + len;
            self.parsed.literals.extend_from_slice(piece);
            self.parsed.literals.truncate(end);
        } else {
            let run = ground.bytes.get(self.done..self.done + len).unwrap_or_default();
            self.parsed.literals.extend_from_slice(run);
        }
    }

    /// The rest of the block is literals.
    pub(super) fn finish(self, ground: &Ground<'_>) {
        let rest = ground.bytes.get(self.done..).unwrap_or_default();
        self.parsed.literals.extend_from_slice(rest);
    }
}
