//! What became of all lines, and how it is told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use klamm_protocol::catalogue;

use crate::input;
use crate::line::{Outcome, Subject, Verdict};
use crate::replay::replay;

/// Failures told in detail; of further ones only the place is told.
const DETAILED: usize = 50;

/// What became of the lines of one or more texts.
#[derive(Clone, Debug, Default)]
pub struct Report {
    passed: usize,
    failures: Vec<Failure>,
    /// How many lines passed by each rule by which ours is stricter.
    stricter: BTreeMap<&'static str, usize>,
    /// Pairs of message and version of which a line passed.
    covered: BTreeSet<(String, i64)>,
}

/// A line that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The name of the text.
    pub text: String,
    /// The number of the line in it, from 1.
    pub line: usize,
    /// What the line is about.
    pub subject: Subject,
    /// What is not as it says.
    pub problems: Vec<String>,
}

impl Report {
    /// Judges each line of a text, which `name` stands for in the report.
    pub fn add_text(&mut self, name: &str, text: &[u8]) {
        let outcomes = replay(&input::lines(text));
        for (index, outcome) in outcomes.into_iter().enumerate() {
            self.add(name, index + 1, outcome);
        }
    }

    fn add(&mut self, text: &str, line: usize, outcome: Outcome) {
        let Outcome { subject, verdict, covers } = outcome;
        match verdict {
            Verdict::Failed(problems) => {
                let text = text.to_owned();
                self.failures.push(Failure { text, line, subject, problems });
                return;
            }
            Verdict::Stricter(rule) => *self.stricter.entry(rule).or_default() += 1,
            Verdict::Passed => {}
        }
        self.passed += 1;
        if let (true, Some(message), Some(version)) = (covers, subject.message, subject.version) {
            self.covered.insert((message, version));
        }
    }

    /// How many lines passed.
    pub fn passed(&self) -> usize {
        self.passed
    }

    /// How many lines failed.
    pub fn failed(&self) -> usize {
        self.failures.len()
    }

    /// The lines that failed, in order.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// How many pairs of message and version have a message line that passed.
    pub fn pairs_covered(&self) -> usize {
        self.covered.len()
    }

    /// How many pairs of message and version the specs declare.
    pub fn pairs_declared(&self) -> usize {
        catalogue::all().iter().map(|entry| entry.versions.iter().count()).sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, failure) in self.failures.iter().enumerate() {
            if index == DETAILED {
                writeln!(f, "further failures, without details:")?;
            }
            writeln!(f, "{failure}")?;
            let problems = failure.problems.iter().filter(|_| index < DETAILED);
            problems.into_iter().try_for_each(|problem| writeln!(f, "    {problem}"))?;
        }
        writeln!(f, "pairs: {} / {}", self.pairs_covered(), self.pairs_declared())?;
        if !self.stricter.is_empty() {
            for (rule, count) in &self.stricter {
                writeln!(f, "stricter by the rule `{rule}`: {count}")?;
            }
            writeln!(f, "stricter: {}", self.stricter.values().sum::<usize>())?;
        }
        writeln!(f, "{} passed, {} failed", self.passed, self.failed())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.subject.message.as_deref().unwrap_or("an unknown message");
        write!(f, "{}:{}: {message}", self.text, self.line)?;
        self.subject.version.map_or(Ok(()), |version| write!(f, " version {version}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(version: i64, verdict: Verdict) -> Outcome {
        let subject = Subject { message: Some("A".to_owned()), version: Some(version) };
        Outcome { subject, verdict, covers: true }
    }

    fn told(outcomes: Vec<Outcome>) -> String {
        let mut report = Report::default();
        for (index, outcome) in outcomes.into_iter().enumerate() {
            report.add("file", index + 1, outcome);
        }
        report.to_string().replace(&format!("/ {}", report.pairs_declared()), "/ all")
    }

    #[test]
    fn nothing_at_all_is_no_failure() {
        assert_eq!(told(Vec::new()), "pairs: 0 / all\n0 passed, 0 failed\n");
    }

    #[test]
    fn each_failure_is_told_with_its_place_and_every_problem() {
        let problems = ["this", "that"].map(str::to_owned).to_vec();
        let lines = vec![outcome(0, Verdict::Passed), outcome(3, Verdict::Failed(problems))];
        let expected =
            "file:2: A version 3\n    this\n    that\npairs: 1 / all\n1 passed, 1 failed\n";
        assert_eq!(told(lines), expected);
    }

    #[test]
    fn a_stricter_line_passes_and_is_counted_by_its_rule() {
        let rules = ["utf-8", "tags", "utf-8"].map(|rule| outcome(1, Verdict::Stricter(rule)));
        let expected = "pairs: 1 / all\n\
                        stricter by the rule `tags`: 1\nstricter by the rule `utf-8`: 2\n\
                        stricter: 3\n3 passed, 0 failed\n";
        assert_eq!(told(rules.to_vec()), expected);
    }

    #[test]
    fn every_failure_is_named_and_the_first_ones_in_detail() {
        let fail = |version| outcome(version, Verdict::Failed(vec!["wrong".to_owned()]));
        let told = told((0..60).map(fail).collect());
        assert_eq!(told.matches("    wrong\n").count(), DETAILED);
        assert_eq!(told.matches("file:").count(), 60);
        assert!(told.ends_with("\n0 passed, 60 failed\n"));
    }

    #[test]
    fn only_message_lines_cover_their_pair() {
        let mut report = Report::default();
        report.add("file", 1, Outcome { covers: false, ..outcome(1, Verdict::Passed) });
        assert_eq!((report.passed(), report.pairs_covered()), (1, 0));
    }
}
