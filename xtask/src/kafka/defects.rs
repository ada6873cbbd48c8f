//! Which cases notice a defect: a case that cannot fail proves nothing about who passes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use super::committed::{self, Keep};
use super::conformance::{Conformance, Ended, is_failure};
use super::haunts;
use super::home;
use super::mock::{self, Likeness, Mock, Twist};
use super::options::Transactions;
use super::program::Programs;
use crate::support::Outcome;

pub(super) const USAGE: &str = "defects [--check] [--jobs N] [NAME]...";

/// Where a defect may show, in this order: some can be seen in one generation alone.
const LIKENESSES: [Likeness; 2] = [
    Likeness { persona: "apache-4.3", transactions: Transactions::V2 },
    Likeness { persona: "apache-4.3", transactions: Transactions::V1 },
];

/// What stands in the place of cases when none of them could begin.
const ALL: &str = "(no case can be run)";

/// How many cases are held at a time with each mock.
const CASES_AT_A_TIME: &str = "8";

/// The verdict of each case; `None` if the judge could do nothing.
type Verdicts = Option<BTreeMap<String, String>>;

/// What one types after `defects`.
#[derive(Debug, PartialEq, Eq)]
struct Wish<'a> {
    keep: Keep,
    /// How many mocks are judged at a time.
    jobs: usize,
    /// Nothing is kept when only some defects are looked for.
    names: Vec<&'a str>,
}

impl<'a> Wish<'a> {
    fn parse(args: &[&'a str]) -> Result<Self, String> {
        let usage = || format!("usage: cargo xtask kafka {USAGE}");
        let mut wish = Self { keep: Keep::Write, jobs: 4, names: Vec::new() };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match *arg {
                "--check" => wish.keep = Keep::Check,
                "--jobs" => {
                    let jobs = args.next().and_then(|jobs| jobs.parse().ok());
                    wish.jobs = jobs.ok_or_else(usage)?;
                }
                name if name.starts_with('-') => return Err(usage()),
                name => wish.names.push(name),
            }
        }
        Ok(wish)
    }
}

/// `cargo xtask kafka defects`.
pub(super) fn run(args: &[&str]) -> Outcome {
    let wish = Wish::parse(args)?;
    let programs = Programs::build()?;
    let folder = home().join("defects");
    let bench = Bench::new(&programs, folder, wish.jobs);
    let report = bench.report(&wish.names)?;
    print!("{}", report.table());
    if wish.names.is_empty() {
        wish.keep.apply(&committed::results().join("defects.txt"), &report.table())?;
    }
    report.outcome()
}

/// A defect and what noticed it, or the reason why nothing could be said.
struct Row {
    defect: String,
    found: Result<Option<Found>, String>,
}

/// The cases that fail with a defect and not without it.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    transactions: Transactions,
    cases: Vec<String>,
}

/// What was found of all defects, in the order in which the mock lists them.
struct Report(Vec<Row>);

impl Report {
    fn table(&self) -> String {
        let mut table = "Cases that fail with a defect of the mock and pass without it.\n\
                         Made by `cargo xtask kafka defects`.\n\n"
            .to_owned();
        let width = self.0.iter().map(|row| row.defect.len()).max().unwrap_or_default();
        for Row { defect, found } in &self.0 {
            let said = match found {
                Ok(Some(Found { transactions, cases })) => {
                    format!("txn-version {}: {}", transactions.digit(), cases.join(" "))
                }
                Ok(None) => "NOT NOTICED".to_owned(),
                Err(_) => "NOT JUDGED".to_owned(),
            };
            // Writing to a string does not fail.
            let _ = writeln!(table, "{defect:<width$}  {said}");
        }
        let noticed = self.0.iter().filter(|row| matches!(row.found, Ok(Some(_)))).count();
        let _ = writeln!(table, "\n{noticed} of {} defects are noticed.", self.0.len());
        table
    }

