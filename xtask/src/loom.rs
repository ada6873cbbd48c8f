//! Runs the models of what threads share in batching, in every interleaving up to a bound.
//!
//! They are a test target that is empty but for builds with `--cfg loom`, where every lock, atomic
//! and shared pointer of the crate is a model of itself. Such a build has a target folder of its
//! own.

use std::process::Command;

use crate::support::{self, Outcome};

/// How often threads are interrupted in one run, at the most. Two suffice for nearly every mistake
/// of this kind, and each more multiplies the runs.
const PREEMPTIONS: &str = "3";

/// `cargo xtask loom [NAME]`: the models whose names contain that, or all of them.
pub(crate) fn run(args: &[String]) -> Outcome {
    let mut command = Command::new("cargo");
    command.current_dir(support::root()).args(["test", "--locked"]);
    command.args(["--package", "klamm-batching", "--test", "loom_models", "--"]).args(args);
    command.env("RUSTFLAGS", "--cfg loom").env("LOOM_MAX_PREEMPTIONS", PREEMPTIONS);
    command.env("CARGO_TARGET_DIR", support::root().join("target/loom"));
    let status = command.status().map_err(|error| format!("cannot start {command:?}: {error}"))?;
    support::pass_on(status)
}
