//! Every check in one run, cheapest first; the first failure ends it.

use super::stopwatch::{Stopwatch, Taken};
use super::{cargo, deps, examples, fuzz, layering, no_c, tidy, tls_c, zstd_c};
use crate::support::{self, Outcome};
use crate::{codegen, kafka, loom, vectors};

/// A command of xtask with its arguments, as one would type them.
struct Step {
    command: &'static str,
    args: &'static [&'static str],
    run: fn(&[String]) -> Outcome,
}

/// The step that `--skip-tests` leaves out, for a caller that has run the tests before.
const TESTS: Step = Step { command: "no-c", args: &["--build"], run: no_c::run };

const BEFORE_TESTS: &[Step] = &[
    Step { command: "fmt", args: &[], run: cargo::fmt },
    Step { command: "tidy", args: &[], run: tidy::run },
    Step { command: "layering", args: &[], run: layering::run },
    Step { command: "deps", args: &[], run: deps::run },
    Step { command: "no-c", args: &[], run: no_c::run },
    Step { command: "codegen", args: &["--check"], run: codegen::run },
    Step { command: "clippy", args: &[], run: cargo::clippy },
    Step { command: "docs", args: &[], run: cargo::docs },
];

const AFTER_TESTS: &[Step] = &[
    Step { command: "examples", args: &[], run: examples::run },
    Step { command: "vectors", args: &["check"], run: check_vectors },
    Step { command: "loom", args: &[], run: loom::run },
    Step { command: "zstd-c", args: &[], run: zstd_c::run },
    Step { command: "tls-c", args: &[], run: tls_c::run },
    Step { command: "kafka", args: &["differential", "--if-present"], run: kafka::run },
    Step { command: "fuzz", args: &["--seconds", "5"], run: fuzz::run },
];

/// `cargo xtask ci [--skip-tests]`.
pub(super) fn run(args: &[String]) -> Outcome {
    let tests = match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => Some(&TESTS),
        ["--skip-tests"] => None,
        _ => return Err("usage: cargo xtask ci [--skip-tests]".to_owned()),
    };
    let total = Stopwatch::start();
    let mut rows = Vec::new();
    for step in BEFORE_TESTS.iter().chain(tests).chain(AFTER_TESTS) {
        println!("\n=== {}", step.typed());
        let watch = Stopwatch::start();
        let outcome = (step.run)(&step.arguments());
        let taken = watch.stop();
        println!("=== {}: {taken}", step.typed());
        outcome.map_err(|error| step.failure(&error))?;
        rows.push((step.typed(), taken));
    }
    rows.push(("all".to_owned(), total.stop()));
    println!("\n{}", table(&rows));
    Ok(())
}

impl Step {
    fn typed(&self) -> String {
        [&[self.command][..], self.args].concat().join(" ")
    }

    fn arguments(&self) -> Vec<String> {
        self.args.iter().map(|arg| (*arg).to_owned()).collect()
    }

    fn failure(&self, error: &str) -> String {
        format!("{}: {error}\nto repeat it: cargo xtask {}", self.command, self.typed())
    }
}

fn table(rows: &[(String, Taken)]) -> String {
    let row = |(name, taken): &(String, Taken)| format!("{name:<20} {taken}");
    rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

/// Replays every committed corpus of vectors.
fn check_vectors(args: &[String]) -> Outcome {
    let mut files = args.to_vec();
    for folder in ["crates/protocol/tests/vectors", "crates/records/tests/vectors"] {
        files.extend(corpus(folder)?);
    }
    vectors::run(&files)
}

/// The compressed files of a folder, of which there must be some.
fn corpus(folder: &str) -> Result<Vec<String>, String> {
    let folder = support::root().join(folder);
    let entries = std::fs::read_dir(&folder)
        .map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let names = entries.filter_map(|entry| Some(entry.ok()?.path().to_str()?.to_owned()));
    let mut files: Vec<String> = names.filter(|name| name.ends_with(".gz")).collect();
    if files.is_empty() {
        return Err(format!("there is no corpus in {}", folder.display()));
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_failure_names_the_command_that_repeats_it() {
        let text = TESTS.failure("2 findings");
        assert_eq!(text, "no-c: 2 findings\nto repeat it: cargo xtask no-c --build");
    }

    #[test]
    fn every_step_is_a_command_that_can_be_typed() {
        let known = super::super::COMMANDS.iter().map(|command| command.name);
        let known: Vec<&str> = known.chain(["codegen", "kafka", "loom", "vectors"]).collect();
        for step in BEFORE_TESTS.iter().chain([&TESTS]).chain(AFTER_TESTS) {
            assert!(known.contains(&step.command), "{}", step.command);
        }
    }

    #[test]
    fn the_closing_table_has_a_row_for_each_step() {
        let taken = Taken { wall: Duration::from_secs(2), cpu_seconds: Some(3.5) };
        let text = table(&[("fmt".to_owned(), taken), ("all".to_owned(), taken)]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("fmt ") && lines[0].ends_with("2.0 s wall      3.5 CPU-s"));
    }

    #[test]
    fn an_unknown_argument_starts_nothing() {
        assert!(run(&["--fast".to_owned()]).is_err());
    }
}
