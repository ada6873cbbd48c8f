//! Real brokers and our own cluster side by side: the same cases, the answers field by field.

use std::path::{Path, PathBuf};
use std::thread;

use super::cluster::Cluster;
use super::committed::{self, Keep};
use super::conformance::{Conformance, Ended};
use super::mock::{Likeness, Mock, Twist};
use super::options::{Options, Transactions};
use super::program::Programs;
use super::release::Release;
use super::{home, tools};
use crate::support::{self, Outcome};

pub(super) const USAGE: &str =
    "differential [--check] [--if-present] [--jobs N] [--only 4.3-txn2|4.3-txn1|3.9]";

/// A real broker and the likeness of it.
struct Pairing {
    name: &'static str,
    release: Release,
    likeness: Likeness,
}

const PAIRINGS: &[Pairing] = &[
    Pairing {
        name: "4.3-txn2",
        release: Release::V4_3,
        likeness: Likeness { persona: "apache-4.3", transactions: Transactions::V2 },
    },
    Pairing {
        name: "4.3-txn1",
        release: Release::V4_3,
        likeness: Likeness { persona: "apache-4.3", transactions: Transactions::V1 },
    },
    Pairing {
        name: "3.9",
        release: Release::V3_9,
        likeness: Likeness { persona: "apache-3.9", transactions: Transactions::V1 },
    },
];

/// The names of the two records of a pairing.
const REAL: &str = "real";
const MOCK: &str = "mock";

/// What one types after `differential`.
#[derive(Debug, PartialEq, Eq)]
struct Wish<'a> {
    keep: Keep,
    if_present: bool,
    jobs: &'a str,
    only: Option<&'a str>,
}

impl<'a> Wish<'a> {
    fn parse(args: &[&'a str]) -> Result<Self, String> {
        let mut wish = Self { keep: Keep::Write, if_present: false, jobs: "1", only: None };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match *arg {
                "--check" => wish.keep = Keep::Check,
                "--if-present" => wish.if_present = true,
                "--only" => wish.only = Some(known(args.next())?),
                "--jobs" => wish.jobs = args.next().ok_or_else(usage)?,
                _ => return Err(usage()),
            }
        }
        Ok(wish)
    }
}

fn usage() -> String {
    format!("usage: cargo xtask kafka {USAGE}")
}

fn known<'a>(name: Option<&&'a str>) -> Result<&'a str, String> {
    let is_known = |name: &&&str| PAIRINGS.iter().any(|pairing| pairing.name == **name);
    name.filter(is_known).copied().ok_or_else(usage)
}

/// `cargo xtask kafka differential`.
pub(super) fn run(args: &[&str]) -> Outcome {
    let wish = Wish::parse(args)?;
    match (tools::missing(), wish.if_present) {
        (None, _) => compare_all(&wish),
        (Some(missing), false) => Err(missing),
        (Some(missing), true) => {
            println!("*** NOT COMPARED WITH REAL KAFKA: {missing} ***");
            Ok(())
        }
    }
}

