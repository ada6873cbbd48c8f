//! Pages of what was printed, with what differs from run to run replaced.

use std::process::Output;

use regex::{Captures, Regex};
use serde_json::Value;

use crate::bed::Bed;

/// Examines a bed for people and for programs: both must say the same, and what the page holds.
pub(crate) async fn check(name: &str, bed: &Bed) {
    let (people, programs) = (bed.examined(&[]).await, bed.examined(&["--json"]).await);
    assert_eq!(people.status.code(), programs.status.code(), "{}", whole(&people));
    let (shown, told) = (replaced(&text(&people.stdout)), text(&programs.stdout));
    assert_eq!(without_details(&shown), replaced(&as_text(&told, &programs)));
    compare(name, &format!("{shown}exit {}\n", people.status.code().unwrap()));
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn whole(output: &Output) -> String {
    format!("{}\n{}", text(&output.stdout), text(&output.stderr))
}

/// Lines of findings, causes and next steps alone.
fn without_details(text: &str) -> String {
    let is_kept = |line: &&str| {
        !line.starts_with("        ")
            && !line.starts_with("good: ")
            && !line.starts_with("failed: ")
    };
    text.lines().filter(is_kept).map(|line| format!("{line}\n")).collect()
}

/// What programs read, as people would; the summary is held against the exit code.
fn as_text(told: &str, output: &Output) -> String {
    let mut lines = String::new();
    for line in told.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        if let Some(summary) = line.get("summary") {
            assert_eq!(summary["exit_code"], output.status.code().unwrap());
            assert_eq!(summary["ok"], output.status.success());
            continue;
        }
        let word = match line["status"].as_str().unwrap() {
            "warning" => "warn",
            "failed" => "FAIL",
            "skipped" => "skip",
            other => other,
        };
        let (stage, said) = (line["stage"].as_str().unwrap(), line["said"].as_str().unwrap());
        lines += &format!("{word:<5} {stage:<14} {said}");
        if let Some(millis) = line["ms"].as_f64() {
            lines += &format!("   {millis:.1} ms");
        }
        lines.push('\n');
        for (title, key) in [("cause: ", "cause"), ("next:  ", "next_step")] {
            if let Some(words) = line[key].as_str() {
                lines += &format!("      {title}{words}\n");
            }
        }
    }
    lines
}

/// A text without ports, times and counters.
fn replaced(text: &str) -> String {
    let mut ports: Vec<String> = Vec::new();
    let port = Regex::new(r"127\.0\.0\.1:(\d+)").unwrap();
    let text = port.replace_all(text, |found: &Captures<'_>| {
        let port = found[1].to_owned();
        let at = ports.iter().position(|seen| *seen == port).unwrap_or_else(|| {
            ports.push(port);
            ports.len() - 1
        });
        format!("127.0.0.1:PORT{}", at + 1)
    });
    let mut text = text.into_owned();
    for (pattern, by) in [
        (r"\d+\.\d ms", "T ms"),
        (r"after \d+\.\d s", "after T s"),
        (r"good for \d+ days", "good for N days"),
        (r"producer id \d+", "producer id N"),
        (r"the \d+ built-in roots", "the N built-in roots"),
        (r"\d+ answers?, the", "N answers, the"),
        (r"for 3[56]\d\d s,", "for an hour,"),
        (r"[1-9]\d* re-authentications?", "some re-authentications"),
    ] {
        text = Regex::new(pattern).unwrap().replace_all(&text, by).into_owned();
    }
    text
}

fn compare(name: &str, page: &str) {
    let at = format!("{}/tests/doctor/golden/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("KLAMM_BLESS").is_some() {
        std::fs::write(&at, page).unwrap();
    }
    let wanted = std::fs::read_to_string(&at).unwrap_or_default();
    assert_eq!(page, wanted, "{name}");
}
