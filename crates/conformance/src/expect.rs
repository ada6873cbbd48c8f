//! What a case expects, and what became of it.

use std::fmt::Debug;

use klamm_wire::ErrorCode;

use crate::answer::Answer;
use crate::case::{Level, Outcome, Stop, Verdict};
use crate::conn::Raw;

/// Collects what went against the expectations of one case; nothing here ends the case.
#[derive(Debug, Default)]
pub struct Expect {
    problems: Vec<String>,
    remarks: Vec<String>,
    differs: Vec<String>,
    hung: bool,
}

impl Expect {
    /// Something holds.
    pub fn that(&mut self, what: &str, holds: bool) {
        if !holds {
            self.problems.push(format!("not so: {what}"));
        }
    }

    /// A value is the one that is wanted.
    #[expect(clippy::needless_pass_by_value, reason = "a case reads better without references")]
    pub fn eq<T: PartialEq + Debug>(&mut self, what: &str, got: T, wanted: T) {
        if got != wanted {
            self.problems.push(format!("{what}: {got:?} instead of {wanted:?}"));
        }
    }

    /// The code at a pointer is the one that is wanted.
    pub fn code(&mut self, answer: &Answer, pointer: &str, wanted: i16) {
        self.code_in(answer, pointer, &[wanted]);
    }

    /// The code at a pointer is one of those that are wanted.
    pub fn code_in(&mut self, answer: &Answer, pointer: &str, wanted: &[i16]) {
        let got = answer.code(pointer);
        if got.is_some_and(|code| wanted.contains(&code.0)) {
            return;
        }
        let wanted: Vec<ErrorCode> = wanted.iter().copied().map(ErrorCode).collect();
        self.unlike(answer, &format!("{pointer}: {got:?} instead of {wanted:?}"));
    }

    /// The code at a pointer is any but success.
    pub fn any_error(&mut self, answer: &Answer, pointer: &str) {
        if answer.code(pointer).is_none_or(ErrorCode::is_ok) {
            self.unlike(answer, &format!("{pointer}: no error"));
        }
    }

    /// There was an answer.
    pub fn answered(&mut self, answer: &Answer) {
        if answer.reply().is_none() {
            self.unlike(answer, "no answer");
        }
    }

    /// The connection was closed instead of an answer.
    pub fn closed(&mut self, answer: &Answer) {
        if *answer != Answer::Closed {
            self.unlike(answer, "not closed");
        }
    }

    /// The connection ended.
    pub fn ended(&mut self, what: &str, raw: &Raw) {
        match raw {
            Raw::Closed => {}
            Raw::Timeout => self.hang(&format!("{what}: still open")),
            Raw::Frame(frame) => {
                self.problems.push(format!("{what}: an answer of {} bytes", frame.len()));
            }
        }
    }

    /// Nothing came where something should have.
    pub fn hang(&mut self, what: &str) {
        self.hung = true;
        self.problems.push(what.to_owned());
    }

    /// The target took another way, which is allowed and has this name.
    pub fn differs(&mut self, name: &str) {
        if !self.differs.iter().any(|known| known == name) {
            self.differs.push(name.to_owned());
        }
    }

    /// Something worth reading that decides nothing.
    pub fn remark(&mut self, text: impl Into<String>) {
        self.remarks.push(text.into());
    }

    fn unlike(&mut self, answer: &Answer, what: &str) {
        match answer {
            Answer::Frame(_) => self.problems.push(what.to_owned()),
            Answer::Timeout => self.hang(&format!("{what} (timeout)")),
            Answer::Closed => self.problems.push(format!("{what} (closed)")),
            Answer::Malformed(why) => self.problems.push(format!("{what} (malformed: {why})")),
        }
    }

    /// The verdict on a case of this level that returned `outcome`, and what there is to say.
    #[must_use]
    pub fn verdict(mut self, level: Level, outcome: Outcome) -> (Verdict, Vec<String>) {
        let mut skipped = None;
        match outcome {
            Ok(()) => {}
            Err(Stop::Skipped(reason)) => skipped = Some(reason),
            Err(Stop::Failed(what)) => self.problems.push(what),
            Err(Stop::Hang(what)) => self.hang(&what),
        }
        let verdict = match skipped {
            _ if self.hung => Verdict::Hang,
            Some(reason) if self.problems.is_empty() => Verdict::Skipped(reason),
            _ if level == Level::Quirk => Verdict::Info,
            _ if !self.problems.is_empty() => Verdict::Fail,
            _ if !self.differs.is_empty() => Verdict::Differs(self.differs.join(", ")),
            _ => Verdict::Pass,
        };
        self.problems.append(&mut self.remarks);
        (verdict, self.problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(expect: Expect, outcome: Outcome) -> Verdict {
        expect.verdict(Level::Must, outcome).0
    }

    #[test]
    fn a_problem_outweighs_another_way_and_a_skip() {
        let mut expect = Expect::default();
        expect.differs("old-code");
        expect.that("the sky is green", false);
        assert_eq!(verdict(expect, Err(Stop::Skipped("tired".into()))), Verdict::Fail);
    }

    #[test]
    fn silence_outweighs_everything() {
        let mut expect = Expect::default();
        expect.that("the sky is green", false);
        expect.answered(&Answer::Timeout);
        assert_eq!(verdict(expect, Ok(())), Verdict::Hang);
    }

    #[test]
    fn a_quirk_is_recorded_and_not_judged() {
        let mut expect = Expect::default();
        expect.that("the sky is green", false);
        assert_eq!(expect.verdict(Level::Quirk, Ok(())).0, Verdict::Info);
    }

    #[test]
    fn another_way_that_is_allowed_is_named() {
        let mut expect = Expect::default();
        expect.differs("old-code");
        expect.differs("old-code");
        assert_eq!(verdict(expect, Ok(())), Verdict::Differs("old-code".into()));
    }
}
