//! `klamm bench` as a process, against clusters in this one: what is written, and what is said.

#![cfg(test)]

use std::process::Command;
use std::time::Duration;

use klamm_broker::faults::Fault;
use klamm_broker::server::{Builder, TestCluster};
use regex::Regex;

/// Far more than anything here takes.
const LONG: Duration = Duration::from_secs(60);

fn cluster() -> Builder {
    TestCluster::builder().nodes(1).topic("orders", 3)
}

/// What it said, and how it ended.
async fn bench(servers: &str, words: &[&str]) -> (String, String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_klamm"));
    command.args(["bench", "-b", servers]).args(words).env_remove("HOME");
    let ran = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = tokio::time::timeout(LONG, ran).await.unwrap().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

#[tokio::test]
async fn the_last_line_is_that_of_the_perf_test_and_the_broker_counts_the_same() {
    let cluster = cluster().null(true).start().await.unwrap();
    let words = ["orders", "-n", "5000", "--warm-up", "1000", "--threads", "2", "--size", "50"];
    let (out, err, code) = bench(&cluster.bootstrap(), &words).await;
    assert_eq!((err.as_str(), code), ("", 0), "{out}");
    let form = concat!(
        r"^5000 records sent, \d+\.\d records/sec \(\d+\.\d\d MB/sec\), \d+\.\d\d ms avg latency, ",
        r"\d+\.\d\d ms max latency, \d+ ms 50th, \d+ ms 95th, \d+ ms 99th, \d+ ms 99\.9th\.$"
    );
    assert!(Regex::new(form).unwrap().is_match(out.lines().last().unwrap()), "{out}");
    assert!(out.contains("errors      0"), "{out}");
    let counted = cluster.counted().unwrap();
    assert_eq!(counted.records, 6000);
    assert_eq!((counted.wrong_checksums, counted.wrong_sequences), (0, 0));
}

#[tokio::test]
async fn latency_counts_from_the_due_time_of_a_record() {
    let cluster = cluster().start().await.unwrap();
    // The first request keeps its connection busy for longer than all records take to become due.
    cluster.inject("produce: before-append delay 500ms times 1".parse::<Fault>().unwrap());
    let words = ["orders", "-p", "0", "-n", "200", "--rate", "1000", "--output", "json"];
    let words = [&words[..], &["-X", "max.in.flight=1", "--linger", "0"]].concat();
    let (out, err, code) = bench(&cluster.bootstrap(), &words).await;
    assert_eq!(code, 0, "{err}");
    let figures: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&figures["records"], &figures["errors"]), (&200.into(), &0.into()));
    assert_eq!(figures["latency_samples"], 200);
    // The last record was due 199 ms after the first one.
    for (name, least) in [("min", 290.0), ("p50", 390.0), ("max", 490.0)] {
        assert!(figures["latency_ms"][name].as_f64().unwrap() >= least, "{name} {out}");
    }
}

#[tokio::test]
async fn programs_can_read_it_as_csv_and_measure_only_some_records() {
    let cluster = cluster().start().await.unwrap();
    let words = ["orders", "-n", "100", "--sample", "10", "-z", "lz4", "--output", "csv"];
    let (out, err, code) = bench(&cluster.bootstrap(), &words).await;
    assert_eq!(code, 0, "{err}");
    let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!((rows.len(), rows[0].len()), (2, rows[1].len()));
    let figure = |name: &str| rows[1][rows[0].iter().position(|known| *known == name).unwrap()];
    assert_eq!((figure("records"), figure("latency_samples")), ("100", "10"));
}

#[tokio::test]
async fn records_that_fail_are_told_and_decide_how_it_ends() {
    let cluster = cluster().start().await.unwrap();
    let fault = "produce: before-append error TOPIC_AUTHORIZATION_FAILED";
    cluster.inject(fault.parse::<Fault>().unwrap());
    let (out, err, code) = bench(&cluster.bootstrap(), &["orders", "-n", "50"]).await;
    assert_eq!(code, 1, "{out}{err}");
    assert!(out.contains("errors      50") && out.contains("\n0 records sent, "), "{out}");
    assert!(err.contains("50 records failed; the first: "), "{err}");
}

#[tokio::test]
async fn it_ends_by_what_kept_it_from_beginning() {
    let (_, err, code) = bench("127.0.0.1:1", &["orders", "-X", "max.block.ms=300"]).await;
    assert_eq!(code, 4, "{err}");
    let (_, err, code) = bench("127.0.0.1:1", &["orders", "--rate", "0"]).await;
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("--rate cannot be `0`"), "{err}");
}