fn compare_all(wish: &Wish<'_>) -> Outcome {
    let programs = Programs::build()?;
    let mut failed = Vec::new();
    for pairing in PAIRINGS.iter().filter(|p| wish.only.is_none_or(|name| name == p.name)) {
        println!("{}", pairing.name);
        if let Err(error) = pairing.run(&programs, wish) {
            println!("  {error}");
            failed.push(pairing.name);
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

impl Pairing {
    fn run(&self, programs: &Programs, wish: &Wish<'_>) -> Outcome {
        let folder = home().join("differential").join(self.name);
        let failed = |error| format!("cannot make {}: {error}", folder.display());
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let judge = Conformance {
            program: &programs.conformance,
            folder: &folder,
            jobs: wish.jobs,
            cases: &[],
        };
        self.record_both(&judge, programs)?;
        let exceptions = support::root().join("crates/conformance/exceptions");
        let exceptions = exceptions.join(self.file("txt"));
        let kept = committed::results().join(self.file("md"));
        conclude(&judge, &exceptions, &kept, wish.keep)
    }

    fn file(&self, extension: &str) -> PathBuf {
        format!("{}.{extension}", self.name).into()
    }

    /// Both sides at once: a record is mostly waiting, for elections and for time-outs.
    fn record_both(&self, judge: &Conformance<'_>, programs: &Programs) -> Outcome {
        let (real, mock) = thread::scope(|scope| {
            let mock = scope.spawn(|| self.record_mock(judge, programs));
            let real = self.record_real(judge);
            (real, mock.join().unwrap_or_else(|_| Err("the mock's side panicked".to_owned())))
        });
        real.and(mock)
    }

    fn record_real(&self, judge: &Conformance<'_>) -> Outcome {
        let options =
            Options { secure: true, ..Options::of(self.release, self.likeness.transactions) };
        let cluster = Cluster::start(options)?;
        let ended = judge.record(&cluster.target(), REAL);
        cluster.stop()?;
        usable(ended?)
    }

    fn record_mock(&self, judge: &Conformance<'_>, programs: &Programs) -> Outcome {
        let log = judge.folder.join("klamm-mock.log");
        let mock = Mock::start(&programs.klamm, self.likeness, Twist::NONE, &log)?;
        let ended = judge.record(&mock.target, MOCK);
        mock.stop()?;
        usable(ended?)
    }
}

/// A case that fails is seen in the table; a run without cases is no side of a comparison.
fn usable(ended: Ended) -> Outcome {
    match ended {
        Ended::Well | Ended::Found => Ok(()),
        Ended::Unusable(error) => Err(error),
    }
}

/// Compares the two records, keeps the table, and says whether every difference has an exception.
fn conclude(judge: &Conformance<'_>, exceptions: &Path, kept: &Path, keep: Keep) -> Outcome {
    let exceptions = if exceptions.exists() {
        exceptions.to_owned()
    } else {
        let none = judge.folder.join("no-exceptions.txt");
        support::write(&none, "")?;
        none
    };
    let ended = judge.compare(REAL, MOCK, &exceptions)?;
    if let Ended::Unusable(error) = ended {
        return Err(error);
    }
    keep.apply(kept, &support::read(&judge.folder.join("table.md"))?)?;
    if ended == Ended::Well {
        return Ok(());
    }
    let log = judge.folder.join("compare.log");
    Err(format!("there are differences without an exception, see {}", log.display()))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::super::fakes;
    use super::super::scratch;
    use super::*;

    #[test]
    fn what_is_typed_is_understood() {
        let wish = Wish::parse(&["--only", "3.9", "--check", "--if-present", "--jobs", "2"]);
        let keep = Keep::Check;
        assert_eq!(wish, Ok(Wish { keep, if_present: true, jobs: "2", only: Some("3.9") }));
        assert!(Wish::parse(&["--only", "2.8"]).is_err());
        assert!(Wish::parse(&["--only"]).is_err());
        assert!(Wish::parse(&["--onlyy", "3.9"]).is_err());
    }

    /// Records both sides against mocks that are fakes, and concludes.
    fn concluded(name: &str, defect: Option<&str>, exceptions: &str) -> (PathBuf, Outcome) {
        let folder = scratch::empty(name);
        let programs = fakes::programs(&folder);
        let judge =
            Conformance { program: &programs.conformance, folder: &folder, jobs: "1", cases: &[] };
        let likeness = PAIRINGS[0].likeness;
        for (side, defect) in [(REAL, None), (MOCK, defect)] {
            let log = folder.join("mock.log");
            let mock =
                Mock::start(&programs.klamm, likeness, Twist { defect, ..Twist::NONE }, &log)
                    .unwrap();
            usable(judge.record(&mock.target, side).unwrap()).unwrap();
            mock.stop().unwrap();
        }
        let file = folder.join("exceptions.txt");
        support::write(&file, exceptions).unwrap();
        let kept = folder.join("results/table.txt");
        let outcome = conclude(&judge, &file, &kept, Keep::Write);
        (kept, outcome)
    }

    #[test]
    fn two_sides_that_answer_alike_leave_a_table_and_no_error() {
        let (kept, outcome) = concluded("alike", None, "");
        assert_eq!(outcome, Ok(()));
        assert_eq!(support::read(&kept).unwrap(), "same\n");
    }

    #[test]
    fn a_difference_without_an_exception_is_an_error_and_in_the_table() {
        let (kept, outcome) = concluded("different", Some("accepts-gaps"), "");
        let error = outcome.unwrap_err();
        assert!(error.starts_with("there are differences without an exception"), "{error}");
        assert_eq!(support::read(&kept).unwrap(), "different\n");
    }

    #[test]
    fn a_difference_with_an_exception_is_none() {
        let (_, outcome) = concluded("excepted", Some("accepts-gaps"), "SEQ-05 * * because\n");
        assert_eq!(outcome, Ok(()));
    }

    #[test]
    fn a_side_that_cannot_be_judged_is_an_error() {
        let error = usable(Ended::Unusable("nobody there".to_owned()));
        assert_eq!(error, Err("nobody there".to_owned()));
    }
}
