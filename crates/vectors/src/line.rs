//! One line: which kind it is, and what became of it.

use std::panic::{self, UnwindSafe};

use serde_json::{Map, Value};

use crate::fields::{Fields, Problem};
use crate::{framing, message, refusal};

/// What a line is about, as far as it says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The name of the message.
    pub message: Option<String>,
    /// The version of the message.
    pub version: Option<i64>,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything the line says is so.
    Passed,
    /// Ours refuses what the reference accepts, by the rule of this name; the line passes.
    Stricter(&'static str),
    /// What is not as the line says.
    Failed(Vec<String>),
}

/// A line that was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What it is about.
    pub subject: Subject,
    /// What became of it.
    pub verdict: Verdict,
    /// Whether it is a line of the kind that covers its pair of message and version.
    pub covers: bool,
}

/// The kinds of lines, told by their fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Message,
    Framing,
    Refusal,
}

impl Kind {
    fn of(line: Fields<'_>) -> Option<Self> {
        // A frame has the fields of a message line too.
        if line.has("frame") {
            Some(Self::Framing)
        } else if line.has("message") && line.has("hex") {
            Some(Self::Message)
        } else if line.has("message") && line.has("refusal") {
            Some(Self::Refusal)
        } else {
            None
        }
    }

    fn check(self, line: Fields<'_>) -> Vec<Problem> {
        match self {
            Self::Message => message::check(line),
            Self::Framing => framing::check(line),
            Self::Refusal => refusal::check(line),
        }
    }
}

/// Judges a line.
pub(crate) fn judge(line: &[u8]) -> Outcome {
    let fields: Map<String, Value> = match serde_json::from_slice(line) {
        Ok(fields) => fields,
        Err(error) => return failed(format!("not a JSON object: {error}")),
    };
    let fields = Fields(&fields);
    let Some(kind) = Kind::of(fields) else {
        let keys: Vec<&str> = fields.0.keys().map(String::as_str).collect();
        return failed(format!("a line of unknown kind, with the fields {keys:?}"));
    };
    let problems = caught(|| kind.check(fields));
    let verdict = if problems.is_empty() { Verdict::Passed } else { Verdict::Failed(problems) };
    Outcome { subject: subject(fields), verdict, covers: kind == Kind::Message }
}

fn failed(problem: Problem) -> Outcome {
    let verdict = Verdict::Failed(vec![problem]);
    Outcome { subject: Subject::default(), verdict, covers: false }
}

fn subject(line: Fields<'_>) -> Subject {
    let version = line.0.get("version").or(line.0.get("apiVersion"));
    Subject {
        message: line.text("message").ok().map(str::to_owned),
        version: version.and_then(Value::as_i64),
    }
}

/// A panic is the failure of the line that it happens in, not of the replay.
fn caught(check: impl FnOnce() -> Vec<Problem> + UnwindSafe) -> Vec<Problem> {
    panic::catch_unwind(check).unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or(payload.downcast_ref::<String>().map(String::as_str));
        vec![format!("panicked: {}", text.unwrap_or("without a text"))]
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kind(line: &Value) -> Option<Kind> {
        Kind::of(Fields(line.as_object().unwrap()))
    }

    #[test]
    fn a_line_is_known_by_its_fields() {
        assert_eq!(kind(&json!({"message": "A", "hex": ""})), Some(Kind::Message));
        assert_eq!(
            kind(&json!({"frame": "request", "message": "A", "hex": ""})),
            Some(Kind::Framing)
        );
        assert_eq!(kind(&json!({"refusal": "A", "message": "A"})), Some(Kind::Refusal));
        assert_eq!(kind(&json!({"codec": "none", "records": [], "crc": 1, "hex": ""})), None);
        assert_eq!(kind(&json!({"message": "A"})), None);
        assert_eq!(kind(&json!({})), None);
    }

    #[test]
    fn a_line_of_unknown_kind_fails() {
        let outcome = judge(br#"{"magic":1,"shallow":[]}"#);
        let problem = r#"a line of unknown kind, with the fields ["magic", "shallow"]"#;
        assert_eq!(outcome.verdict, Verdict::Failed(vec![problem.to_owned()]));
        assert!(!outcome.covers);
    }

    #[test]
    fn a_line_that_is_no_json_object_fails() {
        for line in ["", "null", "[]", "{", "{} {}", "\u{feff}{}"] {
            let outcome = judge(line.as_bytes());
            assert!(matches!(outcome.verdict, Verdict::Failed(_)), "{line}");
        }
        assert!(matches!(judge(b"\xff").verdict, Verdict::Failed(_)));
    }

    #[test]
    fn a_failing_line_still_tells_what_it_is_about() {
        let outcome = judge(br#"{"frame":"request","message":"Nothing","apiVersion":3}"#);
        let subject = Subject { message: Some("Nothing".to_owned()), version: Some(3) };
        assert_eq!(outcome.subject, subject);
    }

    #[test]
    fn a_panic_is_a_problem_of_the_line() {
        assert_eq!(caught(|| panic!("lost")), ["panicked: lost"]);
        assert_eq!(caught(|| panic!("lost {}", 1)), ["panicked: lost 1"]);
        assert_eq!(caught(Vec::new), [""; 0]);
    }
}
