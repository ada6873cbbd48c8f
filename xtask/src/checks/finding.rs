//! A violation that a check found, and the report of all of them.

use std::fmt;

use crate::support::Outcome;

/// One violation: where it stands, which rule it breaks, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    /// The file, relative to the root of the repository, or the package.
    pub(super) place: String,
    /// Counted from 1; 0 means the place as a whole.
    pub(super) line: usize,
    /// The rule's short name, by which tests and the ratchet list know it.
    pub(super) rule: &'static str,
    /// A sentence for the person who has to mend it.
    pub(super) text: String,
}

impl Finding {
    pub(super) fn at(
        place: impl Into<String>,
        line: usize,
        rule: &'static str,
        text: impl Into<String>,
    ) -> Self {
        Self { place: place.into(), line, rule, text: text.into() }
    }

    /// A finding about a whole file or package.
    pub(super) fn of(
        place: impl Into<String>,
        rule: &'static str,
        text: impl Into<String>,
    ) -> Self {
        Self::at(place, 0, rule, text)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {} [{}]", self.place, self.text, self.rule)
        } else {
            write!(f, "{}:{}: {} [{}]", self.place, self.line, self.text, self.rule)
        }
    }
}

/// Prints the findings, sorted by place; any finding is a failure.
pub(super) fn report(mut findings: Vec<Finding>) -> Outcome {
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        1 => Err("1 finding".to_owned()),
        n => Err(format!("{n} findings")),
    }
}

/// The rules broken, for tests that plant violations.
#[cfg(test)]
pub(super) fn rules(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.rule).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_as_place_sentence_and_rule() {
        let finding = Finding::at("a.rs", 3, "columns", "the line has 101 columns");
        assert_eq!(finding.to_string(), "a.rs:3: the line has 101 columns [columns]");
        assert_eq!(Finding::of("a.rs", "size", "too long").to_string(), "a.rs: too long [size]");
    }

    #[test]
    fn any_finding_fails_the_check() {
        assert!(report(Vec::new()).is_ok());
        assert!(report(vec![Finding::of("a.rs", "size", "too long")]).is_err());
    }
}
