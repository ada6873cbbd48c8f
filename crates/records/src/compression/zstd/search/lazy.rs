//! The longest repetition along a chain, unless the next place has a better one.

use super::super::parsed::Parsed;
use super::chains::Chains;
use super::ground::{Ground, LEAST, Steps};
use super::plan::Effort;
use super::{Distances, Search};

/// After so many bytes without a repetition, as a power of two, places are skipped.
const PATIENCE: u32 = 8;
/// With longer strides, what is skipped is not remembered either.
const LONG_STRIDE: usize = 8;
/// What a later repetition must be better by, in quarters of a byte: another literal or two are
/// written for it.
const LATER: usize = 4;
const MUCH_LATER: usize = 7;

/// Bytes that stood before.
#[derive(Clone, Copy)]
struct Found {
    at: usize,
    length: usize,
    distance: usize,
    /// Whether the distance is the last one, which takes few bits to write.
    is_last: bool,
}

impl Found {
    /// About how many bits the distance takes.
    #[inline]
    const fn cost(&self) -> usize {
        if self.is_last { 0 } else { (self.distance + 3).ilog2() as usize }
    }

    /// Whether this is worth more than another one by some quarters of a byte.
    #[inline]
    const fn beats(&self, other: &Self, quarters: usize) -> bool {
        self.length * 4 + other.cost() > other.length * 4 + self.cost() + quarters
    }
}

impl Search {
    /// Looks along the chains, and at the next places whether they do better.
    pub(super) fn lazy(
        &mut self,
        ground: &Ground<'_>,
        effort: Effort,
        parsed: &mut Parsed,
    ) -> Distances {
        let known = ground.place(self.known);
        let known = if known < ground.start() { known } else { ground.start() };
        let heads = self.short.keyed(self.plan.key);
        let mut chains = Chains::new(heads, self.long.numbered(), effort.attempts, known);
        let mut distances = self.distances;
        let mut steps = Steps::new(ground, parsed);
        let mut at = steps.done;
        while at < ground.limit() {
            let Some(first) = find(ground, &mut chains, at, distances.last) else {
                let stride = ((at - steps.done) >> PATIENCE) + 1;
                at += stride;
                if stride > LONG_STRIDE {
                    chains.pass(at);
                }
                continue;
            };
            let mut found = settle(ground, &mut chains, first, effort.depth, distances.last);
            if !found.is_last {
                let source = found.at - found.distance;
                let before = ground.alike_before(source, found.at, found.at - steps.done);
                found.at -= before;
                found.length += before;
                distances = Distances { last: found.distance, other: distances.last };
            }
            steps.push(ground, found.at, found.length, found.distance);
            while let Some(length) = ground.repeated(steps.done, distances.other) {
                distances = Distances { last: distances.other, other: distances.last };
                steps.push(ground, steps.done, length, distances.last);
            }
            at = steps.done;
        }
        self.known = ground.count(chains.known());
        steps.finish(ground);
        distances
    }
}

/// The best repetition at a place, or at the next one by the last distance.
#[inline]
fn find(ground: &Ground<'_>, chains: &mut Chains<'_>, at: usize, last: usize) -> Option<Found> {
    let again = ground.repeated(at + 1, last);
    let least = again.unwrap_or(LEAST - 1);
    if let Some((length, distance)) = chains.longest(ground, at, least) {
        return Some(Found { at, length, distance, is_last: false });
    }
    again.map(|length| Found { at: at + 1, length, distance: last, is_last: true })
}

/// The repetition that is left when none of the next places has a better one.
#[inline]
fn settle(
    ground: &Ground<'_>,
    chains: &mut Chains<'_>,
    mut best: Found,
    depth: u32,
    last: usize,
) -> Found {
    let mut at = best.at;
    let mut behind = 0;
    while behind < depth && at < ground.limit() {
        at += 1;
        behind += 1;
        if let Some(length) = ground.repeated(at, last) {
            let again = Found { at, length, distance: last, is_last: true };
            if again.beats(&best, 1) {
                best = again;
            }
        }
        if let Some((length, distance)) = chains.longest(ground, at, LEAST - 1) {
            let next = Found { at, length, distance, is_last: false };
            if next.beats(&best, if behind == 1 { LATER } else { MUCH_LATER }) {
                best = next;
                behind = 0;
            }
        }
    }
    best
}
