//! The program itself: what it prints last, and how it ends.
#![expect(clippy::unwrap_used, reason = "without its program a test must stop")]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output};

use flate2::Compression;
use flate2::write::GzEncoder;

const RIGHT: &str = r#"{"message":"SaslHandshakeResponse","kind":"response","apiKey":17,
"version":0,"flexible":false,"json":{"errorCode":0,"mechanisms":["a"]},"hex":"00000000000100
0161"}"#;

/// A line that passes.
fn right() -> String {
    RIGHT.replace('\n', "")
}

/// The same line but for a byte.
fn wrong() -> String {
    right().replace("000161", "000162")
}

fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn run(arguments: &[PathBuf]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_klamm-vectors")).args(arguments).output().unwrap()
}

fn check(files: &[PathBuf]) -> (Option<i32>, String) {
    let output = run(&[&[PathBuf::from("check")], files].concat());
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn files_without_a_failure_end_well() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(right().as_bytes()).unwrap();
    let plain = file("plain.jsonl", format!("{}\n", right()).as_bytes());
    let packed = file("packed.jsonl.gz", &packed.finish().unwrap());
    let (code, text) = check(&[plain, packed]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(text, "pairs: 1 / 625\n2 passed, 0 failed\n");
}

#[test]
fn a_failing_line_is_named_with_field_and_byte() {
    let lines = format!("{}\n{}\n{}\n", right(), wrong(), right());
    let path = file("wrong.jsonl", lines.as_bytes());
    let (code, text) = check(std::slice::from_ref(&path));
    assert_eq!(code, Some(1));
    assert!(text.contains(&format!("{}:2: SaslHandshakeResponse version 0\n", path.display())));
    assert!(text.contains("`mechanisms[0]`: ours is \"b\", the line has \"a\""), "{text}");
    assert!(text.contains("from the JSON, byte 8: "), "{text}");
    assert!(text.ends_with("\n2 passed, 1 failed\n"), "{text}");
}

#[test]
fn a_file_that_cannot_be_read_says_nothing_about_lines() {
    let (code, text) = check(&[PathBuf::from("no/such/file")]);
    assert_eq!((code, text.as_str()), (Some(2), ""));
    let broken = file("broken.jsonl.gz", &[0x1f, 0x8b, 8, 0]);
    assert_eq!(check(&[broken]).0, Some(2));
}

#[test]
fn a_wrong_call_is_answered_with_the_right_one() {
    let half = ["emit-batches", "--seed", "1", "--count", "2"];
    let odd = ["emit-batches", "--seed", "a", "--count", "2", "--out", "b"];
    for arguments in [&[][..], &["check"], &["replay", "file"], &half, &odd] {
        let output = run(&arguments.iter().map(PathBuf::from).collect::<Vec<_>>());
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8(output.stderr).unwrap().starts_with("usage: "));
    }
}

/// Writes batches into a file in the tests' folder, and tells what it holds.
fn emitted(seed: &str, count: &str, name: &str) -> (PathBuf, Vec<u8>) {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let options = ["emit-batches", "--count", count, "--seed", seed, "--out"];
    let mut arguments: Vec<PathBuf> = options.iter().map(PathBuf::from).collect();
    arguments.push(path.clone());
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let bytes = std::fs::read(&path).unwrap();
    (path, bytes)
}

#[test]
fn emitted_batches_pass_the_check_whether_packed_or_not() {
    let (plain, text) = emitted("5", "6", "emitted.jsonl");
    let (packed, bytes) = emitted("5", "6", "emitted.jsonl.gz");
    assert!(text.starts_with(b"{"));
    assert!(bytes.starts_with(&[0x1f, 0x8b]));
    let (code, report) = check(&[plain, packed]);
    assert_eq!(code, Some(0), "{report}");
    assert!(report.contains("\nbatches: magic 2: "), "{report}");
    assert!(report.ends_with("\n12 passed, 0 failed\n"), "{report}");
}

#[test]
fn emitted_batches_follow_from_the_seed() {
    let (_, one) = emitted("5", "3", "one.jsonl");
    let (_, same) = emitted("5", "3", "same.jsonl");
    let (_, other) = emitted("6", "3", "other.jsonl");
    assert_eq!(one, same);
    assert_ne!(one, other);
}

#[test]
fn a_file_that_cannot_be_written_ends_like_one_that_cannot_be_read() {
    let arguments = ["emit-batches", "--seed", "1", "--count", "1", "--out", "no/such/file"];
    let output = run(&arguments.iter().map(PathBuf::from).collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(2));
}
