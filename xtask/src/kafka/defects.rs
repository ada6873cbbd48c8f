//! Which cases notice a defect: a case that cannot fail proves nothing about who passes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::committed::{self, Keep};
use super::conformance::{Conformance, Ended, is_failure};
use super::home;
use super::mock::{self, Likeness, Mock};
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

/// The verdict of each case; `None` if the judge could do nothing.
type Verdicts = Option<BTreeMap<String, String>>;

/// What one types after `defects`.
#[derive(Debug, PartialEq, Eq)]
struct Wish<'a> {
    keep: Keep,
    jobs: &'a str,
    /// Nothing is kept when only some defects are looked for.
    names: Vec<&'a str>,
}

impl<'a> Wish<'a> {
    fn parse(args: &[&'a str]) -> Result<Self, String> {
        let usage = || format!("usage: cargo xtask kafka {USAGE}");
        let mut wish = Self { keep: Keep::Write, jobs: "4", names: Vec::new() };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match *arg {
                "--check" => wish.keep = Keep::Check,
                "--jobs" => wish.jobs = args.next().ok_or_else(usage)?,
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
    let mut bench = Bench { programs: &programs, folder, jobs: wish.jobs, healthy: [None, None] };
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
    jobs: &'a str,
    /// The verdicts on a mock without defects, once they are known.
    healthy: [Option<BTreeMap<String, String>>; 2],
}

impl Bench<'_> {
    /// Looks for defects of these names, or for all of them.
    fn report(&mut self, names: &[&str]) -> Result<Report, String> {
        let all = mock::defects(&self.programs.klamm)?;
        if let Some(unknown) = names.iter().find(|name| !all.iter().any(|known| known == *name)) {
            return Err(format!("`klamm mock` has no defect `{unknown}`"));
        }
        let mut rows = Vec::new();
        for defect in all {
            if names.is_empty() || names.contains(&defect.as_str()) {
                println!("{defect}");
                let found = self.look_for(&defect);
                rows.push(Row { defect, found });
            }
        }
        Ok(Report(rows))
    }

    /// The first likeness in which a case notices the defect.
    fn look_for(&mut self, defect: &str) -> Result<Option<Found>, String> {
        for at in 0..LIKENESSES.len() {
            let Some(likeness) = LIKENESSES.get(at) else { break };
            let healthy = self.healthy(at, *likeness)?;
            let cases = match self.verdicts(*likeness, Some(defect))? {
                None => vec![ALL.to_owned()],
                Some(spoilt) => newly_failing(&healthy, &spoilt),
            };
            if !cases.is_empty() {
                return Ok(Some(Found { transactions: likeness.transactions, cases }));
            }
        }
        Ok(None)
    }

    fn healthy(
        &mut self,
        at: usize,
        likeness: Likeness,
    ) -> Result<BTreeMap<String, String>, String> {
        if let Some(Some(known)) = self.healthy.get(at) {
            return Ok(known.clone());
        }
        let verdicts = self
            .verdicts(likeness, None)?
            .ok_or_else(|| "no case can be run on a mock without defects".to_owned())?;
        if let Some(place) = self.healthy.get_mut(at) {
            *place = Some(verdicts.clone());
        }
        Ok(verdicts)
    }

    /// Judges a mock of its own.
    fn verdicts(&self, likeness: Likeness, defect: Option<&str>) -> Result<Verdicts, String> {
        let name = format!("{}-txn{}", defect.unwrap_or("none"), likeness.transactions.digit());
        let log = self.folder.join(format!("{name}.mock.log"));
        let judge = Conformance {
            program: &self.programs.conformance,
            folder: &self.folder,
            jobs: self.jobs,
        };
        // The folder of logs and records.
        crate::support::write(&log, "")?;
        let mock = Mock::start(&self.programs.klamm, likeness, defect, &log)?;
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
        Bench { programs: &programs, folder, jobs: "1", healthy: [None, None] }.report(names)
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
        let mut bench = Bench { programs: &programs, folder, jobs: "1", healthy: [None, None] };
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
        assert_eq!(wish, Ok(Wish { keep: Keep::Check, jobs: "2", names }));
        assert!(Wish::parse(&["--fast"]).is_err());
        assert!(Wish::parse(&["--jobs"]).is_err());
    }
}
