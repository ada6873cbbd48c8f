//! Reports as JSON lines: one for each case, after one that says what was run.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::runner::Report;

/// The whole file: what was run against whom, then a line for each case.
#[must_use]
pub fn to_lines(bootstrap: &[String], seed: u64, reports: &[Report]) -> String {
    let mut out = String::new();
    let head = json!({"suite": "klamm-conformance", "bootstrap": bootstrap, "seed": seed});
    for line in [head].into_iter().chain(reports.iter().map(line)) {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{line}");
    }
    out
}

fn line(report: &Report) -> Value {
    let step = |step: &crate::notes::Step| json!({"step": step.key, "answer": step.answer});
    let case = report.case;
    json!({
        "case": case.id,
        "level": case.level.letter(),
        "title": case.title,
        "verdict": report.verdict.to_string(),
        "details": report.details,
        "texts": report.compares_texts,
        "millis": u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX),
        "steps": report.steps.iter().map(step).collect::<Vec<_>>(),
    })
}
