//! One look at each place: a table of hashes, and the last distance.

use super::super::parsed::Parsed;
use super::ground::{Ground, LEAST, Steps};
use super::table::Keyed;
use super::{Distances, Search};

/// After so many bytes without a repetition, places are skipped, and more after as many again.
const PATIENCE: usize = 128;

/// Bytes that stood before.
struct Found {
    /// Where the search was.
    at: usize,
    distance: usize,
    /// Whether the search came by the last distance.
    is_last: bool,
}

impl Search {
    /// Looks at two neighbours, goes on by `stride`, and so on.
    pub(super) fn fast(
        &mut self,
        ground: &Ground<'_>,
        stride: usize,
        parsed: &mut Parsed,
    ) -> Distances {
        let mut table = self.short.keyed(self.plan.key);
        let mut distances = self.distances;
        let mut steps = Steps::new(ground, parsed);
        while let Some(found) = find(ground, &mut table, (steps.done, stride), distances.last) {
            let Found { mut at, distance, is_last } = found;
            let source = at - distance;
            let before = ground.alike_before(source, at, at - steps.done);
            let length = LEAST + ground.alike(source + LEAST, at + LEAST) + before;
            if !is_last {
                distances = Distances { last: distance, other: distances.last };
            }
            steps.push(ground, at - before, length, distance);
            remember(ground, &mut table, at + 2);
            remember(ground, &mut table, steps.done - 2);
            at = steps.done;
            while let Some(eight) = ground.eight(at)
                && ground.four_are(at.wrapping_sub(distances.other), eight)
            {
                let length = LEAST + ground.alike(at + LEAST - distances.other, at + LEAST);
                distances = Distances { last: distances.other, other: distances.last };
                table.put(table.slot(eight), ground.count(at));
                steps.push(ground, at, length, distances.last);
                at = steps.done;
            }
        }
        steps.finish(ground);
        distances
    }
}

#[inline(always)]
fn remember(ground: &Ground<'_>, table: &mut Keyed<'_>, at: usize) {
    if let Some(eight) = ground.eight(at) {
        table.put(table.slot(eight), ground.count(at));
    }
}

/// The next repetition from a place on.
#[inline(always)]
fn find(
    ground: &Ground<'_>,
    table: &mut Keyed<'_>,
    (start, stride): (usize, usize),
    last: usize,
) -> Option<Found> {
    let mut at = start;
    let mut stride = stride;
    let mut patience = start + PATIENCE;
    let mut eight = ground.eight(at)?;
    loop {
        let ahead = at + stride;
        let eight_ahead = ground.eight(ahead)?;
        let neighbour = ground.eight(at + 1)?;
        let first = table.slot(eight);
        let source = ground.place(table.replace(first, ground.count(at)));
        if ground.four_are(ahead.wrapping_sub(last), eight_ahead) {
            let second = table.slot(neighbour);
            table.put(second, ground.count(at + 1));
            return Some(Found { at: ahead, distance: last, is_last: true });
        }
        if ground.four_are(source, eight) {
            return Some(Found { at, distance: at - source, is_last: false });
        }
        let second = table.slot(neighbour);
        let source = ground.place(table.replace(second, ground.count(at + 1)));
        if ground.four_are(source, neighbour) {
            return Some(Found { at: at + 1, distance: at + 1 - source, is_last: false });
        }
        at = ahead;
        eight = eight_ahead;
        if at >= patience {
            stride += 1;
            patience += PATIENCE;
        }
    }
}
