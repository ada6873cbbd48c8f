//! Reads what `klamm doctor --json` prints, and holds it against what a cell expects.

use serde_json::Value;

use super::cell::{Cell, Expected, RENEWALS_MIN, Stage, WRONG_PASSWORD};
use crate::kafka::settings::USERS;
use crate::support::Outcome;

/// Whether a report is what a cell expects; a sentence about what is not.
pub(super) fn judge(cell: &Cell, exit_code: Option<i32>, printed: &str) -> Outcome {
    let report = Report::read(printed)?;
    keeps_secrets(printed)?;
    if report.exit_code() != exit_code {
        return Err(format!("it ended with {exit_code:?}, and its summary says otherwise"));
    }
    match cell.expected {
        Expected::Good => report.is_good(cell),
        Expected::Renewed => report.is_good(cell).and_then(|()| report.is_renewed()),
        Expected::Fails(stage, code) => report.fails(stage, code),
    }
}

/// Whatever comes about, nobody reads a password in a report.
fn keeps_secrets(printed: &str) -> Outcome {
    let secrets = USERS.iter().map(|(_, word)| *word).chain([WRONG_PASSWORD]);
    match secrets.filter(|secret| printed.contains(secret)).count() {
        0 => Ok(()),
        _ => Err("there is a password in the report".to_owned()),
    }
}

/// A report: an object for each stage, and one at the end for all.
struct Report {
    stages: Vec<Value>,
    summary: Value,
}

impl Report {
    /// Warnings for people stand between the lines, which are no objects.
    fn read(printed: &str) -> Result<Self, String> {
        let values = printed.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut stages: Vec<Value> = values.filter(Value::is_object).collect();
        let summary = stages.pop().and_then(|last| last.get("summary").cloned());
        let summary = summary.ok_or("the report has no summary")?;
        Ok(Self { stages, summary })
    }

    fn exit_code(&self) -> Option<i32> {
        i32::try_from(self.summary.get("exit_code")?.as_i64()?).ok()
    }

    /// The findings of a stage: of brokers there may be several.
    fn of(&self, stage: Stage) -> impl Iterator<Item = &Value> {
        let is_of = move |value: &&Value| value.get("stage").and_then(Value::as_str) == Some(stage);
        self.stages.iter().filter(is_of)
    }

    fn has_good(&self, stage: Stage) -> bool {
        self.of(stage).any(is_good)
    }

    fn is_good(&self, cell: &Cell) -> Outcome {
        if self.exit_code() != Some(0) {
            return Err("it did not end well".to_owned());
        }
        let protocol = cell.client.protocol;
        for (stage, wanted) in [
            ("resolve", true),
            ("connect", true),
            ("TLS", protocol.tls),
            ("ApiVersions", true),
            ("SASL", protocol.sasl),
            ("cluster", true),
            ("broker", true),
            ("InitProducerId", true),
        ] {
            if self.has_good(stage) != wanted {
                let what = if wanted { "is not good" } else { "was not skipped" };
                return Err(format!("the stage {stage} {what}"));
            }
        }
        Ok(())
    }

    fn is_renewed(&self) -> Outcome {
        let count = |name: &str| {
            let facts = self.of("watch").filter_map(|value| value.pointer("/facts"));
            facts.filter_map(|facts| facts.get(name)?.as_u64()).last()
        };
        match count("reauthentications") {
            Some(renewals) if renewals >= RENEWALS_MIN => {}
            told => return Err(format!("{RENEWALS_MIN} sessions end and {told:?} went on")),
        }
        for trouble in ["connections_lost", "connections_failed"] {
            if count(trouble) != Some(0) {
                return Err(format!("{trouble} is not 0"));
            }
        }
        Ok(())
    }

    /// The stage fails, with a cause and something to do about it, and none before it.
    fn fails(&self, stage: Stage, code: i32) -> Outcome {
        let failed = self.summary.pointer("/failed/0").and_then(Value::as_str);
        if failed != Some(stage) {
            return Err(format!("{stage} fails first, and the report says {failed:?}"));
        }
        if self.exit_code() != Some(code) {
            return Err(format!("the exit code is {code}"));
        }
        let has = |value: &Value, name| value.get(name).is_some_and(Value::is_string);
        let mut bad = self.of(stage).filter(|value| !is_good(value));
        if bad.any(|value| has(value, "cause") && has(value, "next_step")) {
            Ok(())
        } else {
            Err(format!("{stage} has no cause, or nothing is said about what to do"))
        }
    }
}

