//! Two runs beside each other, field by field.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use crate::exceptions::Exception;

/// The step that stands for the case as a whole.
const VERDICT: &str = "verdict";
/// A field that stands for a whole step.
const WHOLE: &str = "-";
/// What is said of something that is not there.
const MISSING: &str = "(missing)";
/// The most characters of a value that the table shows.
const SHOWN: usize = 60;

/// One run: its cases by id.
#[derive(Clone, Debug, Default)]
pub struct Held(BTreeMap<String, CaseRun>);

#[derive(Clone, Debug, Default)]
struct CaseRun {
    verdict: String,
    texts: bool,
    /// The fields of each step, by path.
    steps: BTreeMap<String, BTreeMap<String, String>>,
}

/// A field that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The case.
    pub case: String,
    /// The step, or `verdict`.
    pub step: String,
    /// The path of the field, or `-` for the whole step.
    pub field: String,
    /// What the left run has.
    pub left: String,
    /// What the right run has.
    pub right: String,
    /// The line of the exceptions that covers it.
    pub excepted: Option<usize>,
}

/// All that there is to say about two runs.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// The verdicts of all cases, left and right.
    pub cases: BTreeMap<String, (String, String)>,
    /// What differs.
    pub differences: Vec<Difference>,
    /// Exceptions that cover nothing.
    pub unused: Vec<Exception>,
    /// How many fields were compared.
    pub fields: usize,
}

/// Reads the lines of a run.
///
/// # Errors
/// When a line is no report.
pub fn parse(text: &str) -> Result<Held, String> {
    let mut held = Held::default();
    for (number, line) in (1..).zip(text.lines()) {
        let value: Value =
            serde_json::from_str(line).map_err(|error| format!("line {number}: {error}"))?;
        let Some(case) = value.get("case").and_then(Value::as_str) else { continue };
        held.0.insert(case.to_owned(), case_run(&value));
    }
    Ok(held)
}

fn case_run(value: &Value) -> CaseRun {
    let verdict = value.get("verdict").and_then(Value::as_str).unwrap_or_default();
    let texts = value.get("texts").and_then(Value::as_bool).unwrap_or_default();
    let mut run = CaseRun { verdict: verdict.to_owned(), texts, ..CaseRun::default() };
    for step in value.get("steps").and_then(Value::as_array).into_iter().flatten() {
        let key = step.get("step").and_then(Value::as_str).unwrap_or_default();
        let mut fields = BTreeMap::new();
        flatten("", step.get("answer").unwrap_or(&Value::Null), &mut fields);
        run.steps.insert(key.to_owned(), fields);
    }
    run
}

/// Every leaf by its path; an empty list is a leaf too.
fn flatten(path: &str, value: &Value, into: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(name, value)| flatten(&format!("{path}/{name}"), value, into));
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in (0_usize..).zip(items) {
                // A list of APIs is one by key: one more on a side moves none of the others.
                let place = match item.get("apiKey") {
                    Some(key) => format!("{path}/key-{key}"),
                    None => format!("{path}/{index}"),
                };
                flatten(&place, item, into);
            }
        }
        Value::Object(_) | Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {
            into.insert(path.to_owned(), value.to_string());
        }
        Value::String(text) => {
            into.insert(path.to_owned(), text.clone());
        }
    }
}

/// Whether a field is an error text, which brokers word as they like.
fn is_text(field: &str) -> bool {
    field.ends_with("rrorMessage")
}

/// Compares two runs.
#[must_use]
pub fn compare(left: &Held, right: &Held, exceptions: &[Exception]) -> Comparison {
    let mut result = Comparison::default();
    let ids: BTreeSet<&String> = left.0.keys().chain(right.0.keys()).collect();
    for id in ids {
        let verdict = |held: &Held| {
            held.0.get(id).map_or_else(|| MISSING.to_owned(), |case| case.verdict.clone())
        };
        let verdicts = (verdict(left), verdict(right));
        let (Some(ours), Some(theirs)) = (left.0.get(id), right.0.get(id)) else {
            result.note(id, VERDICT, WHOLE, (&verdicts.0, &verdicts.1));
            result.cases.insert(id.clone(), verdicts);
            continue;
        };
        result.cases.insert(id.clone(), verdicts);
        result.case(id, ours, theirs);
    }
    result.except(exceptions);
    result
}

impl Comparison {
    fn case(&mut self, id: &str, left: &CaseRun, right: &CaseRun) {
        let word = |case: &CaseRun| case.verdict.split('(').next().unwrap_or_default().to_owned();
        self.field(id, VERDICT, VERDICT, (&word(left), &word(right)));
        let keys: BTreeSet<&String> = left.steps.keys().chain(right.steps.keys()).collect();
        for key in keys {
            match (left.steps.get(key), right.steps.get(key)) {
                (Some(ours), Some(theirs)) => self.step(id, key, (ours, theirs), left.texts),
                (ours, _) => {
                    let (here, there) = ("(there)", MISSING);
                    let sides = if ours.is_some() { (here, there) } else { (there, here) };
                    self.field(id, key, WHOLE, sides);
                }
            }
        }
    }

    fn step(
        &mut self,
        id: &str,
        key: &str,
        (left, right): (&BTreeMap<String, String>, &BTreeMap<String, String>),
        texts: bool,
    ) {
        let fields: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
        for field in fields {
            if texts || !is_text(field) {
                let side = |side: &BTreeMap<String, String>| {
                    side.get(field).map_or_else(|| MISSING.to_owned(), Clone::clone)
                };
                self.field(id, key, field, (&side(left), &side(right)));
            }
        }
    }

