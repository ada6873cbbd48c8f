//! The report: a line for each finding as soon as there is one, and a summary.

use std::fmt::Write as _;
use std::io::Write;
use std::time::Duration;

use serde_json::{Value, json};

use super::finding::{Finding, Outcome};
use crate::exit::Exit;

/// How much of a text is shown to people.
const LONGEST: usize = 1000;

/// For whom a report is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    People,
    /// A JSON object on each line.
    Programs,
}

/// A report on its way out.
pub(super) struct Report<W> {
    out: W,
    form: Form,
    stages: usize,
    warnings: usize,
    /// The names of the stages that failed, each once.
    failed: Vec<&'static str>,
    /// That of the first stage that failed.
    exit: Exit,
}

impl<W: Write> Report<W> {
    pub(super) fn new(out: W, form: Form) -> Self {
        Self { out, form, stages: 0, warnings: 0, failed: Vec::new(), exit: Exit::Good }
    }

    /// Prints a finding, and remembers how the run ends by it.
    pub(super) fn say(&mut self, finding: &Finding) {
        self.stages = self.stages.saturating_add(1);
        if matches!(finding.outcome, Outcome::Doubtful(_)) {
            self.warnings = self.warnings.saturating_add(1);
        }
        if let Some(exit) = finding.exit() {
            if !self.failed.contains(&finding.stage.name()) {
                self.failed.push(finding.stage.name());
            }
            if self.exit == Exit::Good {
                self.exit = exit;
            }
        }
        self.print(&match self.form {
            Form::People => text(finding),
            Form::Programs => format!("{}\n", escaped(&object(finding).to_string())),
        });
    }

    /// Prints the summary; how the run ends.
    pub(super) fn end(mut self) -> Exit {
        let summary = match self.form {
            Form::People => self.last_words(),
            Form::Programs => format!("{}\n", escaped(&self.summary().to_string())),
        };
        self.print(&summary);
        self.exit
    }

    fn last_words(&self) -> String {
        let warnings = match self.warnings {
            0 => String::new(),
            1 => "; 1 warning".to_owned(),
            many => format!("; {many} warnings"),
        };
        if self.failed.is_empty() {
            format!("good: a producer can work here{warnings}\n")
        } else {
            format!("failed: {}{warnings}\n", self.failed.join(", "))
        }
    }

    fn summary(&self) -> Value {
        json!({"summary": {
            "ok": self.failed.is_empty(),
            "exit_code": self.exit.code(),
            "stages": self.stages,
            "failed": self.failed,
            "warnings": self.warnings,
        }})
    }

    /// A reader that has gone away is no reason to stop examining: the exit code remains.
    fn print(&mut self, text: &str) {
        let _ = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
    }
}

fn text(finding: &Finding) -> String {
    let word = match finding.outcome {
        Outcome::Good => "ok",
        Outcome::Doubtful(_) => "warn",
        Outcome::Bad(..) => "FAIL",
        Outcome::Skipped => "skip",
    };
    let mut text = format!("{word:<5} {:<14} {}", finding.stage.name(), clean(&finding.said));
    if let Some(took) = finding.took {
        let _ = write!(text, "   {:.1} ms", millis(took));
    }
    text.push('\n');
    for line in &finding.details {
        let _ = writeln!(text, "        {}", clean(line));
    }
    if let Some(trouble) = finding.trouble() {
        let _ = writeln!(text, "      cause: {}", clean(&trouble.cause));
        if let Some(next) = &trouble.next_step {
            let _ = writeln!(text, "      next:  {}", clean(next));
        }
    }
    text
}

fn object(finding: &Finding) -> Value {
    let trouble = finding.trouble();
    let (ok, status) = match finding.outcome {
        Outcome::Good => (Some(true), "ok"),
        Outcome::Doubtful(_) => (Some(true), "warning"),
        Outcome::Bad(..) => (Some(false), "failed"),
        Outcome::Skipped => (None, "skipped"),
    };
    json!({
        "stage": finding.stage.name(),
        "ok": ok,
        "status": status,
        "ms": finding.took.map(millis),
        "said": finding.said,
        "facts": finding.facts,
        "cause": trouble.map(|trouble| trouble.cause.clone()),
        "next_step": trouble.and_then(|trouble| trouble.next_step.clone()),
    })
}

