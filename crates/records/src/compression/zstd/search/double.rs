//! Two looks at each place: a table for short repetitions and one for long ones.

use super::super::parsed::Parsed;
use super::ground::{Ground, LEAST, Steps};
use super::table::Keyed;
use super::{Distances, Search};

/// How many bytes the key of the table for long repetitions has.
const LONG_KEY: u32 = 8;
/// The shortest repetition that it finds.
const LONG: usize = LONG_KEY as usize;
/// After so many bytes without a repetition, places are skipped, and more after as many again.
const PATIENCE: usize = 256;

/// The tables of a block.
struct Tables<'a> {
    short: Keyed<'a>,
    long: Keyed<'a>,
}

impl Tables<'_> {
    #[inline(always)]
    fn remember_short(&mut self, ground: &Ground<'_>, at: usize) {
        if let Some(eight) = ground.eight(at) {
            self.short.put(self.short.slot(eight), ground.count(at));
        }
    }

    #[inline(always)]
    fn remember_long(&mut self, ground: &Ground<'_>, at: usize) {
        if let Some(eight) = ground.eight(at) {
            self.long.put(self.long.slot(eight), ground.count(at));
        }
    }
}

/// Bytes that stood before.
struct Found {
    /// Where the search was when it came upon them.
    seen: usize,
    at: usize,
    length: usize,
    distance: usize,
    /// Whether the search came by the last distance.
    is_last: bool,
}

impl Search {
    /// Takes the long repetition where there is one, else the short one, unless a long one begins
    /// at the next place.
    pub(super) fn double(&mut self, ground: &Ground<'_>, parsed: &mut Parsed) -> Distances {
        let mut tables =
            Tables { short: self.short.keyed(self.plan.key), long: self.long.keyed(LONG_KEY) };
        let mut distances = self.distances;
        let mut steps = Steps::new(ground, parsed);
        while let Some(found) = find(ground, &mut tables, steps.done, distances.last) {
            let Found { seen, mut at, mut length, distance, is_last } = found;
            if !is_last {
                let before = ground.alike_before(at - distance, at, at - steps.done);
                at -= before;
                length += before;
                distances = Distances { last: distance, other: distances.last };
            }
            steps.push(ground, at, length, distance);
            tables.remember_long(ground, seen + 2);
            tables.remember_short(ground, seen + 2);
            tables.remember_long(ground, steps.done - 2);
            tables.remember_short(ground, steps.done - 1);
            at = steps.done;
            while let Some(eight) = ground.eight(at)
                && ground.four_are(at.wrapping_sub(distances.other), eight)
            {
                let length = LEAST + ground.alike(at + LEAST - distances.other, at + LEAST);
                distances = Distances { last: distances.other, other: distances.last };
                tables.short.put(tables.short.slot(eight), ground.count(at));
                tables.long.put(tables.long.slot(eight), ground.count(at));
                steps.push(ground, at, length, distances.last);
                at = steps.done;
            }
        }
        steps.finish(ground);
        distances
    }
}

/// The next repetition from a place on.
#[inline(always)]
fn find(ground: &Ground<'_>, tables: &mut Tables<'_>, start: usize, last: usize) -> Option<Found> {
    let Tables { short, long } = tables;
    let mut at = start;
    let mut stride = 1;
    let mut patience = start + PATIENCE;
    let mut eight = ground.eight(at)?;
    let mut source = ground.place(long.replace(long.slot(eight), ground.count(at)));
    loop {
        let ahead = at + stride;
        let eight_ahead = ground.eight(ahead)?;
        let near = ground.place(short.replace(short.slot(eight), ground.count(at)));
        if ground.four_are((at + 1).wrapping_sub(last), eight >> 8) {
            let at_last = at + 1;
            let length = ground.alike(at_last - last, at_last);
            return Some(Found { seen: at, at: at_last, length, distance: last, is_last: true });
        }
        if ground.eight(source) == Some(eight) {
            let length = LONG + ground.alike(source + LONG, at + LONG);
            return Some(Found { seen: at, at, length, distance: at - source, is_last: false });
        }
        let slot_ahead = long.slot(eight_ahead);
        if ground.four_are(near, eight) {
            let far = ground.place(long.look(slot_ahead));
            if stride < 4 {
                long.put(slot_ahead, ground.count(ahead));
            }
            return Some(better(ground, (at, near), (ahead, far), eight_ahead));
        }
        source = ground.place(long.replace(slot_ahead, ground.count(ahead)));
        if ahead >= patience {
            stride += 1;
            patience += PATIENCE;
        }
        at = ahead;
        eight = eight_ahead;
    }
}

/// The longer one of a short repetition and a long one that begins a little later.
#[inline(always)]
fn better(
    ground: &Ground<'_>,
    (at, near): (usize, usize),
    (ahead, far): (usize, usize),
    eight_ahead: u64,
) -> Found {
    let length = LEAST + ground.alike(near + LEAST, at + LEAST);
    if ground.eight(far) == Some(eight_ahead) {
        let longer = LONG + ground.alike(far + LONG, ahead + LONG);
        if longer > length {
            let distance = ahead - far;
            return Found { seen: at, at: ahead, length: longer, distance, is_last: false };
        }
    }
    Found { seen: at, at, length, distance: at - near, is_last: false }
}
