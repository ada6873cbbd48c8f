//! All places with the same hash, the latest one first.

use super::ground::{Ground, LEAST};
use super::table::Keyed;

/// Of a gap longer than this, as a long repetition leaves it, only the ends are remembered.
const LONG_GAP: usize = 384;
/// So much of each end.
const GAP_END: usize = 96;

/// The chains of a block.
pub(super) struct Chains<'a> {
    /// The latest place of each hash.
    heads: Keyed<'a>,
    /// The place before each place, in a ring.
    links: &'a mut [u32],
    attempts: u32,
    /// All before it is in the chains.
    known: usize,
}

impl<'a> Chains<'a> {
    pub(super) const fn new(
        heads: Keyed<'a>,
        links: &'a mut [u32],
        attempts: u32,
        known: usize,
    ) -> Self {
        Self { heads, links, attempts, known }
    }

    /// All before it is in the chains.
    pub(super) const fn known(&self) -> usize {
        self.known
    }

    /// Leaves out all places before this one.
    pub(super) fn pass(&mut self, at: usize) {
        self.known = self.known.max(at);
    }

    /// Puts a place into its chain: the place before it.
    #[inline(always)]
    fn add(&mut self, ground: &Ground<'_>, at: usize, eight: u64) -> u32 {
        let count = ground.count(at);
        let before = self.heads.replace(self.heads.slot(eight), count);
        let ring = self.links.len().wrapping_sub(1);
        if let Some(link) = self.links.get_mut(count as usize & ring) {
            *link = before;
        }
        before
    }

    /// Puts all places before this one into their chains.
    #[inline(always)]
    fn catch_up(&mut self, ground: &Ground<'_>, at: usize) {
        if at.saturating_sub(self.known) > LONG_GAP {
            for place in self.known..self.known + GAP_END {
                ground.eight(place).map(|eight| self.add(ground, place, eight));
            }
            self.known = at - GAP_END;
        }
        while self.known < at
            && let Some(eight) = ground.eight(self.known)
        {
            self.add(ground, self.known, eight);
            self.known += 1;
        }
    }

    /// The longest of the latest repetitions of what stands at a place, longer than `length`: its
    /// length and its distance.
    #[inline]
    pub(super) fn longest(
        &mut self,
        ground: &Ground<'_>,
        at: usize,
        mut length: usize,
    ) -> Option<(usize, usize)> {
        self.catch_up(ground, at);
        let eight = ground.eight(at)?;
        let mut count = self.add(ground, at, eight);
        self.known = at + 1;
        let ring = self.links.len().wrapping_sub(1);
        let mut best = None;
        length = length.max(LEAST - 1);
        for _ in 0..self.attempts {
            let source = ground.place(count);
            let distance = at.wrapping_sub(source);
            if distance.wrapping_sub(1) >= ring {
                break;
            }
            // What is longer has these bytes alike, the last of which is a new one.
            let end = length - 3;
            let Some(tail) = ground.four(at + end) else { break };
            if ground.four(source + end) == Some(tail) {
                let longer = ground.alike(source, at);
                if longer > length {
                    length = longer;
                    best = Some((length, distance));
                }
            }
            count = self.links.get(count as usize & ring).copied().unwrap_or(0);
        }
        best
    }
}