fn is_good(value: &Value) -> bool {
    value.get("ok").and_then(Value::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::cells;
    use super::*;

    fn cell(name: &str) -> Cell {
        cells::all().into_iter().find(|cell| cell.name == name).unwrap()
    }

    fn stage(name: &str, ok: Option<bool>) -> Value {
        let words = (ok == Some(false)).then_some("words");
        json!({"stage": name, "ok": ok, "cause": words, "next_step": words})
    }

    fn printed(stages: &[Value], failed: &[&str], code: i32) -> String {
        let mut lines: Vec<String> = stages.iter().map(Value::to_string).collect();
        lines.insert(0, "warning: for people".to_owned());
        lines.push(json!({"summary": {"exit_code": code, "failed": failed}}).to_string());
        lines.join("\n")
    }

    /// Good stages of a client over TLS with SASL.
    fn good() -> Vec<Value> {
        ["resolve", "connect", "TLS", "ApiVersions", "SASL", "cluster", "broker", "InitProducerId"]
            .map(|name| stage(name, Some(true)))
            .to_vec()
    }

    #[test]
    fn a_good_report_has_every_stage_that_the_protocol_has() {
        let cell = cell("SASL_SSL PLAIN");
        assert_eq!(judge(&cell, Some(0), &printed(&good(), &[], 0)), Ok(()));
        for missing in 0..good().len() {
            let mut stages = good();
            stages.remove(missing);
            assert!(judge(&cell, Some(0), &printed(&stages, &[], 0)).is_err(), "{missing}");
        }
    }

    #[test]
    fn tls_that_nobody_asked_for_is_bad() {
        let error = judge(&cell("PLAINTEXT"), Some(0), &printed(&good(), &[], 0)).unwrap_err();
        assert_eq!(error, "the stage TLS was not skipped");
    }

    #[test]
    fn sessions_must_go_on_and_no_connection_be_lost() {
        let cell = cell("SASL_SSL PLAIN for 45 s");
        let judged = |renewals: u64, lost: u64| {
            let facts = json!({"reauthentications": renewals, "connections_lost": lost,
                "connections_failed": 0});
            let watch = json!({"stage": "watch", "ok": true, "facts": facts});
            judge(&cell, Some(0), &printed(&[good(), vec![watch]].concat(), &[], 0))
        };
        assert_eq!(judged(2, 0), Ok(()));
        assert!(judged(1, 0).is_err());
        assert_eq!(judged(2, 1), Err("connections_lost is not 0".to_owned()));
        assert!(judge(&cell, Some(0), &printed(&good(), &[], 0)).is_err());
    }

    #[test]
    fn a_failure_must_be_that_of_the_stage_with_a_cause_and_a_next_step() {
        let cell = cell("SASL_SSL PLAIN, wrong password");
        let bad = [stage("SASL", Some(false))];
        assert_eq!(judge(&cell, Some(3), &printed(&bad, &["SASL"], 3)), Ok(()));
        let elsewhere = [stage("TLS", Some(false))];
        assert!(judge(&cell, Some(3), &printed(&elsewhere, &["TLS"], 3)).is_err());
        assert!(judge(&cell, Some(4), &printed(&bad, &["SASL"], 4)).is_err());
        let silent = [json!({"stage": "SASL", "ok": false, "cause": "words"})];
        assert!(judge(&cell, Some(3), &printed(&silent, &["SASL"], 3)).is_err());
        assert!(judge(&cell, Some(0), &printed(&good(), &[], 0)).is_err());
    }

    #[test]
    fn a_report_that_tells_a_password_or_contradicts_itself_is_bad() {
        let cell = cell("SASL_SSL PLAIN");
        let told = format!("warning: {}\n{}", USERS[0].1, printed(&good(), &[], 0));
        assert_eq!(
            judge(&cell, Some(0), &told),
            Err("there is a password in the report".to_owned())
        );
        assert!(judge(&cell, Some(1), &printed(&good(), &[], 0)).is_err());
        assert!(judge(&cell, Some(0), "").is_err());
    }
}
