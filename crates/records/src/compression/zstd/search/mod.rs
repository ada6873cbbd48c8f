//! The search for repetitions: what a block is made of, before it is written.
//!
//! Tables remember where bytes stood, as counts of all bytes that were ever searched. A new frame
//! goes on counting, so what the tables hold of frames before it lies too far back to be taken, and
//! nothing has to be cleared.

mod chains;
mod double;
mod fast;
mod ground;
mod lazy;
mod plan;
mod table;
#[cfg(test)]
mod tests;

use std::ops::Range;

use self::ground::Ground;
use self::plan::{Plan, Strategy};
use self::table::Table;
use super::parsed::Parsed;

/// The count of the first byte; none has the count that empty entries hold.
const FIRST: u32 = table::EMPTY + 1;
/// The distances that a frame begins with, the likelier one first.
const FIRST_DISTANCES: Distances = Distances { last: 1, other: 4 };

/// Searches the blocks of one frame after another.
#[derive(Debug)]
pub(super) struct Search {
    plan: Plan,
    /// Where bytes stood, by a hash of a few of them.
    short: Table,
    /// Where bytes stood, by a hash of eight of them, or the place before each with its hash.
    long: Table,
    /// The count of the frame's byte at `origin`.
    base: u32,
    /// Nothing before this byte of the frame is in the tables.
    origin: usize,
    /// The count of the byte behind the last one that was searched.
    next: u32,
    /// The count of the first byte that is in no chain.
    known: u32,
    distances: Distances,
}

/// The last two distances, which repetitions are likely to have again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Distances {
    last: usize,
    other: usize,
}

impl Search {
    /// No tables yet.
    pub(super) const fn new() -> Self {
        Self {
            plan: Plan::of(0, 0),
            short: Table::new(),
            long: Table::new(),
            base: FIRST,
            origin: 0,
            next: FIRST,
            known: FIRST,
            distances: FIRST_DISTANCES,
        }
    }

    /// Begins a frame: its level by Kafka's numbers, and the length of its content.
    pub(super) fn begin(&mut self, level: i32, len: usize) {
        self.plan = Plan::of(level, len);
        self.short.hold(self.plan.short_log);
        self.long.hold(self.plan.long_log);
        let all = u32::try_from(len).ok().and_then(|len| self.next.checked_add(len));
        if all.is_none() {
            self.forget();
        }
        self.base = self.next;
        self.origin = 0;
        self.distances = FIRST_DISTANCES;
    }

    /// How far back a distance may reach in this frame.
    pub(super) const fn window(&self) -> usize {
        1 << self.plan.window_log
    }

    /// Finds the steps of a block of `input`, which may reach back into what is before it. Blocks
    /// come in order, each once, and none is longer than the window.
    pub(super) fn parse(&mut self, input: &[u8], block: Range<usize>, parsed: &mut Parsed) {
        parsed.literals.clear();
        parsed.steps.clear();
        let whole = input.get(..block.end).unwrap_or(input);
        let start = block.start.min(whole.len());
        let len = whole.len() - start;
        if len > ground::LONGEST {
            parsed.literals.extend_from_slice(whole.get(start..).unwrap_or_default());
            return;
        }
        parsed.literals.reserve(len + ground::SLACK);
        parsed.steps.reserve(len / ground::LEAST + 1);
        self.count_on(start, len);
        let low = whole.len().saturating_sub(self.window()).max(self.origin).min(start);
        let ground = Ground::new(
            whole.get(low..).unwrap_or_default(),
            start - low,
            self.base.wrapping_add(table::low(low.saturating_sub(self.origin))),
        );
        self.distances = match self.plan.strategy {
            Strategy::Fast { stride } => self.fast(&ground, stride, parsed),
            Strategy::Double => self.double(&ground, parsed),
            Strategy::Lazy(effort) => self.lazy(&ground, effort, parsed),
        };
    }

    /// Counts the bytes of a block. Where the numbers end, as within a frame of gigabytes, all is
    /// forgotten and they begin anew.
    fn count_on(&mut self, start: usize, len: usize) {
        let end = u32::try_from(start - self.origin.min(start) + len)
            .ok()
            .and_then(|behind| self.base.checked_add(behind));
        self.next = end.unwrap_or_else(|| {
            self.forget();
            self.base = FIRST;
            self.origin = start;
            FIRST.saturating_add(table::low(len))
        });
    }

    /// Begins to count anew.
    fn forget(&mut self) {
        self.short.clear();
        self.long.clear();
        self.next = FIRST;
    }
}
