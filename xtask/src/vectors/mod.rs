//! Reference vectors: made by the reference's own classes, replayed by ours.
//!
//! The reference is a Java library, so a Java program of ours (`xtask/java`) fills its messages
//! and writes the files. Replaying them needs no Java: that is `klamm-vectors`' work, a program
//! of its own because this crate must build when the protocol crate does not. Which partitions
//! others choose is replayed by the tests of `klamm-batching`.

mod partitioners;
pub(crate) mod reference;

use std::path::PathBuf;
use std::process::Command;
use std::str::FromStr;

use crate::support::{self, Outcome};

const USAGE: &str = "usage: cargo xtask vectors generate --seed N --out DIR\n       \
                     cargo xtask vectors tables --out DIR\n       \
                     cargo xtask vectors check FILE...\n       \
                     cargo xtask vectors emit-batches --seed N --count M --out FILE\n       \
                     cargo xtask vectors java-reads FILE\n       \
                     cargo xtask vectors partitioners";

/// `cargo xtask vectors generate | check | tables | emit-batches | java-reads | partitioners`.
pub(crate) fn run(args: &[String]) -> Outcome {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["generate", options @ ..] => {
            let [seed, out] = values(["--seed", "--out"], options)?;
            reference::run(&["generate", &number::<i64>(seed)?, &absolute(out)?])
        }
        ["tables", options @ ..] => {
            let [out] = values(["--out"], options)?;
            reference::run(&["tables", &absolute(out)?])
        }
        ["check", files @ ..] if !files.is_empty() => klamm_vectors(&[&["check"], files].concat()),
        ["emit-batches", options @ ..] => {
            let arguments = emission(options)?;
            klamm_vectors(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
        }
        ["java-reads", file] => reference::judge(&["java-reads", &absolute(file)?]),
        ["partitioners"] => partitioners::run(),
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

/// A number as it was given, once it is known to be one.
fn number<T: FromStr + ToString>(text: &str) -> Result<String, String> {
    text.parse::<T>()
        .map(|number| number.to_string())
        .map_err(|_| format!("`{text}` is not a number that can stand here\n{USAGE}"))
}

/// What `klamm-vectors` is told when it is to write batches.
fn emission(options: &[&str]) -> Result<[String; 7], String> {
    let [seed, count, out] = values(["--seed", "--count", "--out"], options)?;
    Ok([
        "emit-batches".to_owned(),
        "--seed".to_owned(),
        number::<u64>(seed)?,
        "--count".to_owned(),
        number::<u64>(count)?,
        "--out".to_owned(),
        absolute(out)?,
    ])
}

/// Runs the program that knows our crates; the verdict is its exit code.
fn klamm_vectors(arguments: &[&str]) -> Outcome {
    let manifest = support::root().join("Cargo.toml");
    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "--release", "--package", "klamm-vectors"]);
    command.arg("--manifest-path").arg(manifest).arg("--").args(arguments);
    let status = command.status().map_err(|error| format!("cannot start {command:?}: {error}"))?;
    support::pass_on(status)
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

    #[test]
    fn an_emission_is_told_in_full_whatever_the_order_of_its_options() {
        let told = emission(&["--out", "/f", "--count", "20", "--seed", "3"]).unwrap();
        assert_eq!(told, ["emit-batches", "--seed", "3", "--count", "20", "--out", "/f"]);
    }

    #[test]
    fn an_emission_without_a_number_of_batches_is_refused() {
        let error = emission(&["--seed", "3", "--count", "-1", "--out", "/f"]).unwrap_err();
        assert!(error.starts_with("`-1` is not a number"), "{error}");
        assert!(emission(&["--seed", "3", "--out", "/f"]).is_err());
    }

    #[test]
    fn a_seed_may_be_negative() {
        assert_eq!(number::<i64>("-7"), Ok("-7".to_owned()));
        assert!(number::<i64>("seven").is_err());
    }

    #[test]
    fn one_file_at_a_time_is_read_by_the_reference() {
        let two = ["java-reads", "first", "second"].map(str::to_owned);
        assert_eq!(run(&two), Err(USAGE.to_owned()));
    }
}