/// Milliseconds, to the microsecond.
pub(super) fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// JSON in which what a terminal obeys has a number. It stands in texts alone, so that programs
/// read what was said, and a person who looks on is not fooled.
pub(crate) fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if is_harmful(c) {
            let _ = write!(text, "\\u{:04x}", u32::from(c));
        } else {
            text.push(c);
        }
    }
    text
}

/// Controls, marks of direction, and what has no width. None of them lies beyond 16 bits.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// What a peer says may not move the cursor of a terminal, nor hide a part of itself, nor fill it.
pub(crate) fn clean(text: &str) -> String {
    let mut shown: String =
        text.chars().take(LONGEST).map(|c| if is_harmful(c) { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::{Stage, Trouble};

    fn findings() -> Vec<Finding> {
        let took = Duration::from_micros(412);
        let refused = Trouble::new("the broker refused", Some("Check the password.".to_owned()));
        let soon = Trouble::new("the certificate ends in 3 days", None);
        vec![
            Finding::good(Stage::Connect, "127.0.0.1:9092 (1 of 2 addresses)")
                .after(took)
                .with("address", "127.0.0.1:9092"),
            Finding::good(Stage::Tls, "TLSv1_3").doubtful(soon).detail("CN=broker\u{1b}[2J"),
            Finding::good(Stage::Sasl, "PLAIN as `alice`").bad(refused, Exit::Security),
            Finding::skipped(Stage::Topic, "there is no connection"),
        ]
    }

    fn printed(form: Form) -> (String, Exit) {
        let mut out = Vec::new();
        let mut report = Report::new(&mut out, form);
        findings().iter().for_each(|finding| report.say(finding));
        let exit = report.end();
        (String::from_utf8(out).unwrap(), exit)
    }

    #[test]
    fn people_read_a_line_for_each_stage_with_cause_and_next_step() {
        let wanted = "\
ok    connect        127.0.0.1:9092 (1 of 2 addresses)   0.4 ms
warn  TLS            TLSv1_3
        CN=broker\u{fffd}[2J
      cause: the certificate ends in 3 days
FAIL  SASL           PLAIN as `alice`
      cause: the broker refused
      next:  Check the password.
skip  topic          there is no connection
failed: SASL; 1 warning
";
        assert_eq!(printed(Form::People), (wanted.to_owned(), Exit::Security));
    }

    #[test]
    fn programs_read_an_object_for_each_stage_and_a_summary() {
        let (text, exit) = printed(Form::Programs);
        assert_eq!(exit, Exit::Security);
        let lines: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0]["stage"], "connect");
        assert_eq!(lines[0]["ok"], true);
        assert_eq!(lines[0]["facts"]["address"], "127.0.0.1:9092");
        assert!((lines[0]["ms"].as_f64().unwrap() - 0.412).abs() < 1e-9);
        assert_eq!(lines[2]["ok"], false);
        assert_eq!(lines[2]["cause"], "the broker refused");
        assert_eq!(lines[2]["next_step"], "Check the password.");
        assert_eq!(lines[3]["ok"], Value::Null);
        let wanted = json!({"summary": {
            "ok": false, "exit_code": 3, "stages": 4, "failed": ["SASL"], "warnings": 1,
        }});
        assert_eq!(lines[4], wanted);
    }

    #[test]
    fn what_a_broker_says_reaches_no_terminal_raw() {
        let said = "a\u{1b}[2Jb\u{9b}31mc\u{7f}d\u{202e}e\u{200b}f\u{2066}";
        let trouble = Trouble::new(said, Some(said.to_owned()));
        let finding = Finding::good(Stage::Cluster, said).detail(said).with("id", said);
        let finding = finding.doubtful(trouble);
        for form in [Form::People, Form::Programs] {
            let mut out = Vec::new();
            Report::new(&mut out, form).say(&finding);
            let text = String::from_utf8(out).unwrap();
            assert!(!text.chars().any(|c| is_harmful(c) && c != '\n'), "{text:?}");
            if form == Form::Programs {
                let object: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(object["facts"]["id"], said);
            }
        }
    }

    #[test]
    fn the_first_stage_that_fails_decides_how_the_run_ends() {
        let trouble = || Trouble::new("bad", None);
        let mut report = Report::new(Vec::new(), Form::People);
        report.say(&Finding::good(Stage::Broker, "1").bad(trouble(), Exit::Unreachable));
        report.say(&Finding::good(Stage::Topic, "orders").bad(trouble(), Exit::Failed));
        assert_eq!(report.end(), Exit::Unreachable);
    }
}
