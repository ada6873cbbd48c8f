//! Runs each fuzz target for a short while, where the machine has what that needs.
//!
//! The committed corpora are read from a scratch copy, so that they only grow by choice.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::cargo::cargo;
use crate::support::{self, Outcome};

const USAGE: &str = "usage: cargo xtask fuzz [--seconds N] [--target T]";

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
struct Wish {
    seconds: u32,
    target: Option<String>,
}

/// `cargo xtask fuzz [--seconds N] [--target T]`.
pub(super) fn run(args: &[String]) -> Outcome {
    let wish = parse(args)?;
    if !support::root().join("fuzz/Cargo.toml").exists() {
        return Err("there is no fuzz/Cargo.toml".to_owned());
    }
    if let Some(missing) = missing_tool() {
        println!("fuzz: skipped, this machine has no {missing}; nothing was fuzzed");
        return Ok(());
    }
    let metadata = metadata()?;
    let mut targets = targets(&metadata);
    targets.retain(|name| wish.target.as_ref().is_none_or(|wanted| wanted == name));
    if targets.is_empty() {
        return Err(format!("there is no such target: {:?}", wish.target));
    }
    let scratch = scratch(&metadata)?;
    for target in targets {
        let corpus = copy_corpus(&target, &scratch)?;
        fuzz(&target, &corpus, wish.seconds)?;
    }
    Ok(())
}

fn parse(args: &[String]) -> Result<Wish, String> {
    let mut wish = Wish { seconds: 5, target: None };
    let mut rest = args.iter();
    while let Some(name) = rest.next() {
        let value = rest.next().ok_or(USAGE)?;
        match name.as_str() {
            "--seconds" => wish.seconds = value.parse().map_err(|_| USAGE)?,
            "--target" => wish.target = Some(value.clone()),
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(wish)
}

/// The first tool that is not there.
fn missing_tool() -> Option<&'static str> {
    let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    let mut tools = [
        ("nightly toolchain", cargo(&["+nightly", "--version"])),
        ("cargo-fuzz", cargo(&["+nightly", "fuzz", "--version"])),
        ("C++ compiler, which libFuzzer needs", version_of(&compiler)),
    ];
    tools.iter_mut().find_map(|(name, command)| (!answers(command)).then_some(*name))
}

fn version_of(program: &str) -> Command {
    let mut command = Command::new(program);
    command.arg("--version");
    command
}

fn answers(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// What cargo knows of the fuzzing workspace.
fn metadata() -> Result<Value, String> {
    let manifest = ["--manifest-path", "fuzz/Cargo.toml"];
    let mut command = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let text = support::output(command.args(manifest))?;
    serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))
}

/// The names of all binaries that the metadata lists.
fn targets(metadata: &Value) -> Vec<String> {
    let list = |value: &Value, key: &str| {
        value.get(key).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let is_binary = |target: &Value| list(target, "kind").iter().any(|kind| kind == "bin");
    let targets = list(metadata, "packages").into_iter().flat_map(|p| list(&p, "targets"));
    let name = |target: Value| Some(target.get("name")?.as_str()?.to_owned());
    targets.filter(is_binary).filter_map(name).collect()
}

/// A folder of our own below the target folder.
fn scratch(metadata: &Value) -> Result<PathBuf, String> {
    let target = metadata.get("target_directory").and_then(Value::as_str);
    Ok(Path::new(target.ok_or("cargo metadata names no target folder")?).join("scratch-corpora"))
}

/// A fresh copy of the target's committed corpus.
fn copy_corpus(target: &str, scratch: &Path) -> Result<PathBuf, String> {
    let copy = scratch.join(target);
    let fail = |error: std::io::Error| format!("cannot copy the corpus of {target}: {error}");
    if copy.exists() {
        std::fs::remove_dir_all(&copy).map_err(fail)?;
    }
    std::fs::create_dir_all(&copy).map_err(fail)?;
    let committed = support::root().join("fuzz/corpus").join(target);
    if committed.is_dir() {
        for entry in std::fs::read_dir(committed).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            std::fs::copy(entry.path(), copy.join(entry.file_name())).map_err(fail)?;
        }
    }
    Ok(copy)
}

fn fuzz(target: &str, corpus: &Path, seconds: u32) -> Outcome {
    let limits = ["-rss_limit_mb=2048", "-timeout=10", "-print_final_stats=1"];
    let mut command = Command::new("cargo");
    command.current_dir(support::root()).args(["+nightly", "fuzz", "run", target]).arg(corpus);
    command.args(["--", &format!("-max_total_time={seconds}")]).args(limits);
    let output = command.output().map_err(|error| format!("cannot start cargo-fuzz: {error}"))?;
    let log = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        eprintln!("{log}");
        let again = format!("cargo xtask fuzz --target {target} --seconds {seconds}");
        return Err(format!("the target {target} failed; again with `{again}`"));
    }
    let execs = executions(&log).ok_or_else(|| format!("{target} ran, but told no executions"))?;
    println!("fuzz: {target:<24} {execs:>12} execs in {seconds} s, no findings");
    Ok(())
}

/// The number of executions in libFuzzer's closing statistics.
fn executions(log: &str) -> Option<u64> {
    let count =
        |line: &str| line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok();
    log.lines().find_map(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(args: &[&str]) -> Result<Wish, String> {
        parse(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn the_command_line_names_seconds_and_target() {
        assert_eq!(wish(&[]), Ok(Wish { seconds: 5, target: None }));
        let target = Some("decode".to_owned());
        let asked = wish(&["--target", "decode", "--seconds", "600"]);
        assert_eq!(asked, Ok(Wish { seconds: 600, target }));
        for wrong in [&["--seconds"][..], &["--seconds", "many"], &["--speed", "9"]] {
            assert_eq!(wish(wrong), Err(USAGE.to_owned()));
        }
    }

    #[test]
    fn the_binaries_of_the_fuzzing_workspace_are_its_targets() {
        let metadata = serde_json::json!({"packages": [{"targets": [
            {"name": "decode", "kind": ["bin"]},
            {"name": "klamm_fuzz", "kind": ["lib"]},
            {"name": "frames", "kind": ["bin"]},
        ]}]});
        assert_eq!(targets(&metadata), ["decode", "frames"]);
    }

    #[test]
    fn the_closing_statistics_tell_the_executions() {
        let log = "#9 DONE\nstat::number_of_executed_units: 123456\nstat::average: 2\n";
        assert_eq!(executions(log), Some(123_456));
        assert_eq!(executions("no statistics"), None);
    }
}
