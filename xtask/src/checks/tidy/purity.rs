//! What code may not contain at all: unsafe blocks, and in layers 1 to 3 the outside world.

use syn::{Attribute, Item, Meta};

use super::super::finding::Finding;
use super::habits::imports;
use super::rust::{self, RustFile, Token};

/// The crates that only decide: no sockets, clocks, threads or dice.
const PURE: &[&str] =
    &["wire", "protocol", "records", "cluster", "idempotence", "batching", "engine"];

/// Names of the outside world, wherever they stand.
const NAMES: &[&str] = &["tokio", "mio", "socket2", "rand", "fastrand", "Instant", "SystemTime"];

/// Modules of the standard library that are the outside world.
const MODULES: &[&str] = &["net", "thread"];

/// Everything that this module looks for in a Rust file.
pub(super) fn findings(file: &RustFile<'_>) -> Vec<Finding> {
    impure(file).into_iter().chain(unsafe_allowed(file)).collect()
}

fn impure(file: &RustFile<'_>) -> Vec<Finding> {
    if !is_pure(file.path) {
        return Vec::new();
    }
    let at = |line: usize, what: &str| {
        let text = format!("`{what}` is the outside world; a crate of this layer may not name it");
        Finding::at(file.path, line, "impure", text)
    };
    let named =
        |token: &Token| NAMES.contains(&token.text.as_str()).then(|| at(token.line, &token.text));
    let mut found: Vec<Finding> = file.tokens.iter().filter_map(named).collect();
    for module in MODULES {
        let lines = file.lines_with(&["std", ":", ":", module]);
        found.extend(lines.into_iter().map(|line| at(line, &format!("std::{module}"))));
    }
    found.extend(grouped(file).into_iter().map(|(path, line)| at(line, &path)));
    found
}

/// The sources of a pure crate; its tests and benches may measure and start threads.
fn is_pure(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts.as_slice(), ["crates", name, "src", ..] if PURE.contains(name))
}

/// Modules imported by a group, `use std::{net, thread}`, which no plain sequence shows.
fn grouped(file: &RustFile<'_>) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for item in &file.syntax.items {
        let Item::Use(import) = item else { continue };
        let syn::UseTree::Path(path) = &import.tree else { continue };
        if path.ident != "std" || !matches!(&*path.tree, syn::UseTree::Group(_)) {
            continue;
        }
        imports(&path.tree, "", &mut |name, line| {
            let module = name.split("::").next().unwrap_or_default();
            if MODULES.contains(&module) {
                found.push((format!("std::{module}"), line));
            }
        });
    }
    found
}

/// A crate root that does not forbid unsafe code.
fn unsafe_allowed(file: &RustFile<'_>) -> Option<Finding> {
    let text = "a crate root says `#![forbid(unsafe_code)]`";
    let is_missing = is_crate_root(file.path) && !file.syntax.attrs.iter().any(forbids_unsafe);
    is_missing.then(|| Finding::of(file.path, "unsafe", text))
}

/// Libraries, binaries, benches and fuzz targets; tests may hold a counting allocator.
fn is_crate_root(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        [.., "src", "lib.rs" | "main.rs"] => true,
        [.., "src", "bin" | "bench", _] => true,
        ["fuzz", "fuzz_targets", _] => true,
        [.., "benches", file] => file.ends_with(".rs"),
        _ => false,
    }
}

fn forbids_unsafe(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else { return false };
    let names = rust::flatten(list.tokens.clone());
    list.path.is_ident("forbid") && names.iter().any(|token| token.text == "unsafe_code")
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::rules;
    use super::*;

    fn found(path: &str, text: &str) -> Vec<&'static str> {
        rules(&findings(&RustFile::parse(path, text).expect("the planted text is Rust")))
    }

    #[track_caller]
    fn is_impure(text: &str) {
        assert_eq!(found("crates/engine/src/turn.rs", text), ["impure"], "{text}");
    }

    #[test]
    fn the_outside_world_is_found_in_a_pure_crate() {
        is_impure("use tokio::sync;");
        is_impure("fn f(now: std::time::Instant) {}");
        is_impure("fn f() { let _ = SystemTime::now(); }");
        is_impure("fn f() { std::thread::yield_now(); }");
        is_impure("use std::net::TcpStream;");
        is_impure("use std::{collections::BTreeMap, net};");
        is_impure("use std::{fmt, thread::{self as t}};");
        is_impure("fn f() -> u32 { rand::random() }");
    }

    #[test]
    fn words_in_comments_and_texts_are_no_names() {
        let text = "//! No tokio here.\nconst A: &str = \"std::net\";\nuse std::time::Duration;\n";
        assert!(found("crates/engine/src/turn.rs", text).is_empty());
    }

    #[test]
    fn shells_and_tests_may_name_the_outside_world() {
        for path in ["crates/net/src/dial.rs", "crates/wire/tests/a.rs", "xtask/src/a.rs"] {
            assert!(found(path, "use std::net::TcpStream;").is_empty());
        }
    }

    #[test]
    fn a_crate_root_that_does_not_forbid_unsafe_code_is_found() {
        let roots = [
            "crates/wire/src/lib.rs",
            "xtask/src/main.rs",
            "fuzz/fuzz_targets/decode.rs",
            "benches/peers/src/main.rs",
            "crates/protocol/benches/decode.rs",
            "crates/cli/src/bin/klamm.rs",
        ];
        for path in roots {
            assert_eq!(found(path, "//! Text.\n"), ["unsafe"], "{path}");
            assert_eq!(found(path, "#![deny(unsafe_code)]\n"), ["unsafe"], "{path}");
            assert!(found(path, "#![forbid(unsafe_code)]\n").is_empty(), "{path}");
        }
        assert!(found("crates/wire/src/reader.rs", "//! Text.\n").is_empty());
    }
}
