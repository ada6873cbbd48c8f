//! What the protocol crate costs whoever compiles it, against its limits.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use super::cargo::cargo;
use super::stopwatch::{Stopwatch, Taken};
use crate::support::{self, Outcome};

const PROTOCOL: &str = "klamm-protocol";

/// A set of features and the CPU-seconds that a cold release build of it may take.
struct Budget {
    name: &'static str,
    features: &'static [&'static str],
    cpu_seconds: f64,
}

const BUDGETS: &[Budget] = &[
    Budget { name: "producer set", features: &[], cpu_seconds: 10.0 },
    Budget { name: "all without json", features: &["--features", "all"], cpu_seconds: 90.0 },
];

/// `cargo xtask measure compile`.
pub(super) fn run(args: &[String]) -> Outcome {
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["compile"] => compile(),
        _ => Err("usage: cargo xtask measure compile".to_owned()),
    }
}

fn compile() -> Outcome {
    print_lines(&lines_per_group(&generated_files()?));
    let mut over = Vec::new();
    for budget in BUDGETS {
        let taken = cold_build(budget)?;
        println!("{:<18} {taken}, the limit is {} CPU-s", budget.name, budget.cpu_seconds);
        over.extend(verdict(budget, taken));
    }
    if over.is_empty() { Ok(()) } else { Err(over.join("; ")) }
}

/// Why a build is not within its budget.
fn verdict(budget: &Budget, taken: Taken) -> Option<String> {
    match taken.cpu_seconds {
        Some(cpu) if cpu <= budget.cpu_seconds => None,
        Some(cpu) => Some(format!("{} took {cpu:.1} CPU-seconds", budget.name)),
        None => Some("this system tells no processor time".to_owned()),
    }
}

/// Builds the crate alone: its dependencies are there, nothing of its own is.
fn cold_build(budget: &Budget) -> Result<Taken, String> {
    let build = ["build", "--quiet", "--release", "--locked", "--package", PROTOCOL];
    support::run(in_scratch(&mut cargo(&build)).args(budget.features))?;
    support::run(in_scratch(&mut cargo(&[
        "clean",
        "--quiet",
        "--release",
        "--package",
        PROTOCOL,
    ])))?;
    let watch = Stopwatch::start();
    support::run(in_scratch(&mut cargo(&build)).args(budget.features))?;
    Ok(watch.stop())
}

/// A target folder of its own, so that nobody else's build is cleaned away.
fn in_scratch(command: &mut Command) -> &mut Command {
    command.env("CARGO_TARGET_DIR", support::root().join("target/measure-compile"))
}

/// The text of each generated file, with whether it belongs to the feature `json`.
fn generated_files() -> Result<Vec<(bool, String)>, String> {
    let folder = support::root().join("crates/protocol/src/generated");
    let mut texts = read_sources(&folder, false)?;
    texts.extend(read_sources(&folder.join("json"), true)?);
    Ok(texts)
}

/// The sources that stand directly in a folder; none when there is no such folder.
fn read_sources(folder: &Path, is_json: bool) -> Result<Vec<(bool, String)>, String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let sources = entries.map(|entry| entry.path()).filter(|path| is_rust(path));
    sources.map(|path| Ok((is_json, support::read(&path)?))).collect()
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

/// Lines of generated code by feature group, which a file names in its first comment.
fn lines_per_group(texts: &[(bool, String)]) -> BTreeMap<String, usize> {
    let mut lines = BTreeMap::new();
    for (is_json, text) in texts {
        let mut headline = text.lines().take_while(|line| line.starts_with("//"));
        let group = headline.find_map(|line| line.strip_prefix("// Group: "));
        let suffix = if *is_json { " (json)" } else { "" };
        let name = format!("{}{suffix}", group.map_or("tables", str::trim));
        *lines.entry(name).or_insert(0) += text.lines().count();
    }
    lines
}

fn print_lines(lines: &BTreeMap<String, usize>) {
    println!("generated lines per feature group:");
    for (group, count) in lines {
        println!("  {group:<24} {count:>7}");
    }
    println!("  {:<24} {:>7}", "total", lines.values().sum::<usize>());
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn lines_are_counted_by_the_group_that_a_file_names() {
        let text = |is_json, text: &str| (is_json, text.to_owned());
        let texts = [
            text(false, "// @generated\n// Group: admin\n//! A.\n"),
            text(false, "// @generated\n// more\n// Group: admin\n\nfn f() {}\n"),
            text(true, "// @generated\n// Group: admin\n"),
            text(false, "// @generated\n//! The table.\n\n// Group: none\n"),
        ];
        let expected = [("admin", 8), ("admin (json)", 2), ("tables", 4)];
        let expected = expected.map(|(group, lines)| (group.to_owned(), lines));
        assert_eq!(lines_per_group(&texts), BTreeMap::from(expected));
    }

    #[test]
    fn a_build_over_its_budget_or_unmeasured_fails() {
        let budget = Budget { name: "set", features: &[], cpu_seconds: 10.0 };
        let taken = |cpu_seconds| Taken { wall: Duration::ZERO, cpu_seconds };
        assert_eq!(verdict(&budget, taken(Some(10.0))), None);
        assert!(verdict(&budget, taken(Some(10.1))).is_some());
        assert!(verdict(&budget, taken(None)).is_some());
    }
}
