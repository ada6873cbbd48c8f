//! Plants in a small crate of our own, from the patch to its line in the table.

use std::path::PathBuf;

use super::scratch;
use super::*;

const MANIFEST: &str = "[package]\nname = \"klamm-idempotence\"\nversion = \"0.1.0\"\n\
    edition = \"2024\"\n\n[[test]]\nname = \"models\"\nharness = false\n";

const LIBRARY: &str = "//! Sums.\n\n/// Adds.\npub fn sum(a: u32, b: u32) -> u32 {\n    a + b\n}\n";

const TEST: &str = "use klamm_idempotence::sum;\n\n\
    #[test]\nfn two_and_two() {\n    assert_eq!(sum(2, 2), 4);\n}\n\
    \n#[test]\nfn one_and_one() {\n    assert_eq!(sum(1, 1), 2);\n}\n";

const MODELS: &str = "fn main() {\n    println!(\"model A: 1 state\");\n    \
    if klamm_idempotence::sum(1, 2) != 3 {\n        println!(\"VIOLATED I4 model A\");\n        \
    std::process::exit(1);\n    }\n}\n";

/// A patch that puts this expression in the place of the sum.
fn patch(header: &str, expression: &str) -> String {
    let file = "crates/idempotence/src/lib.rs";
    format!(
        "Plant: {expression} in the place of the sum\n{header}\n\ndiff --git a/{file} b/{file}\n\
         --- a/{file}\n+++ b/{file}\n@@ -3,4 +3,4 @@\n /// Adds.\n \
         pub fn sum(a: u32, b: u32) -> u32 {{\n-    a + b\n+    {expression}\n }}\n"
    )
}

/// A workspace that holds the small crate with these plants.
fn workspace(name: &str, plants: &[(&str, String)]) -> PathBuf {
    let lock = "version = 4\n\n[[package]]\nname = \"klamm-idempotence\"\nversion = \"0.1.0\"\n";
    let root = scratch::repository(
        name,
        &[
            ("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n"),
            ("Cargo.lock", lock),
            (".gitignore", "/target\n"),
            ("crates/idempotence/Cargo.toml", MANIFEST),
            ("crates/idempotence/src/lib.rs", LIBRARY),
            ("crates/idempotence/tests/sums.rs", TEST),
            ("crates/idempotence/tests/models.rs", MODELS),
        ],
    );
    for (name, text) in plants {
        let path = format!("crates/idempotence/plants/{name}.patch");
        support::write(&root.join(path), text).unwrap();
    }
    root
}

fn failures(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.failures.first().map_or("", String::as_str)).collect()
}

#[test]
fn a_plant_is_caught_by_what_its_patch_names_and_by_nothing_else() {
    let test = "Caught-by: test sums two_and_two";
    let both = format!("{test}\nCaught-by: model A I4");
    let root = workspace(
        "plants",
        &[
            ("m1_caught_by_both", patch(&both, "a + b + 1")),
            ("m2_escapes", patch(test, "a * b")),
            ("m3_does_not_compile", patch(test, "a + c")),
            ("m4_is_stale", patch(test, "a - b").replace("-    a + b", "-    a + b + 0")),
        ],
    );
    let rows = run_in(&root, &[]).unwrap();
    let names = failures(&rows);
    let place = "test sums two_and_two";
    assert_eq!(names[..2], ["", &format!("{place}: passes")]);
    let error = format!("{place}: does not compile: error[E0425]: cannot find value `c`");
    assert!(names[2].starts_with(&error), "{}", names[2]);
    assert!(names[3].starts_with("the patch does not apply: "), "{}", names[3]);
    assert_eq!(report::closing(&rows), "in a model: I4\n1 passed, 3 failed");
    let tree = support::read(&root.join("target/plants/tree/crates/idempotence/src/lib.rs"));
    assert_eq!(tree.unwrap(), LIBRARY);
}

#[test]
fn a_test_that_is_not_there_or_fails_without_a_plant_is_named_first() {
    let gone = "Caught-by: test sums three_and_three";
    let root = workspace("plants-baseline", &[("m1", patch(gone, "a * b"))]);
    let error = run_in(&root, &[]).err().unwrap();
    let expected = "without a plant, test sums three_and_three of crates/idempotence did not run";
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn two_runs_do_not_plant_into_the_same_tree() {
    let root = workspace("plants-lock", &[]);
    let _held = Workshop::open(&root).unwrap();
    assert!(Workshop::open(&root).is_err());
}
