//! The two programs of ours that meet here as processes: the judge and the cluster in one process.

use std::ffi::OsString;
use std::process::Command;

use serde_json::Value;

use crate::support;

/// A program with the words that stand in front of its arguments.
#[derive(Debug, Clone)]
pub(super) struct Program {
    name: OsString,
    words: Vec<OsString>,
}

/// The judge and what it judges beside real brokers.
#[derive(Debug)]
pub(super) struct Programs {
    pub(super) conformance: Program,
    pub(super) klamm: Program,
}

impl Programs {
    /// Builds both in one go, so that what they share is built once; cargo says where they are.
    pub(super) fn build() -> Result<Self, String> {
        let messages = built(&["klamm-conformance", "klamm-cli"])?;
        let program = |binary| Program::found(&messages, binary);
        Ok(Self { conformance: program("klamm-conformance")?, klamm: program("klamm")? })
    }
}

/// Builds packages; what cargo says of them.
fn built(packages: &[&str]) -> Result<String, String> {
    let words = packages.iter().flat_map(|package| ["--package", package]);
    cargo(&words.collect::<Vec<_>>())
}

fn cargo(words: &[&str]) -> Result<String, String> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(support::root()).args(["build", "--quiet", "--locked"]).args(words);
    cargo.args(["--message-format", "json-render-diagnostics"]);
    cargo.stderr(std::process::Stdio::inherit());
    support::output(&mut cargo)
}

impl Program {
    /// Builds `klamm` alone.
    pub(super) fn klamm() -> Result<Self, String> {
        Self::found(&built(&["klamm-cli"])?, "klamm")
    }

    fn found(messages: &str, binary: &str) -> Result<Self, String> {
        let path = executable(messages, binary)
            .ok_or_else(|| format!("cargo does not say where it put `{binary}`"))?;
        Ok(Self { name: path.into(), words: Vec::new() })
    }

    /// An example of a package and `klamm`, built by this profile.
    pub(super) fn example_and_klamm(
        (package, example): (&str, &str),
        profile: &str,
    ) -> Result<(Self, Self), String> {
        let example_of = cargo(&["--profile", profile, "-p", package, "--example", example])?;
        let klamm = cargo(&["--profile", profile, "-p", "klamm-cli"])?;
        Ok((Self::found(&example_of, example)?, Self::found(&klamm, "klamm")?))
    }

    /// Java, with these words before those of each command.
    pub(super) fn java(words: Vec<OsString>) -> Self {
        Self { name: "java".into(), words }
    }

    /// A program that starts with these words.
    #[cfg(test)]
    pub(super) fn of(words: &[&std::ffi::OsStr]) -> Self {
        let mut words = words.iter().map(|word| (*word).to_owned());
        Self { name: words.next().unwrap(), words: words.collect() }
    }

    /// The program before it is started.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.name);
        command.args(&self.words).args(arguments);
        command
    }
}

/// The path of a binary in what cargo prints, one JSON value on each line.
fn executable(messages: &str, binary: &str) -> Option<String> {
    let values = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut paths = values.filter_map(|value| {
        let name = value.pointer("/target/name")?.as_str()?;
        let path = value.get("executable")?.as_str()?;
        (name == binary).then(|| path.to_owned())
    });
    paths.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_says_where_it_put_a_binary() {
        let messages = concat!(
            "{\"target\":{\"name\":\"wire\"},\"executable\":null}\n",
            "{\"target\":{\"name\":\"klamm\"},\"executable\":\"target/debug/klamm\"}\n",
            "{\"reason\":\"build-finished\",\"success\":true}\n",
        );
        assert_eq!(executable(messages, "klamm").as_deref(), Some("target/debug/klamm"));
        assert_eq!(executable(messages, "wire"), None);
    }
}
