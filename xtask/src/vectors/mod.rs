//! Reference vectors: made by the reference's own classes, replayed by ours.
//!
//! The reference is a Java library, so a Java program of ours (`xtask/java`) fills its messages
//! and writes the files. Replaying them needs no Java: that is `klamm-vectors`' work, a program
//! of its own because this crate must build when the protocol crate does not.

mod reference;

use std::path::PathBuf;
use std::process::Command;

use crate::support::{self, Outcome};

const USAGE: &str = "usage: cargo xtask vectors generate --seed N --out DIR\n       \
                     cargo xtask vectors tables --out DIR\n       \
                     cargo xtask vectors check FILE...";

/// `cargo xtask vectors generate | check | tables`.
pub(crate) fn run(args: &[String]) -> Outcome {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["generate", options @ ..] => {
            let [seed, out] = values(["--seed", "--out"], options)?;
            let seed: i64 = seed.parse().map_err(|_| format!("`{seed}` is not a seed\n{USAGE}"))?;
            reference::run(&["generate", &seed.to_string(), &absolute(out)?])
        }
        ["tables", options @ ..] => {
            let [out] = values(["--out"], options)?;
            reference::run(&["tables", &absolute(out)?])
        }
        ["check", files @ ..] if !files.is_empty() => check(files),
        _ => Err(USAGE.to_owned()),
    }
}

/// The values of options that must all be there, in the order in which they are asked for.
fn values<'a, const N: usize>(
    names: [&str; N],
    options: &[&'a str],
) -> Result<[&'a str; N], String> {
    if options.len() != 2 * N {
        return Err(USAGE.to_owned());
    }
    let mut found = [""; N];
    for (name, slot) in names.iter().zip(&mut found) {
        let mut pairs = options.chunks_exact(2);
        let value = pairs.find_map(|pair| match pair {
            [option, value] if option == name => Some(*value),
            _ => None,
        });
        *slot = value.ok_or_else(|| format!("{name} is missing\n{USAGE}"))?;
    }
    Ok(found)
}

/// The Java program runs in the same folder, but a path that is told in full reads better.
fn absolute(path: &str) -> Result<String, String> {
    let absolute = std::path::absolute(PathBuf::from(path))
        .map_err(|error| format!("`{path}` is not a path: {error}"))?;
    absolute.into_os_string().into_string().map_err(|_| format!("`{path}` is not UTF-8"))
}

/// Replays files; the verdict is the exit code of the program that does it.
fn check(files: &[&str]) -> Outcome {
    let manifest = support::root().join("Cargo.toml");
    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "--release", "--package", "klamm-vectors"]);
    command.arg("--manifest-path").arg(manifest).args(["--", "check"]).args(files);
    let status = command.status().map_err(|error| format!("cannot start {command:?}: {error}"))?;
    match status.code() {
        Some(0) => Ok(()),
        Some(code) => std::process::exit(code),
        None => Err(format!("{command:?} ended with {status}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_may_come_in_any_order() {
        let options = ["--out", "folder", "--seed", "7"];
        assert_eq!(values(["--seed", "--out"], &options), Ok(["7", "folder"]));
    }

    #[test]
    fn a_missing_option_is_named() {
        let error = values(["--seed", "--out"], &["--seed", "7", "--seed", "8"]).unwrap_err();
        assert!(error.starts_with("--out is missing"), "{error}");
    }

    #[test]
    fn too_many_options_are_refused() {
        assert!(values(["--out"], &["--out", "folder", "more", "words"]).is_err());
    }
}
