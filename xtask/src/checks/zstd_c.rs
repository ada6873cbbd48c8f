//! The optional C library for zstd, where there is a compiler for it.
//!
//! Nothing else builds the feature, so nothing else would notice that it broke.

use std::process::{Command, Stdio};

use super::cargo::cargo;
use super::stopwatch::Stopwatch;
use crate::support::{self, Outcome};

/// Its own folder: the C library would be rebuilt with every change of features otherwise.
const TARGET: &str = "target/zstd-c";

/// `cargo xtask zstd-c`: the tests of the records crate that compress, with the C library in place.
pub(super) fn run(_args: &[String]) -> Outcome {
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    if !answers(&compiler) {
        println!("there is no C compiler (`{compiler}` does not answer): zstd-c is not checked");
        return Ok(());
    }
    let watch = Stopwatch::start();
    let mut command = cargo(&["test", "--quiet", "--locked", "--package", "klamm-records"]);
    // What a C library allocates cannot be counted, so the tests of memory are left out.
    command.args(["--lib", "--test", "codecs", "--test", "corpora", "--test", "writing"]);
    command.args(["--features", "zstd-c", "--target-dir", TARGET]);
    support::run(&mut command)?;
    println!("the records crate with zstd-c: {}", watch.stop());
    Ok(())
}

pub(super) fn answers(program: &str) -> bool {
    let mut command = Command::new(program);
    let command = command.arg("--version").stdin(Stdio::null());
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_that_is_missing_or_fails_does_not_answer() {
        assert!(!answers("there-is-no-such-compiler"));
        assert!(!answers("false"));
        assert!(answers("cargo"));
    }
}
