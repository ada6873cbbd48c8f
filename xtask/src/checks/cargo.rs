//! The checks that cargo itself makes: formatting, lints, documentation.

use std::process::Command;

use super::graph::Graph;
use crate::support::{self, Outcome};

/// The package whose feature groups are linted one by one.
const PROTOCOL: &str = "klamm-protocol";

/// The package whose codecs are linted one by one, and without any.
const RECORDS: &str = "klamm-records";

/// Packages that are linted alone as well, as those have them who depend on them: beside others, a
/// feature of a dependency may be on that they forgot to ask for.
const ALONE: &[&str] = &["klamm", "klamm-broker"];

/// Features that are not a group of messages and mean nothing alone.
const NOT_A_GROUP: &[&str] = &["default", "all", "json", "fuzzing"];

/// A cargo command that runs at the root of the repository.
pub(super) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(support::root()).args(args);
    command
}

/// `cargo xtask fmt`.
pub(super) fn fmt(_args: &[String]) -> Outcome {
    support::run(&mut cargo(&["fmt", "--all", "--", "--check"]))
}

/// `cargo xtask docs`.
pub(super) fn docs(_args: &[String]) -> Outcome {
    let mut command = cargo(&["doc", "--no-deps", "--workspace", "--locked"]);
    support::run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

/// `cargo xtask clippy`.
pub(super) fn clippy(_args: &[String]) -> Outcome {
    lint(&["--workspace", "--all-targets"])?;
    let graph = Graph::of_workspace(&["--no-deps"])?;
    let protocol = graph.members().find(|package| package.name == PROTOCOL);
    let features = protocol.map_or(&[][..], |package| &package.features);
    for set in feature_sets(features) {
        println!("klamm-protocol with --features {set}");
        lint(&["--package", PROTOCOL, "--lib", "--no-default-features", "--features", &set])?;
    }
    for codec in ["", "gzip", "snappy", "lz4", "zstd"] {
        println!("klamm-records with --features '{codec}'");
        lint(&["--package", RECORDS, "--lib", "--no-default-features", "--features", codec])?;
    }
    for package in ALONE {
        println!("{package} alone");
        lint(&["--package", package, "--lib"])?;
    }
    Ok(())
}

fn lint(which: &[&str]) -> Outcome {
    let mut command = cargo(&["clippy", "--quiet", "--locked"]);
    support::run(command.args(which).args(["--", "-D", "warnings"]))
}

/// The sets to lint: each group alone, everything, everything with its JSON.
fn feature_sets(features: &[String]) -> Vec<String> {
    let groups = features.iter().filter(|name| !NOT_A_GROUP.contains(&name.as_str()));
    let mut sets: Vec<String> = groups.cloned().collect();
    let has = |name: &str| features.iter().any(|feature| feature == name);
    if has("all") {
        sets.push("all".to_owned());
        if has("json") {
            sets.push("all,json".to_owned());
        }
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_group_is_linted_alone_and_then_all_with_and_without_json() {
        let features = ["admin", "all", "default", "fuzzing", "json", "producer"];
        let features: Vec<String> = features.map(str::to_owned).to_vec();
        assert_eq!(feature_sets(&features), ["admin", "producer", "all", "all,json"]);
    }

    #[test]
    fn a_crate_without_features_needs_no_extra_round() {
        assert!(feature_sets(&[]).is_empty());
    }
}