    fn field(&mut self, case: &str, step: &str, field: &str, sides: (&str, &str)) {
        self.fields += 1;
        if sides.0 != sides.1 {
            self.note(case, step, field, sides);
        }
    }

    fn note(&mut self, case: &str, step: &str, field: &str, (left, right): (&str, &str)) {
        self.differences.push(Difference {
            case: case.to_owned(),
            step: step.to_owned(),
            field: field.to_owned(),
            left: left.to_owned(),
            right: right.to_owned(),
            excepted: None,
        });
    }

    fn except(&mut self, exceptions: &[Exception]) {
        let mut used = BTreeSet::new();
        for difference in &mut self.differences {
            let Difference { case, step, field, .. } = &*difference;
            let covering = exceptions.iter().filter(|known| known.covers(case, step, field));
            let lines: Vec<usize> = covering.map(|known| known.line).collect();
            difference.excepted = lines.first().copied();
            used.extend(lines);
        }
        let unused = exceptions.iter().filter(|known| !used.contains(&known.line));
        self.unused = unused.cloned().collect();
    }

    /// The cases that have a difference without an exception.
    #[must_use]
    pub fn different(&self) -> BTreeSet<&str> {
        let open = self.differences.iter().filter(|found| found.excepted.is_none());
        open.map(|found| found.case.as_str()).collect()
    }

    /// Totals on one line.
    #[must_use]
    pub fn totals(&self) -> String {
        let all = self.cases.len();
        let touched: BTreeSet<&str> =
            self.differences.iter().map(|found| found.case.as_str()).collect();
        let different = self.different().len();
        let (same, excepted) = (all - touched.len(), touched.len() - different);
        format!(
            "{all} cases: {same} same ({}), {excepted} excepted, {different} different; \
             {} fields, {} of them differ",
            percent(same, all),
            self.fields,
            self.differences.len(),
        )
    }

    /// The table in Markdown.
    #[must_use]
    pub fn table(&self, exceptions: &[Exception]) -> String {
        let mut out = "| Case | Left | Right | Result |\n|---|---|---|---|\n".to_owned();
        for (case, (left, right)) in &self.cases {
            let found: Vec<_> = self.differences.iter().filter(|d| d.case == *case).collect();
            let result = if found.is_empty() { "same" } else { "see below" };
            row(&mut out, [case, left, right, result]);
            for difference in found {
                let Difference { step, field, left, right, excepted, .. } = difference;
                let known = exceptions.iter().find(|known| Some(known.line) == *excepted);
                let result = known.map_or_else(
                    || "**different**".to_owned(),
                    |known| format!("exception: {}", known.reason),
                );
                let place = format!("{case} {step} {field}");
                row(&mut out, [&place, left, right, &result]);
            }
        }
        // Writing to a string does not fail.
        let _ = writeln!(out, "\n{}", self.totals());
        out
    }
}

fn row(out: &mut String, cells: [&str; 4]) {
    let cells = cells.map(|cell| {
        let short: String =
            cell.chars().take(SHOWN.max(if cell.contains(' ') { 160 } else { 0 })).collect();
        short.replace('|', "\\|").replace('\n', " ")
    });
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

/// A share in percent with one digit.
fn percent(part: usize, whole: usize) -> String {
    let tenths = (part * 1000).checked_div(whole).unwrap_or_default();
    format!("{}.{} %", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::exceptions;

    fn run(code: i16, message: &str) -> Held {
        let answer = json!({"errorCode": code, "errorMessage": message, "items": []});
        let steps = json!([{"step": "Produce.v9", "answer": answer}]);
        parse(&json!({"case": "X-1", "verdict": "PASS", "steps": steps}).to_string()).unwrap()
    }

    #[test]
    fn the_wording_of_an_error_does_not_count() {
        let result = compare(&run(45, "a"), &run(45, "b"), &[]);
        assert_eq!(result.differences, []);
        assert!(result.totals().starts_with("1 cases: 1 same (100.0 %)"), "{}", result.totals());
    }

    #[test]
    fn a_difference_has_a_case_a_step_and_a_field() {
        let result = compare(&run(45, ""), &run(46, ""), &[]);
        let [found] = &result.differences[..] else { panic!("{result:?}") };
        let place = (&*found.case, &*found.step, &*found.field);
        assert_eq!(place, ("X-1", "Produce.v9", "/errorCode"));
        assert_eq!(result.different().len(), 1);
    }

    #[test]
    fn an_exception_covers_a_difference_or_is_told_as_unused() {
        let lines = "X-1 * /errorCode older brokers say 46\nX-2 * * nobody needs this";
        let exceptions = exceptions::parse(lines).unwrap();
        let result = compare(&run(45, ""), &run(46, ""), &exceptions);
        assert_eq!(result.different().len(), 0);
        assert_eq!(result.unused.len(), 1);
        assert!(result.table(&exceptions).contains("older brokers say 46"));
    }

    #[test]
    fn a_step_that_only_one_side_has_is_a_difference() {
        let mut other = run(45, "");
        other.0.get_mut("X-1").unwrap().steps.clear();
        let result = compare(&run(45, ""), &other, &[]);
        assert_eq!(result.differences.len(), 1);
        assert_eq!(result.differences[0].right, MISSING);
    }
}
