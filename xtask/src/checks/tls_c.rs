//! The optional C libraries for TLS, where there is a compiler for them.
//!
//! Nothing else builds the features, so nothing else would notice that they broke.

use super::cargo::cargo;
use super::stopwatch::Stopwatch;
use super::zstd_c::answers;
use crate::support::{self, Outcome};

/// Its own folder: the C libraries would be rebuilt with every change of features otherwise.
const TARGET: &str = "target/tls-c";

/// `cargo xtask tls-c [--all]`: the tests of TLS over ring; with `--all` over AWS-LC as well, which
/// takes minutes to compile.
pub(super) fn run(args: &[String]) -> Outcome {
    let features: &[&str] = match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => &["tls-ring"],
        ["--all"] => &["tls-ring", "tls-aws-lc"],
        _ => return Err("usage: cargo xtask tls-c [--all]".to_owned()),
    };
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    if !answers(&compiler) {
        println!("there is no C compiler (`{compiler}` does not answer): tls-c is not checked");
        return Ok(());
    }
    for feature in features {
        let watch = Stopwatch::start();
        let mut command =
            cargo(&["test", "--quiet", "--locked", "--package", "klamm-net", "--lib"]);
        command.args(["--features", feature, "--target-dir", TARGET, "--", "tls::"]);
        support::run(&mut command)?;
        println!("TLS with {feature}: {}", watch.stop());
    }
    Ok(())
}
