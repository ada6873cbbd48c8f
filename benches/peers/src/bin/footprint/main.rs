//! What klamm costs whoever builds it: time of the processor, and bytes of the program.
#![forbid(unsafe_code)]

mod hello;
mod scratch;

use std::fmt;
use std::path::Path;
use std::process::{Command, ExitCode};

use klamm_peers_bench::children_time;

use scratch::Scratch;

/// The most seconds of the processor that the release build of the crate `klamm` may take, with
/// its default features and from nothing.
const MOST_SECONDS: f64 = 160.0;
/// The most megabytes of a stripped program that sends a record, with the profile for small ones.
const MOST_MEGABYTES: f64 = 5.0;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("footprint: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether both stay below.
fn run() -> Result<bool, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().map_err(|error| error.to_string())?;
    let scratch = Scratch::new()?;
    cargo(&root, &["fetch", "--locked"])?;
    let target = scratch.path().join("target").display().to_string();
    let before = children_time();
    cargo(&root, &["build", "--release", "--locked", "-p", "klamm", "--target-dir", &target])?;
    let seconds = (children_time() - before).as_secs_f64();
    let is_quick = judge("build of `klamm`, release, CPU-s", seconds, MOST_SECONDS);
    let package = hello::write(&root, scratch.path()).map_err(|error| error.to_string())?;
    let default = megabytes(&package, "release", &target)?;
    println!("hello producer, default release profile, stripped, MB: {default:.2}");
    let small = megabytes(&package, hello::PROFILE, &target)?;
    let is_small = judge("hello producer, profile `small`, stripped, MB", small, MOST_MEGABYTES);
    Ok(is_quick && is_small)
}

/// How long the program is.
fn megabytes(package: &Path, profile: &str, target: &str) -> Result<f64, String> {
    cargo(package, &["build", "--profile", profile, "--target-dir", target])?;
    let program = Path::new(target).join(profile).join(hello::NAME);
    let len = std::fs::metadata(program).map_err(|error| error.to_string())?.len();
    Ok(len as f64 / 1e6)
}

fn judge(what: impl fmt::Display, found: f64, most: f64) -> bool {
    let is_reached = found <= most;
    let verdict = if is_reached { "ok" } else { "MISSED" };
    println!("{what}: {found:.2} (max {most:.0}) {verdict}");
    is_reached
}

/// Runs cargo there, without what the environment says of this build.
fn cargo(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let run = Command::new("cargo")
        .args(arguments)
        .arg("--quiet")
        .current_dir(folder)
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("RUSTFLAGS")
        .status();
    match run {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("cargo {arguments:?} ended with {status}")),
        Err(error) => Err(format!("cargo cannot be started: {error}")),
    }
}