    fn outcome(&self) -> Outcome {
        let bad = |row: &Row| match &row.found {
            Ok(Some(_)) => None,
            Ok(None) => Some(format!("no case notices `{}`", row.defect)),
            Err(error) => Some(format!("`{}`: {error}", row.defect)),
        };
        let bad: Vec<String> = self.0.iter().filter_map(bad).collect();
        if bad.is_empty() { Ok(()) } else { Err(bad.join("\n")) }
    }
}

/// Where mocks with defects are judged.
struct Bench<'a> {
    programs: &'a Programs,
    folder: PathBuf,
    jobs: usize,
    /// The verdicts on a mock of one node without defects, once they are known.
    healthy: [OnceLock<Result<BTreeMap<String, String>, String>>; 2],
}

/// One way to look for a defect.
#[derive(Clone, Copy)]
struct Look<'a> {
    /// Which of the likenesses.
    at: usize,
    likeness: Likeness,
    twist: Twist<'a>,
    cases: &'a [&'a str],
}

impl<'a> Bench<'a> {
    fn new(programs: &'a Programs, folder: PathBuf, jobs: usize) -> Self {
        Self { programs, folder, jobs, healthy: [const { OnceLock::new() }; 2] }
    }

    /// Looks for defects of these names, or for all of them.
    fn report(&self, names: &[&str]) -> Result<Report, String> {
        let mut wanted = mock::defects(&self.programs.klamm)?;
        if let Some(unknown) = names.iter().find(|name| !wanted.iter().any(|known| known == *name))
        {
            return Err(format!("`klamm mock` has no defect `{unknown}`"));
        }
        wanted.retain(|defect| names.is_empty() || names.contains(&defect.as_str()));
        // Known before the others begin, who would all wait for it.
        self.healthy(0, LIKENESSES[0])?;
        let next = AtomicUsize::new(0);
        let rows = Mutex::new(BTreeMap::new());
        let work = || {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(defect) = wanted.get(at) else { break };
                let row = Row { defect: defect.clone(), found: self.look_for(defect) };
                rows.lock().unwrap_or_else(PoisonError::into_inner).insert(at, row);
            }
        };
        thread::scope(|scope| {
            for _ in 0..self.jobs.max(1) {
                scope.spawn(work);
            }
        });
        let rows = rows.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Report(rows.into_values().collect()))
    }

    /// The first look at which a case notices the defect: where it haunts, and then everywhere.
    fn look_for(&self, defect: &str) -> Result<Option<Found>, String> {
        let haunt = haunts::cases(defect);
        let twist = Twist { nodes: haunts::nodes(defect), defect: Some(defect) };
        let mut places = vec![haunt];
        if !haunt.is_empty() {
            places.push(&[]);
        }
        for cases in places {
            for (at, likeness) in LIKENESSES.into_iter().enumerate() {
                let found = self.look(Look { at, likeness, twist, cases })?;
                if !found.is_empty() {
                    let transactions = likeness.transactions;
                    return Ok(Some(Found { transactions, cases: found }));
                }
            }
        }
        Ok(None)
    }

    fn look(&self, look: Look<'_>) -> Result<Vec<String>, String> {
        let Some(spoilt) = self.verdicts(look)? else { return Ok(vec![ALL.to_owned()]) };
        let healthy = if look.twist.nodes == haunts::ONE {
            self.healthy(look.at, look.likeness)?
        } else {
            let name = look.twist.defect.unwrap_or_default();
            self.without(look, &format!("none-{name}"))?
        };
        Ok(newly_failing(&healthy, &spoilt))
    }

    /// All verdicts on one node without defects.
    fn healthy(&self, at: usize, likeness: Likeness) -> Result<BTreeMap<String, String>, String> {
        let look = Look { at, likeness, twist: Twist::NONE, cases: &[] };
        match self.healthy.get(at) {
            Some(known) => known.get_or_init(|| self.without(look, "none")).clone(),
            None => self.without(look, "none"),
        }
    }

    /// The same look without the defect.
    fn without(&self, look: Look<'_>, name: &str) -> Result<BTreeMap<String, String>, String> {
        let twist = Twist { defect: None, ..look.twist };
        self.judged(Look { twist, ..look }, name)?
            .ok_or_else(|| "no case can be run on a mock without defects".to_owned())
    }

    fn verdicts(&self, look: Look<'_>) -> Result<Verdicts, String> {
        self.judged(look, look.twist.defect.unwrap_or_default())
    }

    /// Judges a mock of its own.
    fn judged(&self, look: Look<'_>, name: &str) -> Result<Verdicts, String> {
        let name = format!("{name}-txn{}", look.likeness.transactions.digit());
        let log = self.folder.join(format!("{name}.mock.log"));
        let judge = Conformance {
            program: &self.programs.conformance,
            folder: &self.folder,
            jobs: CASES_AT_A_TIME,
            cases: look.cases,
        };
        // The folder of logs and records.
        crate::support::write(&log, "")?;
        let mock = Mock::start(&self.programs.klamm, look.likeness, look.twist, &log)?;
        let ended = judge.record(&mock.target, &name);
        mock.stop()?;
        match ended? {
            Ended::Unusable(_) => Ok(None),
            Ended::Well | Ended::Found => judge.verdicts(&name).map(Some),
        }
    }
}

