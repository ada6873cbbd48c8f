//! Lines with batches that somebody damaged: what the reference makes of them, and what ours does.
//!
//! Ours may refuse by a named rule what the reference accepts. It never accepts what the reference
//! refuses, and what both read before they end is the same.

mod reading;
mod rules;

use reading::{Reading, Refusal};

use crate::fields::{self, Fields, Problem};
use crate::line::Verdict;
use crate::records::{self, ToldRecord};

/// The verdict of a reference that has read everything.
const ACCEPTED: &str = "accepted";

/// What the reference has read when it ended.
struct Told {
    is_accepted: bool,
    records: Vec<ToldRecord>,
    batches: usize,
    bytes: usize,
}

/// Whether ours does as the line says, or is stricter.
pub(crate) fn check(line: Fields<'_>) -> Verdict {
    compare(line).unwrap_or_else(|problem| Verdict::Failed(vec![problem]))
}

fn compare(line: Fields<'_>) -> Result<Verdict, Problem> {
    let bytes = line.bytes("hex")?;
    let told = told(line)?;
    let ours = Reading::of(&bytes);
    if let Some(problem) = records::first_difference(&ours.records, &told.records) {
        return Err(problem);
    }
    match ours.refusal {
        None if told.is_accepted => Ok(same(&ours, &told).into()),
        None => Err("ours accepts what the reference refuses".to_owned()),
        Some(refusal) => refused(&ours, refusal, &told),
    }
}

fn told(line: Fields<'_>) -> Result<Told, Problem> {
    let verdict = line.text("javaVerdict")?;
    let is_accepted = verdict == ACCEPTED;
    if !is_accepted && !verdict.ends_with("Exception") && !verdict.ends_with("Error") {
        return Err(format!("`javaVerdict`: {verdict} is no verdict"));
    }
    let records = records::told(line, records::ABSOLUTE)?;
    let mut problems = Vec::new();
    let count = line.integer("acceptedRecords");
    fields::compare(&mut problems, "acceptedRecords", count, &records.len());
    let told = Told {
        is_accepted,
        records,
        batches: line.integer("acceptedBatches")?,
        bytes: line.integer("acceptedBytes")?,
    };
    problems.pop().map_or(Ok(told), Err)
}

/// What ours reads otherwise, where both read to the end.
fn same(ours: &Reading, told: &Told) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(records::difference(&ours.records, &told.records));
    fields::compare(&mut problems, "acceptedBatches", Ok(told.batches), &ours.batches);
    fields::compare(&mut problems, "acceptedBytes", Ok(told.bytes), &ours.bytes);
    problems
}

/// Ours refuses: as the reference does, or before it and by a rule of its own.
fn refused(ours: &Reading, refusal: Refusal, told: &Told) -> Result<Verdict, Problem> {
    if refusal.is_of_build() {
        return Err(format!("nothing can be said without the codec: {refusal}"));
    }
    if ours.batches > told.batches {
        let (ours, line) = (ours.batches, told.batches);
        return Err(format!("ours accepts {ours} batches before it refuses, not {line}"));
    }
    if !told.is_accepted && ours.batches == told.batches {
        let mut problems = Vec::new();
        fields::compare(&mut problems, "acceptedBytes", Ok(told.bytes), &ours.bytes);
        return Ok(problems.into());
    }
    let unnamed = || format!("ours refuses by no rule what the reference accepts: {refusal}");
    rules::rule(refusal).map(Verdict::Stricter).ok_or_else(unnamed)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A record that claims a header more than it has: refused by both.
    fn refused() -> Value {
        serde_json::from_str(include_str!("../../tests/lines/bad.json")).unwrap()
    }

    /// The same bytes up to the last batch but none of it: accepted by both.
    fn cut() -> Value {
        let mut line = refused();
        line["hex"] = json!(&refused()["hex"].as_str().unwrap()[..100]);
        line["javaVerdict"] = json!(ACCEPTED);
        line["acceptedRecords"] = json!(0);
        line["records"] = json!([]);
        line
    }

    fn verdict(line: &Value) -> Verdict {
        check(Fields(line.as_object().unwrap()))
    }

    fn fails(line: &Value) -> bool {
        matches!(verdict(line), Verdict::Failed(_))
    }

    #[test]
    fn what_both_refuse_and_what_both_accept_passes() {
        assert_eq!(verdict(&refused()), Verdict::Passed);
        assert_eq!(verdict(&cut()), Verdict::Passed);
    }

    #[test]
    fn ours_is_never_laxer() {
        let mut line = cut();
        line["javaVerdict"] = json!("InvalidRecordException");
        assert!(fails(&line));
    }

    #[test]
    fn ours_is_stricter_only_by_a_rule_with_a_name() {
        let mut line = refused();
        line["javaVerdict"] = json!(ACCEPTED);
        line["acceptedBatches"] = json!(1);
        let Verdict::Failed(problems) = verdict(&line) else { panic!("{line}") };
        assert!(problems[0].starts_with("ours refuses by no rule"), "{problems:?}");
    }

    #[test]
    fn what_was_read_before_the_end_is_the_same() {
        let changes = [
            ("/acceptedRecords", json!(2)),
            ("/acceptedBytes", json!(7)),
            ("/acceptedBatches", json!(7)),
            ("/javaVerdict", json!("perhaps")),
        ];
        for (place, value) in changes {
            for mut line in [refused(), cut()] {
                *line.pointer_mut(place).unwrap() = value.clone();
                assert!(fails(&line), "{place}");
            }
        }
        for key in ["offset", "timestamp", "key", "value", "headers"] {
            let mut line = refused();
            line["records"][0][key] = json!(77);
            assert!(fails(&line), "{key}");
        }
    }
}
