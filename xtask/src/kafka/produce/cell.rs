//! One row of the table: what is promised, how it is packed, and what happens meanwhile.

use crate::kafka::release::Release;
use crate::kafka::security::cell::{Cell as SecurityCell, Expected};
use crate::kafka::security::cells as security_cells;

/// What is promised about records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Idempotent,
    Transactional,
    AcksOne,
    AcksNone,
}

impl Mode {
    pub(super) const ALL: [Self; 4] =
        [Self::Idempotent, Self::Transactional, Self::AcksOne, Self::AcksNone];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Idempotent => "idempotent",
            Self::Transactional => "txn",
            Self::AcksOne => "acks1",
            Self::AcksNone => "acks0",
        }
    }

    /// What a reader must ask for, so that it sees what was promised and nothing else.
    pub(super) const fn isolation(self) -> &'static str {
        match self {
            Self::Transactional => "read_committed",
            Self::Idempotent | Self::AcksOne | Self::AcksNone => "read_uncommitted",
        }
    }
}

/// The codecs by their names in the settings.
pub(super) const CODECS: [&str; 5] = ["none", "gzip", "snappy", "lz4", "zstd"];

/// What happens to the brokers meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Faults {
    None,
    /// A leader is killed and comes back, again and again.
    Kill,
    /// Each node is stopped in an orderly way and comes back, one after the other.
    Roll,
}

impl Faults {
    pub(super) const ALL: [Self; 3] = [Self::None, Self::Kill, Self::Roll];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Kill => "kill",
            Self::Roll => "roll",
        }
    }
}

/// A file for the command line's `produce`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// One gibibyte of lines.
    Many,
    /// JSON, of which a line in the middle is none.
    Broken,
}

/// To which part of the table a row belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Matrix,
    Security(SecurityCell),
    Faults,
    Lines(Lines),
}

impl Part {
    pub(super) const WORDS: [&'static str; 4] = ["matrix", "security", "faults", "lines"];

    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Matrix => "matrix",
            Self::Security(_) => "security",
            Self::Faults => "faults",
            Self::Lines(_) => "lines",
        }
    }
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) part: Part,
    pub(super) mode: Mode,
    pub(super) codec: &'static str,
    pub(super) faults: Faults,
}

impl Cell {
    fn calm(part: Part, mode: Mode, codec: &'static str) -> Self {
        Self { part, mode, codec, faults: Faults::None }
    }

    pub(super) const fn is_about_security(&self) -> bool {
        matches!(self.part, Part::Security(_))
    }

    pub(super) fn name(&self) -> String {
        match &self.part {
            Part::Matrix => format!("{} {}", self.mode.word(), self.codec),
            Part::Security(cell) => format!("security {}", cell.name),
            Part::Faults => {
                format!("{} {} {}", self.mode.word(), self.codec, self.faults.word())
            }
            Part::Lines(Lines::Many) => "klamm produce, 1 GiB of lines".to_owned(),
            Part::Lines(Lines::Broken) => "klamm produce, a broken line".to_owned(),
        }
    }
}

/// All rows of a release.
pub(super) fn all(release: Release) -> Vec<Cell> {
    let of_mode = |mode| CODECS.map(|codec| Cell::calm(Part::Matrix, mode, codec));
    let mut cells: Vec<Cell> = Mode::ALL.into_iter().flat_map(of_mode).collect();
    let believed = security_cells::all().into_iter().filter(|cell| cell.expected == Expected::Good);
    cells.extend(believed.map(|c| Cell::calm(Part::Security(c), Mode::Idempotent, "lz4")));
    if release == Release::V4_3 {
        for (mode, codec) in [(Mode::Idempotent, "lz4"), (Mode::Transactional, "zstd")] {
            let part = Part::Faults;
            let faulty = |faults| Cell { part: part.clone(), mode, codec, faults };
            cells.extend([Faults::Kill, Faults::Roll].map(faulty));
        }
        let lines = |lines| Cell::calm(Part::Lines(lines), Mode::Idempotent, "none");
        cells.extend([Lines::Many, Lines::Broken].map(lines));
    }
    cells
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_has_a_name_of_its_own() {
        for release in Release::ALL {
            let cells = all(release);
            let names: BTreeSet<String> = cells.iter().map(Cell::name).collect();
            assert_eq!(names.len(), cells.len());
        }
    }

    #[test]
    fn every_mode_meets_every_codec_on_every_release() {
        for release in Release::ALL {
            let cells = all(release);
            let matrix = cells.iter().filter(|cell| cell.part == Part::Matrix);
            assert_eq!(matrix.count(), Mode::ALL.len() * CODECS.len());
        }
    }

    #[test]
    fn faults_are_for_the_release_with_three_nodes() {
        let faulty = |release| all(release).iter().any(|cell| cell.faults != Faults::None);
        assert!(faulty(Release::V4_3));
        assert!(!faulty(Release::V3_9) && !faulty(Release::V2_8));
    }
}
