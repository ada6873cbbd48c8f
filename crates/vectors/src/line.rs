//! One line: which kind it is, and what became of it.

use std::panic::{self, UnwindSafe};

use klamm_records::Codec;
use serde_json::{Map, Value};

use crate::fields::{Fields, Problem};
use crate::{bad, batches, framing, legacy, message, refusal};

/// What a line is about, as far as it says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The name of the message, or what the batches of the line are.
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

impl From<Vec<Problem>> for Verdict {
    fn from(problems: Vec<Problem>) -> Self {
        if problems.is_empty() { Self::Passed } else { Self::Failed(problems) }
    }
}

/// A line that was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What it is about.
    pub subject: Subject,
    /// What became of it.
    pub verdict: Verdict,
    /// What it covers if it passes.
    pub covers: Covers,
}

/// What a line covers, as the report counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covers {
    /// Nothing that is counted apart.
    Nothing,
    /// The pair of message and version of its subject.
    Message,
    /// Batches of this magic and codec.
    Batches(i8, Codec),
}

/// The kinds of lines, told by their fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Message,
    Framing,
    Refusal,
    Batches,
    Legacy,
    BadBatches,
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
        } else if line.has("mutation") {
            Some(Self::BadBatches)
        } else if line.has("magic") && line.has("shallow") {
            Some(Self::Legacy)
        } else if line.has("codec") && line.has("records") && line.has("crc") {
            Some(Self::Batches)
        } else {
            None
        }
    }

    fn check(self, line: Fields<'_>) -> Verdict {
        match self {
            Self::Message => message::check(line).into(),
            Self::Framing => framing::check(line).into(),
            Self::Refusal => refusal::check(line).into(),
            Self::Batches => batches::check(line).into(),
            Self::Legacy => legacy::check(line).into(),
            Self::BadBatches => bad::check(line),
        }
    }

    fn covers(self, line: Fields<'_>) -> Covers {
        let batches = |magic: Result<i8, Problem>| match (magic, batches::codec(line, "codec")) {
            (Ok(magic), Ok(codec)) => Covers::Batches(magic, codec),
            (_, Err(_)) | (Err(_), _) => Covers::Nothing,
        };
        match self {
            Self::Message => Covers::Message,
            Self::Framing | Self::Refusal | Self::BadBatches => Covers::Nothing,
            Self::Batches => batches(Ok(klamm_records::layout::MAGIC)),
            Self::Legacy => batches(line.integer("magic")),
        }
    }

    /// What the line is about, if not about a message.
    fn batches(self, line: Fields<'_>) -> Option<String> {
        let text = |key| line.text(key).unwrap_or("?");
        match self {
            Self::Message | Self::Framing | Self::Refusal => None,
            Self::Batches => Some(format!("a batch, {}", text("codec"))),
            Self::Legacy => Some(format!("a message set, {}", text("codec"))),
            Self::BadBatches => {
                let [category, mutation, codec] = ["category", "mutation", "codec"].map(text);
                Some(format!("bad batches, {category}, {codec}: {mutation}"))
            }
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
    let verdict = caught(|| kind.check(fields));
    Outcome { subject: subject(kind, fields), verdict, covers: kind.covers(fields) }
}

fn failed(problem: Problem) -> Outcome {
    let verdict = Verdict::Failed(vec![problem]);
    Outcome { subject: Subject::default(), verdict, covers: Covers::Nothing }
}

fn subject(kind: Kind, line: Fields<'_>) -> Subject {
    let version = line.0.get("version").or(line.0.get("apiVersion"));
    let message = line.text("message").ok().map(str::to_owned);
    Subject { message: kind.batches(line).or(message), version: version.and_then(Value::as_i64) }
}

/// A panic is the failure of the line that it happens in, not of the replay.
fn caught(check: impl FnOnce() -> Verdict + UnwindSafe) -> Verdict {
    panic::catch_unwind(check).unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or(payload.downcast_ref::<String>().map(String::as_str));
        Verdict::Failed(vec![format!("panicked: {}", text.unwrap_or("without a text"))])
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
        let batch = json!({"codec": "none", "records": [], "crc": 1});
        assert_eq!(kind(&batch), Some(Kind::Batches));
        let legacy = json!({"codec": "none", "records": [], "magic": 1, "shallow": []});
        assert_eq!(kind(&legacy), Some(Kind::Legacy));
        let bad = json!({"codec": "none", "records": [], "mutation": "a"});
        assert_eq!(kind(&bad), Some(Kind::BadBatches));
        assert_eq!(kind(&json!({"message": "A"})), None);
        assert_eq!(kind(&json!({})), None);
    }

    #[test]
    fn a_line_of_unknown_kind_fails() {
        let outcome = judge(br#"{"magic":1,"records":[]}"#);
        let problem = r#"a line of unknown kind, with the fields ["magic", "records"]"#;
        assert_eq!(outcome.verdict, Verdict::Failed(vec![problem.to_owned()]));
        assert_eq!(outcome.covers, Covers::Nothing);
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
        let panicked = |text: &str| Verdict::Failed(vec![format!("panicked: {text}")]);
        assert_eq!(caught(|| panic!("lost")), panicked("lost"));
        assert_eq!(caught(|| panic!("lost {}", 1)), panicked("lost 1"));
        assert_eq!(caught(|| Verdict::Passed), Verdict::Passed);
    }
}
