//! The sequences of a block: three numbers for each step, in classes with their own tables.

mod classes;
mod coded;
mod kind;
mod recent;

use classes::{KNOWN_LITERALS, KNOWN_MATCHES, KNOWN_OFFSETS};
use coded::Coded;
use kind::{Kind, Limits};
pub(super) use recent::Recent;

use super::bits::BitWriter;
use super::fse::Counts;
use super::literals::put;
use super::parsed::Step;

/// What stands in three bytes counts from here on.
const MANY: usize = 0x7f00;
/// So many bits, at most, are added to the states of a step without a flush between.
const FEW: u32 = 30;

/// The tables of the three numbers, and the latest distances.
#[derive(Debug)]
pub(super) struct Sequences {
    literals: Kind,
    offsets: Kind,
    matches: Kind,
    /// What the reader knows.
    recent: Recent,
    /// What it will know after the section that was written last.
    recent_then: Recent,
    coded: Vec<Coded>,
}

/// How often the classes of each number occur.
struct AllCounts {
    literals: Counts,
    offsets: Counts,
    matches: Counts,
}

impl Sequences {
    pub(super) fn new() -> Self {
        Self {
            literals: Kind::new(Limits { log: 9, known_log: 6 }, &KNOWN_LITERALS),
            offsets: Kind::new(Limits { log: 8, known_log: 5 }, &KNOWN_OFFSETS),
            matches: Kind::new(Limits { log: 9, known_log: 6 }, &KNOWN_MATCHES),
            recent: Recent::START,
            recent_then: Recent::START,
            coded: Vec::new(),
        }
    }

    /// Forgets what only holds within a frame.
    pub(super) const fn start_frame(&mut self) {
        self.recent = Recent::START;
        self.literals.start_frame();
        self.offsets.start_frame();
        self.matches.start_frame();
    }

    /// Writes the section from `place` on: the place behind it, or `None` for lack of room.
    pub(super) fn write(
        &mut self,
        steps: &[Step],
        output: &mut [u8],
        place: usize,
    ) -> Option<usize> {
        self.recent_then = self.recent;
        let place = put_count(output, place, steps.len())?;
        if steps.is_empty() {
            self.literals.leave();
            self.offsets.leave();
            self.matches.leave();
            return Some(place);
        }
        let counts = self.classify(steps);
        let mut end = place + 1;
        let mut modes = 0;
        let kinds = [
            (&mut self.literals, &counts.literals),
            (&mut self.offsets, &counts.offsets),
            (&mut self.matches, &counts.matches),
        ];
        for (kind, counts) in kinds {
            let (mode, description) = kind.choose(counts);
            modes = modes << 2 | mode;
            end = put(output, end, description.as_bytes())?;
        }
        *output.get_mut(place)? = modes << 2;
        self.write_bits(BitWriter::new(output, end))
    }

    /// The reader has the section that was written last.
    pub(super) const fn keep(&mut self) {
        self.recent = self.recent_then;
        self.literals.keep();
        self.offsets.keep();
        self.matches.keep();
    }

    /// Turns the steps into classes and what is beside them.
    fn classify(&mut self, steps: &[Step]) -> AllCounts {
        let mut counts =
            AllCounts { literals: Counts::new(), offsets: Counts::new(), matches: Counts::new() };
        let mut recent = self.recent_then;
        self.coded.clear();
        self.coded.extend(steps.iter().map(|step| {
            let coded = Coded::of(step, recent.offset(step.distance, step.literals == 0));
            counts.literals.add(coded.literal);
            counts.offsets.add(coded.offset);
            counts.matches.add(coded.matched);
            coded
        }));
        self.recent_then = recent;
        counts
    }

    /// Writes all steps from the last to the first.
    fn write_bits(&self, mut bits: BitWriter<'_>) -> Option<usize> {
        let [literals, offsets, matches] =
            [self.literals.table(), self.offsets.table(), self.matches.table()];
        let (last, others) = self.coded.split_last()?;
        let mut literal = literals.start(last.literal);
        let mut offset = offsets.start(last.offset);
        let mut matched = matches.start(last.matched);
        write_rest(last, &mut bits);
        for step in others.iter().rev() {
            offsets.write(step.offset, &mut offset, &mut bits);
            matches.write(step.matched, &mut matched, &mut bits);
            literals.write(step.literal, &mut literal, &mut bits);
            if u32::from(step.width) <= FEW {
                bits.add(step.rest, u32::from(step.width));
                bits.flush();
            } else {
                write_rest(step, &mut bits);
            }
        }
        matches.end(matched, &mut bits);
        offsets.end(offset, &mut bits);
        literals.end(literal, &mut bits);
        bits.finish_with_mark()
    }
}

/// Writes what is beside the classes of a step, however many bits that are.
fn write_rest(step: &Coded, bits: &mut BitWriter<'_>) {
    bits.flush();
    let (low, width) = (step.rest & 0xffff_ffff, u32::from(step.width));
    bits.add(low, width.min(32));
    bits.flush();
    bits.add(step.rest >> 32, width.saturating_sub(32));
    bits.flush();
}

/// How many steps there are, in one to three bytes.
fn put_count(output: &mut [u8], place: usize, count: usize) -> Option<usize> {
    let (low, high) = (count.to_le_bytes(), count.saturating_sub(MANY).to_le_bytes());
    let ([low, middle, ..], [rest_low, rest_high, ..]) = (low, high);
    match count {
        0..128 => put(output, place, &[low]),
        128..MANY => put(output, place, &[middle | 0x80, low]),
        _ => put(output, place, &[255, rest_low, rest_high]),
    }
}
