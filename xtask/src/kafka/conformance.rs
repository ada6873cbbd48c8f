//! Runs the black-box cases against an address, and compares two of their records.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::guard::Guard;
use super::process::Process;
use super::program::Program;
use crate::support;

/// All cases, some of which wait for what must not come.
const RUN_LIMIT: Duration = Duration::from_secs(2 * 3600);

/// The same on both sides of a comparison.
const SEED: &str = "1";

/// Where a cluster listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) plain: String,
    /// Listeners with SASL and without TLS.
    pub(super) sasl: Option<String>,
}

/// How a program of cases ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It did what it was asked for.
    Well,
    /// It found something: a case that failed, a difference without an exception.
    Found,
    /// It could not do anything, for this reason.
    Unusable(String),
}

/// The judge, and the folder where its records go.
pub(super) struct Conformance<'a> {
    pub(super) program: &'a Program,
    pub(super) folder: &'a Path,
    /// How many cases run at a time.
    pub(super) jobs: &'a str,
    /// Which cases, with `*` for any characters; all of them if there is none.
    pub(super) cases: &'a [&'a str],
}

impl Conformance<'_> {
    /// Runs the cases and writes their record to `NAME.jsonl`.
    pub(super) fn record(&self, target: &Target, name: &str) -> Result<Ended, String> {
        let out = self.folder.join(format!("{name}.jsonl"));
        let mut command = self.program.command(&["run", "--bootstrap", &target.plain]);
        if let Some(sasl) = &target.sasl {
            command.args(["--sasl-bootstrap", sasl]);
        }
        command.args(self.cases.iter().flat_map(|glob| ["--case", glob]));
        command.args(["--seed", SEED, "--jobs", self.jobs, "--out"]).arg(&out);
        // A record of an earlier run would be taken for that of this one.
        support::write(&out, "")?;
        self.finish(&command, name)
    }

    /// Compares two records; the table goes to `table.md`.
    pub(super) fn compare(
        &self,
        left: &str,
        right: &str,
        exceptions: &Path,
    ) -> Result<Ended, String> {
        let record = |name: &str| self.folder.join(format!("{name}.jsonl"));
        let mut command = self.program.command(&["compare", "--left"]);
        command.arg(record(left)).arg("--right").arg(record(right));
        command.arg("--exceptions").arg(exceptions);
        command.arg("--table").arg(self.folder.join("table.md"));
        self.finish(&command, "compare")
    }

    /// The verdict of each case of a record, without what stands in its parentheses.
    pub(super) fn verdicts(&self, name: &str) -> Result<BTreeMap<String, String>, String> {
        verdicts(&support::read(&self.folder.join(format!("{name}.jsonl")))?)
    }

    fn finish(&self, command: &Command, name: &str) -> Result<Ended, String> {
        let mut guard = Guard::new()?;
        let log = self.folder.join(format!("{name}.log"));
        let mut process = guard.start(name, command, &log)?;
        let status = process.finish(RUN_LIMIT)?;
        match status.code() {
            Some(0) => Ok(told(&process, Ended::Well)),
            Some(1) => Ok(told(&process, Ended::Found)),
            Some(2) => Ok(Ended::Unusable(process.failure("could do nothing"))),
            _ => Err(process.failure(&format!("ended with {status}"))),
        }
    }
}

/// Shows the last line, which sums up.
fn told(process: &Process, ended: Ended) -> Ended {
    let printed = process.printed();
    println!("  {}: {}", process.name(), printed.lines().last().unwrap_or_default());
    ended
}

fn verdicts(record: &str) -> Result<BTreeMap<String, String>, String> {
    let mut verdicts = BTreeMap::new();
    for line in record.lines() {
        let value: Value = serde_json::from_str(line).map_err(|e| format!("`{line}`: {e}"))?;
        // The first line tells of the run as a whole.
        let Some(case) = value.get("case").and_then(Value::as_str) else { continue };
        let verdict = value.get("verdict").and_then(Value::as_str).unwrap_or_default();
        let word = verdict.split('(').next().unwrap_or_default();
        verdicts.insert(case.to_owned(), word.to_owned());
    }
    if verdicts.is_empty() { Err("a record tells of no case".to_owned()) } else { Ok(verdicts) }
}

/// Whether a verdict says that a case did not go as it must.
pub(super) fn is_failure(verdict: &str) -> bool {
    matches!(verdict, "FAIL" | "HANG")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_is_its_first_word() {
        let record = concat!(
            "{\"suite\":\"klamm-conformance\",\"seed\":1}\n",
            "{\"case\":\"SEQ-05\",\"verdict\":\"PASS\"}\n",
            "{\"case\":\"SAS-01\",\"verdict\":\"SKIPPED(no SASL listener)\"}\n",
        );
        let verdicts = verdicts(record).unwrap();
        let expected = [("SAS-01", "SKIPPED"), ("SEQ-05", "PASS")];
        assert!(verdicts.iter().map(|(case, word)| (case.as_str(), word.as_str())).eq(expected));
    }

    #[test]
    fn a_record_without_cases_is_no_record() {
        assert!(verdicts("").is_err());
        assert!(verdicts("{\"suite\":\"klamm-conformance\"}\n").is_err());
        assert!(verdicts("no JSON\n").is_err());
    }
}
