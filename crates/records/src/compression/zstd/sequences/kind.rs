//! The tables of one of the three numbers, and which of them a block takes.

use super::super::fse::{Counts, Description, Distribution, Table};

const KNOWN: u8 = 0;
const ONE: u8 = 1;
const NEW: u8 = 2;
const AGAIN: u8 = 3;

/// How large tables are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// The most bits of a state.
    pub(super) log: u32,
    /// Those of the known table.
    pub(super) known_log: u32,
}

/// The tables of a number.
#[derive(Debug)]
pub(super) struct Kind {
    known: Box<Table>,
    /// What the reader used last, if a block of this frame has brought it.
    kept: Box<Table>,
    has_kept: bool,
    /// What the block brings.
    made: Box<Table>,
    log: u32,
    /// What the section that was written last has chosen.
    chosen: Option<u8>,
}

/// What stands in front of the bits for a number.
pub(super) enum Front {
    Nothing,
    Class([u8; 1]),
    Distribution(Description),
}

impl Front {
    pub(super) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Nothing => &[],
            Self::Class(class) => class,
            Self::Distribution(description) => description.as_bytes(),
        }
    }
}

impl Kind {
    pub(super) fn new(limits: Limits, known: &[i16]) -> Self {
        let known = Table::new(&Distribution::known(limits.known_log, known));
        let [kept, made] = [Box::default(), Box::default()];
        let known = Box::new(known);
        Self { known, kept, has_kept: false, made, log: limits.log, chosen: None }
    }

    /// Forgets what only holds within a frame.
    pub(super) const fn start_frame(&mut self) {
        self.has_kept = false;
        self.chosen = None;
    }

    /// The section has no steps, and changes nothing.
    pub(super) const fn leave(&mut self) {
        self.chosen = None;
    }

    /// Takes the table that makes the block the shortest: its number, and what tells the reader.
    pub(super) fn choose(&mut self, counts: &Counts) -> (u8, Front) {
        let (mode, front) = self.shortest(counts);
        self.chosen = Some(mode);
        (mode, front)
    }

    fn shortest(&mut self, counts: &Counts) -> (u8, Front) {
        let known = self.known.bits_for(counts).unwrap_or(u64::MAX);
        let again = if self.has_kept { self.kept.bits_for(counts) } else { None };
        let again = again.unwrap_or(u64::MAX);
        if let Some(class) = counts.only() {
            if known.min(again) > 8 {
                self.made.build_of_one();
                return (ONE, Front::Class([class]));
            }
        } else {
            let distribution = Distribution::of(counts, self.log);
            let description = Description::of(&distribution);
            let bits = distribution.bits_for(counts).unwrap_or(u64::MAX);
            let new = bits.saturating_add(8 * description.as_bytes().len() as u64);
            if new < known.min(again) {
                self.made.build(&distribution);
                return (NEW, Front::Distribution(description));
            }
        }
        (if again <= known { AGAIN } else { KNOWN }, Front::Nothing)
    }

    /// The table that was chosen.
    pub(super) fn table(&self) -> &Table {
        match self.chosen {
            Some(NEW | ONE) => &self.made,
            Some(AGAIN) => &self.kept,
            _ => &self.known,
        }
    }

    /// The reader has the table that was chosen. One class is not used again, nor is what is
    /// known: both are told in as few bits anew.
    pub(super) const fn keep(&mut self) {
        match self.chosen {
            Some(NEW) => {
                std::mem::swap(&mut self.kept, &mut self.made);
                self.has_kept = true;
            }
            Some(KNOWN | ONE) => self.has_kept = false,
            _ => {}
        }
        self.chosen = None;
    }
}
