//! One spec with everything in it, and the whole text that it becomes.

use std::path::PathBuf;
use std::process::Command;

use super::super::super::{formatted, resolve};
use super::super::{Files, files};
use crate::specs::{Source, parse};
use crate::support;

/// Set it to rewrite what is expected; the run that does so fails.
const UPDATE: &str = "KLAMM_UPDATE_GOLDEN";

fn golden(name: &str) -> PathBuf {
    support::root().join("xtask/src/codegen/emit/golden").join(name)
}

fn everything() -> Files {
    let text = support::read(&golden("Everything.json")).unwrap();
    let file = "Everything.json".to_owned();
    let message = parse::message(&file, &text).unwrap();
    let resolved = resolve::message(&file, &message).unwrap().unwrap();
    files(&[Source { file, text, message }], &[resolved], "a test").unwrap()
}

fn is_as_expected(generated: &str, name: &str) {
    let path = golden(name);
    if std::env::var_os(UPDATE).is_some() {
        support::write(&path, generated).unwrap();
        panic!("{name} is rewritten; read the difference, then run again without {UPDATE}");
    }
    let expected = support::read(&path).unwrap();
    let mut lines = (1..).zip(generated.lines().zip(expected.lines()));
    if let Some((line, (found, wanted))) = lines.find(|(_, (found, wanted))| found != wanted) {
        panic!("{name}:{line}\nexpected {wanted}\n   found {found}\n{UPDATE}=1 rewrites it");
    }
    assert_eq!(generated, expected, "{name}: one is the beginning of the other");
}

/// A toolchain may come without `rustfmt`, and nothing can be compared then.
fn is_compared(file: &str, name: &str) {
    if Command::new("rustfmt").arg("--version").output().is_ok_and(|out| out.status.success()) {
        let generated = formatted(everything().get(file).unwrap()).unwrap();
        is_as_expected(&generated, name);
    }
}

#[test]
fn a_message_with_everything_prints_as_expected() {
    is_compared("everything.rs", "everything.rs.txt");
}

#[test]
fn its_json_prints_as_expected() {
    is_compared("json/everything.rs", "everything_json.rs.txt");
}
