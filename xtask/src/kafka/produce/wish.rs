//! Which rows, and how many records, as one types it.

use super::USAGE;
use super::cell::{CODECS, Cell, Faults, Mode, Part};
use crate::kafka::options::Transactions;
use crate::kafka::release::Release;

/// Who sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Producer {
    Klamm,
    /// Java's own, to see whether the judge is a fair one.
    Java,
}

/// What is wanted; an empty list wants everything.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) releases: Vec<Release>,
    parts: Vec<&'static str>,
    modes: Vec<Mode>,
    codecs: Vec<&'static str>,
    faults: Vec<Faults>,
    transactions: Transactions,
    pub(super) records: Option<u64>,
    pub(super) seed: u64,
    /// How many cycles of faults there are.
    pub(super) cycles: u32,
    pub(super) producer: Producer,
    /// How our programs are built: a row is much quicker with the one, a build with the other.
    pub(super) profile: &'static str,
}

const PROFILES: [&str; 2] = ["release", "dev"];

impl Default for Wish {
    fn default() -> Self {
        Self {
            releases: Vec::new(),
            parts: Vec::new(),
            modes: Vec::new(),
            codecs: Vec::new(),
            faults: Vec::new(),
            transactions: Transactions::V2,
            records: None,
            seed: 1,
            cycles: 3,
            producer: Producer::Klamm,
            profile: "release",
        }
    }
}

impl Wish {
    pub(super) fn parse(args: &[&str]) -> Result<Self, String> {
        let mut wish = Self::default();
        let mut args = args.iter();
        while let Some(option) = args.next() {
            let taken = args.next().and_then(|value| wish.take(option, value));
            taken.ok_or_else(|| format!("`{option}`: usage: cargo xtask kafka {USAGE}"))?;
        }
        if wish.releases.is_empty() {
            wish.releases.extend(Release::ALL);
        }
        Ok(wish)
    }

    /// `None` for what is not understood.
    fn take(&mut self, option: &str, value: &str) -> Option<()> {
        match option {
            "--version" | "--release" => self.releases.push(Release::of(value)?),
            "--part" => self.parts.push(Part::WORDS.into_iter().find(|word| *word == value)?),
            "--mode" => self.modes.push(Mode::ALL.into_iter().find(|m| m.word() == value)?),
            "--codec" => self.codecs.push(CODECS.into_iter().find(|codec| *codec == value)?),
            "--faults" => self.faults.push(Faults::ALL.into_iter().find(|f| f.word() == value)?),
            "--profile" => self.profile = PROFILES.into_iter().find(|word| *word == value)?,
            "--records" => self.records = Some(value.parse().ok()?),
            "--seed" => self.seed = value.parse().ok()?,
            "--cycles" => self.cycles = value.parse().ok()?,
            "--txn-version" => {
                let all = [Transactions::V1, Transactions::V2];
                self.transactions = all.into_iter().find(|each| each.digit() == value)?;
            }
            "--producer" => {
                self.producer = match value {
                    "klamm" => Producer::Klamm,
                    "java" => Producer::Java,
                    _ => return None,
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// The generation of transactions that a release is to speak.
    pub(super) fn generation(&self, release: Release) -> Transactions {
        if release.has_two_generations() { self.transactions } else { Transactions::V1 }
    }

    /// Whether a row is wanted. The command line's rows are ours alone.
    pub(super) fn wants(&self, cell: &Cell) -> bool {
        let is_possible = self.producer == Producer::Klamm || cell.part.word() != "lines";
        is_possible
            && is_among(&self.parts, &cell.part.word())
            && is_among(&self.modes, &cell.mode)
            && is_among(&self.codecs, &cell.codec)
            && is_among(&self.faults, &cell.faults)
    }
}

fn is_among<T: PartialEq>(wanted: &[T], it: &T) -> bool {
    wanted.is_empty() || wanted.contains(it)
}

#[cfg(test)]
mod tests {
    use super::super::cell;
    use super::*;

    fn names(args: &[&str]) -> Vec<String> {
        let wish = Wish::parse(args).unwrap();
        let wanted = cell::all(Release::V4_3).into_iter().filter(|cell| wish.wants(cell));
        wanted.map(|cell| cell.name()).collect()
    }

    #[test]
    fn without_a_wish_it_is_every_row_of_every_release() {
        assert_eq!(Wish::parse(&[]).unwrap().releases, Release::ALL);
        assert_eq!(names(&[]).len(), cell::all(Release::V4_3).len());
    }

    #[test]
    fn a_single_row_can_be_wished_for() {
        let found = names(&["--mode", "idempotent", "--codec", "lz4", "--faults", "kill"]);
        assert_eq!(found, ["idempotent lz4 kill"]);
        assert_eq!(names(&["--part", "matrix", "--codec", "zstd", "--mode", "acks0"]).len(), 1);
    }

    #[test]
    fn rows_of_the_command_line_are_ours_alone() {
        assert!(names(&["--producer", "java", "--part", "lines"]).is_empty());
    }

    #[test]
    fn an_old_release_speaks_the_first_generation() {
        let wish = Wish::parse(&["--txn-version", "2"]).unwrap();
        assert_eq!(wish.generation(Release::V2_8), Transactions::V1);
        assert_eq!(wish.generation(Release::V4_3), Transactions::V2);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for wrong in [&["--version", "1.0"][..], &["--mode"], &["--codec", "brotli"]] {
            assert!(Wish::parse(wrong).unwrap_err().contains("usage: "), "{wrong:?}");
        }
    }
}
