//! What became of all lines, and how it is told.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use klamm_protocol::catalogue;
use klamm_records::Codec;

use crate::input;
use crate::line::{Covers, Outcome, Subject, Verdict};
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
    /// How many lines with batches passed, by magic, the newest first, and by codec.
    batches: BTreeMap<Reverse<i8>, BTreeMap<Codec, usize>>,
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
        match (covers, subject.message, subject.version) {
            (Covers::Batches(magic, codec), _, _) => {
                *self.batches.entry(Reverse(magic)).or_default().entry(codec).or_default() += 1;
            }
            (Covers::Message, Some(message), Some(version)) => {
                self.covered.insert((message, version));
            }
            (Covers::Message | Covers::Nothing, _, _) => {}
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

    /// How many lines with batches of this magic and codec passed.
    pub fn batches(&self, magic: i8, codec: Codec) -> usize {
        let codecs = self.batches.get(&Reverse(magic));
        codecs.and_then(|codecs| codecs.get(&codec)).copied().unwrap_or_default()
    }

    /// How many lines passed by the rule of this name, by which ours is stricter.
    pub fn stricter(&self, rule: &str) -> usize {
        self.stricter.get(rule).copied().unwrap_or_default()
    }

    /// How many pairs of message and version the specs declare.
    pub fn pairs_declared(&self) -> usize {
        catalogue::all().iter().map(|entry| entry.versions.iter().count()).sum()
    }

    /// The counts of batches, as in `magic 2: none 3, gzip 1; magic 1: none 2`.
    fn batches_by_magic(&self) -> String {
        let magics = self.batches.iter().map(|(Reverse(magic), codecs)| {
            let counts = codecs.iter().map(|(codec, count)| format!("{codec} {count}"));
            format!("magic {magic}: {}", counts.collect::<Vec<String>>().join(", "))
        });
        magics.collect::<Vec<String>>().join("; ")
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
        if !self.batches.is_empty() {
            writeln!(f, "batches: {}", self.batches_by_magic())?;
        }
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
        Outcome { subject, verdict, covers: Covers::Message }
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
        report.add("file", 1, Outcome { covers: Covers::Nothing, ..outcome(1, Verdict::Passed) });
        assert_eq!((report.passed(), report.pairs_covered()), (1, 0));
    }

    #[test]
    fn batches_are_counted_by_magic_and_codec_if_they_pass() {
        let batches = |magic, codec, verdict| {
            let subject = Subject { message: Some("a batch".to_owned()), version: None };
            Outcome { subject, verdict, covers: Covers::Batches(magic, codec) }
        };
        let lines = vec![
            batches(0, Codec::None, Verdict::Passed),
            batches(2, Codec::Zstd, Verdict::Passed),
            batches(2, Codec::None, Verdict::Passed),
            batches(2, Codec::Zstd, Verdict::Passed),
            batches(2, Codec::Lz4, Verdict::Failed(vec!["wrong".to_owned()])),
        ];
        let told = told(lines);
        assert!(told.starts_with("file:5: a batch\n    wrong\n"), "{told}");
        assert!(told.contains("\nbatches: magic 2: none 1, zstd 2; magic 0: none 1\n"), "{told}");
    }
}