/// Cases that fail on the second and not on the first.
fn newly_failing(
    healthy: &BTreeMap<String, String>,
    spoilt: &BTreeMap<String, String>,
) -> Vec<String> {
    let failed_before = |case: &String| healthy.get(case).is_some_and(|word| is_failure(word));
    let is_new = |(case, word): &(&String, &String)| is_failure(word) && !failed_before(case);
    spoilt.iter().filter(is_new).map(|(case, _)| case.clone()).collect()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::super::fakes;
    use super::super::scratch;
    use super::*;

    fn report(name: &str, names: &[&str]) -> Result<Report, String> {
        let folder = scratch::empty(name);
        let programs = fakes::programs(&folder);
        Bench::new(&programs, folder, 2).report(names)
    }

    #[test]
    fn each_defect_stands_beside_the_cases_that_notice_it() {
        let report = report("defects", &[]).unwrap();
        let expected = "Cases that fail with a defect of the mock and pass without it.\n\
                        Made by `cargo xtask kafka defects`.\n\n\
                        wrong-correlation-id  txn-version 2: (no case can be run)\n\
                        accepts-gaps          txn-version 2: SEQ-05\n\
                        skips-verification    txn-version 1: TXN-01\n\
                        harmless              NOT NOTICED\n\n\
                        3 of 4 defects are noticed.\n";
        assert_eq!(report.table(), expected);
    }

    #[test]
    fn a_defect_that_no_case_notices_is_a_failure() {
        let report = report("harmless", &["harmless"]).unwrap();
        assert_eq!(report.outcome(), Err("no case notices `harmless`".to_owned()));
        let report = self::report("noticed", &["accepts-gaps"]).unwrap();
        assert_eq!(report.outcome(), Ok(()));
    }

    #[test]
    fn a_name_that_no_defect_has_is_refused() {
        let error = report("unknown", &["accept-gaps"]).err();
        assert_eq!(error.as_deref(), Some("`klamm mock` has no defect `accept-gaps`"));
    }

    #[test]
    fn a_mock_that_ends_by_itself_is_told_and_not_counted_as_noticed() {
        let folder = scratch::empty("crashes");
        let programs = fakes::programs(&folder);
        let bench = Bench::new(&programs, folder, 1);
        let found = bench.look_for("crashes");
        assert!(found.as_ref().unwrap_err().contains("no room"), "{found:?}");
        let report = Report(vec![Row { defect: "crashes".to_owned(), found }]);
        assert!(report.outcome().unwrap_err().starts_with("`crashes`: klamm mock ended"));
        assert!(report.table().contains("crashes  NOT JUDGED"));
    }

    #[test]
    fn what_is_typed_is_understood() {
        let wish = Wish::parse(&["accepts-gaps", "--jobs", "2", "--check"]);
        let names = vec!["accepts-gaps"];
        assert_eq!(wish, Ok(Wish { keep: Keep::Check, jobs: 2, names }));
        assert!(Wish::parse(&["--fast"]).is_err());
        assert!(Wish::parse(&["--jobs"]).is_err());
    }
}
