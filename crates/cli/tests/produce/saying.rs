//! What is said: helps, reports, dry runs, completions.

use std::process::Command;

use crate::bed::{Bed, Said, cluster};

fn klamm(words: &[&str]) -> Said {
    Said::of(Command::new(env!("CARGO_BIN_EXE_klamm")).args(words).output().unwrap())
}

#[test]
fn helps_and_completions_are_what_was_agreed_on() {
    klamm(&["help"]).is("help");
    klamm(&["help", "produce"]).is("help_produce");
    assert_eq!(klamm(&["produce", "--help"]).page(), klamm(&["help", "produce"]).page());
    klamm(&["completions", "bash"]).is("completions_bash");
    klamm(&["completions"]).is("completions_of_nothing");
}

#[tokio::test]
async fn every_record_is_told_to_programs() {
    let bed = Bed::of(cluster(), "told").await;
    let words = ["orders", "--output", "json", "--progress", "json", "-K", ":"];
    let said = bed.produced(&words, "a:1\nb\nc:2\n").await;
    assert_eq!(said.code, 1);
    let mut lines: Vec<serde_json::Value> =
        said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.sort_by_key(|line| line["offset"].as_i64());
    assert_eq!(lines[0]["input_line"], 2);
    assert_eq!(lines[0]["fate"], "NotWritten");
    assert_eq!((&lines[1]["offset"], &lines[2]["offset"]), (&0.into(), &1.into()));
    assert!(lines[2]["latency_ms"].is_f64() && lines[2]["timestamp"].as_i64() > Some(0));
    let last: serde_json::Value = serde_json::from_str(said.err.lines().last().unwrap()).unwrap();
    assert_eq!((&last["summary"]["acked"], &last["summary"]["exit_code"]), (&2.into(), &1.into()));
}

#[tokio::test]
async fn a_dry_run_explains_and_sends_nothing() {
    let bed = Bed::of(cluster(), "dry").await;
    let words = ["orders", "--dry-run", "-K", ":", "-H", "h", "-p", "3", "--timestamp", "5"];
    bed.produced(&words, "a:1\nb\nc:\n").await.is("dry_run");
    let json = [&words[..], &["--output", "json"]].concat();
    let told = bed.produced(&json, b"a:1\nc:\xff\n").await;
    told.is("dry_run_json");
    assert!(bed.log("orders").is_empty());
    let said = bed.produced(&["orders", "--input", "json", "-p", "0"], told.out).await;
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(bed.log("orders").len(), 2);
}

#[tokio::test]
async fn a_tee_prints_what_is_sent() {
    let bed = Bed::of(cluster(), "tee").await;
    let said = bed.produced(&["orders", "-T", "-K", ":"], "a:1\nb:2\n").await;
    assert_eq!((said.out.as_str(), said.code), ("1\n2\n", 0));
}
