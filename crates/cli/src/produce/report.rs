//! What is said of records, as lines for people and as objects for programs.

use std::time::Duration;

use klamm::{Acked, Error};
use serde_json::{Value, json};

use super::outcome::Outcome;
use super::places::Place;
use crate::doctor::{clean, escaped};
use crate::exit::Exit;

/// An acknowledged record, for programs; times in milliseconds.
pub(super) fn acked(into: &mut Vec<u8>, acked: &Acked, latency: Duration) {
    use std::io::Write as _;
    let Acked { topic, partition, offset, timestamp, .. } = acked;
    let offset = offset.map_or_else(|| "null".to_owned(), |offset| offset.to_string());
    let latency = latency.as_micros() / 100;
    // Writing to memory cannot fail, and a topic is a text.
    let _ = into.write_all(b"{\"topic\":");
    let _ = serde_json::to_writer(&mut *into, topic.as_ref());
    let _ = writeln!(
        into,
        ",\"partition\":{partition},\"offset\":{offset},\"timestamp\":{timestamp},\
         \"latency_ms\":{}.{}}}",
        latency / 10,
        latency % 10
    );
}

/// Why a record is not in the log, or may not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) error: String,
    pub(super) code: Option<i16>,
    pub(super) is_retriable: bool,
    pub(super) fate: String,
    pub(super) next_step: String,
}

impl Failure {
    pub(super) fn of(error: &Error) -> Self {
        let next_step = error.next_step().unwrap_or_default();
        let text = error.to_string();
        // What to do is told once, and not in every line.
        let words = text.strip_suffix(next_step).unwrap_or(&text).trim_end();
        Self {
            error: words.trim_end_matches('.').to_owned(),
            code: error.broker_code(),
            is_retriable: error.is_retriable(),
            fate: format!("{:?}", error.fate()),
            next_step: next_step.to_owned(),
        }
    }

    /// Of a record that could not be read.
    pub(super) fn unread(what: &str) -> Self {
        Self {
            error: what.to_owned(),
            code: None,
            is_retriable: false,
            fate: "NotWritten".to_owned(),
            next_step: String::new(),
        }
    }

    /// For programs.
    pub(super) fn object(&self, place: &Place) -> String {
        let object = json!({
            "error": self.error,
            "code": self.code,
            "retriable": self.is_retriable,
            "fate": self.fate,
            "next_step": self.next_step,
            "input_file": place.file.as_ref(),
            "input_line": (place.line > 0).then_some(place.line),
        });
        format!("{}\n", escaped(&object.to_string()))
    }

    /// For people.
    pub(super) fn line(&self, place: &Place) -> String {
        let Self { error, code, fate, .. } = self;
        let code = code.map(|code| format!(", code {code}")).unwrap_or_default();
        let place = clean(&place.to_string());
        format!("{place}: {} ({fate}{code})", clean(error))
    }
}

/// Numbers with a comma before every third digit from the end.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len().saturating_mul(4) / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn counted(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {what}{plural}", grouped(number))
}

/// A number of records, in words.
pub(super) fn records(number: u64) -> String {
    counted(number, "record")
}

/// Records in a second.
pub(super) fn rate(records: u64, time: Duration) -> u64 {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
    records.saturating_mul(1000) / millis
}

/// The last line, for people.
pub(super) fn summary(outcome: &Outcome, took: Duration) -> String {
    let Outcome { sent, acked, failed, unknown, broken, aborted, committed, .. } = *outcome;
    let mut text = format!("{}, {} acknowledged", records(sent), grouped(acked));
    if failed > 0 {
        text += &format!(", {} not", grouped(failed));
    }
    if unknown > 0 {
        text += &format!(" ({} of them may be written)", grouped(unknown));
    }
    let open = outcome.open();
    if open > 0 {
        text += &format!(", {} given up (they may be written)", grouped(open));
    }
    if broken > 0 {
        text += &format!(", {} unreadable", grouped(broken));
    }
    if committed > 0 {
        text += &format!(", {} committed", counted(committed, "transaction"));
    }
    if aborted > 0 {
        text += &format!(", {} in aborted transactions", records(aborted));
    }
    let per_second = grouped(rate(sent, took));
    format!("{text}; {:.1} s, {per_second} records/s", took.as_secs_f64())
}

/// The counts, for programs.
pub(super) fn counts(outcome: &Outcome, took: Duration) -> Value {
    json!({
        "sent": outcome.sent,
        "acked": outcome.acked,
        "failed": outcome.failed,
        "unknown": outcome.unknown.saturating_add(outcome.open()),
        "unreadable": outcome.broken,
        "transactions_committed": outcome.committed,
        "records_aborted": outcome.aborted,
        "seconds": (took.as_secs_f64() * 1e3).round() / 1e3,
        "records_per_second": rate(outcome.sent, took),
    })
}

/// The last object, for programs.
pub(super) fn summary_object(outcome: &Outcome, took: Duration, exit: Exit) -> String {
    let mut summary = counts(outcome, took);
    if let Value::Object(fields) = &mut summary {
        fields.insert("exit_code".to_owned(), exit.code().into());
    }
    json!({ "summary": summary }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place { file: "a\u{1b}b.txt".into(), line: 7 }
    }

    #[test]
    fn a_failure_names_its_line_and_reaches_no_terminal_raw() {
        let failure = Failure { code: Some(10), ..Failure::unread("too\u{1b}[2Jlong") };
        let line = failure.line(&place());
        assert_eq!(line, "a\u{fffd}b.txt:7: too\u{fffd}[2Jlong (NotWritten, code 10)");
        let object = failure.object(&place());
        assert!(!object.contains('\u{1b}'), "{object}");
        let object: Value = serde_json::from_str(&object).unwrap();
        let wanted = json!({
            "error": "too\u{1b}[2Jlong", "code": 10, "retriable": false, "fate": "NotWritten",
            "next_step": "", "input_file": "a\u{1b}b.txt", "input_line": 7,
        });
        assert_eq!(object, wanted);
    }

    #[test]
    fn the_summary_says_what_is_worth_saying() {
        let took = Duration::from_millis(1500);
        let outcome = Outcome { sent: 3000, acked: 3000, ..Outcome::default() };
        let wanted = "3,000 records, 3,000 acknowledged; 1.5 s, 2,000 records/s";
        assert_eq!(summary(&outcome, took), wanted);
        let outcome = Outcome {
            sent: 10,
            acked: 5,
            failed: 3,
            unknown: 1,
            broken: 1,
            committed: 1,
            aborted: 2,
            ..Outcome::default()
        };
        let wanted = "10 records, 5 acknowledged, 3 not (1 of them may be written), 2 given up \
                      (they may be written), 1 unreadable, 1 transaction committed, 2 records in \
                      aborted transactions; 1.5 s, 6 records/s";
        assert_eq!(summary(&outcome, took), wanted);
        let object: Value =
            serde_json::from_str(&summary_object(&outcome, took, Exit::Failed)).unwrap();
        assert_eq!(object["summary"]["exit_code"], 1);
        assert_eq!(object["summary"]["unknown"], 3);
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        let shown = [0, 12, 123, 1234, 123_456, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "12", "123", "1,234", "123,456", "1,234,567"]);
    }
}
