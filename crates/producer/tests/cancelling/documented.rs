//! Every asynchronous function says what dropping it does, and is dropped in a test.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The Rust files of a folder of this package, and of the folders in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn texts(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    files(&folder).iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

/// The public asynchronous functions, each with what is written above it.
fn asynchronous() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for text in texts("src") {
        let mut above = String::new();
        for line in text.lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix("pub async fn ") {
                let name = rest.split(['(', '<']).next().unwrap();
                found.push((name.to_owned(), std::mem::take(&mut above)));
            } else if line.starts_with("///") || line.starts_with("#[") {
                above.push_str(line);
            } else {
                above.clear();
            }
        }
    }
    found
}

#[test]
fn every_asynchronous_function_says_what_dropping_it_does() {
    let functions = asynchronous();
    assert!(functions.len() > 15, "{functions:?}");
    for (name, above) in functions {
        assert!(above.contains("/// # Cancel safety"), "`{name}` says nothing");
    }
}

#[test]
fn every_asynchronous_function_is_dropped_half_way_by_a_test() {
    let names: BTreeSet<String> = asynchronous().into_iter().map(|(name, _)| name).collect();
    let texts = texts("tests/cancelling");
    let calls: Vec<&str> = texts.iter().flat_map(|text| text.split("polled(").skip(1)).collect();
    for name in names {
        let call = format!(".{name}(");
        let is_dropped = |rest: &&str| rest.lines().next().is_some_and(|line| line.contains(&call));
        assert!(calls.iter().any(is_dropped), "no test drops `{name}`");
    }
}
