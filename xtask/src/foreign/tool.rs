//! The toolchains of the clients, and the programs that they build.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::maven;
use crate::support::{self, Outcome};

use super::home;

/// Kafka's own clients and tools, and a logger that stays silent.
const JARS: &[&str] = &[
    "org.apache.kafka:kafka-tools:4.3.1",
    "org.apache.kafka:kafka-clients:4.3.1",
    "org.slf4j:slf4j-nop:1.7.36",
];

/// Whose client it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tool {
    Java,
    Rdkafka,
    FranzGo,
}

impl Tool {
    /// Programs that must answer before anything can be built.
    fn needs(self) -> &'static [[&'static str; 2]] {
        match self {
            Self::Java => &[["mvn", "--version"], ["javac", "--version"], ["java", "--version"]],
            Self::Rdkafka => &[["cc", "--version"], ["make", "--version"]],
            Self::FranzGo => &[["go", "version"]],
        }
    }

    /// The first of the programs that is not there.
    fn missing(self) -> Option<String> {
        self.needs().iter().find_map(|[program, argument]| {
            let mut command = Command::new(program);
            command.arg(argument).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let is_missing = command.status().is_err_and(|e| e.kind() == ErrorKind::NotFound);
            is_missing.then(|| format!("`{program}` is not on the PATH"))
        })
    }

    /// Builds the program and has it show that it finds faults.
    fn build(self) -> Outcome {
        match self {
            Self::Java => build_java(),
            Self::Rdkafka => build_rdkafka(),
            Self::FranzGo => build_franz_go(),
        }
    }

    fn command(self) -> Result<Command, String> {
        match self {
            Self::Java => java(),
            Self::Rdkafka => Ok(Command::new(home().join("rdkafka/release/klamm-foreign"))),
            Self::FranzGo => Ok(Command::new(home().join("go/foreign"))),
        }
    }
}

/// The toolchains that were asked for, each built or missing.
pub(super) struct Tools(BTreeMap<Tool, Option<String>>);

impl Tools {
    pub(super) fn prepare(wanted: impl Iterator<Item = Tool>) -> Result<Self, String> {
        let mut tools = BTreeMap::new();
        for tool in wanted.collect::<BTreeSet<Tool>>() {
            let missing = tool.missing();
            match &missing {
                None => tool.build().map_err(|error| format!("{tool:?}: {error}"))?,
                Some(what) => eprintln!("!!! {tool:?} CANNOT JUDGE: {what}"),
            }
            tools.insert(tool, missing);
        }
        Ok(Self(tools))
    }

    /// What a toolchain lacks.
    pub(super) fn missing(&self, tool: Tool) -> Option<&str> {
        self.0.get(&tool).and_then(Option::as_deref)
    }

    /// A tool's program, ready for its arguments.
    pub(super) fn command(&self, tool: Tool) -> Result<Command, String> {
        tool.command()
    }
}

/// The program around librdkafka, built and ready for its arguments.
pub(crate) fn librdkafka() -> Result<Command, String> {
    Tool::Rdkafka.missing().map_or(Ok(()), Err)?;
    build_rdkafka()?;
    Tool::Rdkafka.command()
}

fn build_java() -> Outcome {
    let (jars, classes) = (home().join("java/lib"), home().join("java/classes"));
    maven::fetch(JARS, &jars)?;
    let mut javac = Command::new("javac");
    // Without the jars' own oddities: their manifests name jars that nobody needs.
    javac.args(["-Xlint:all,-path,-classfile", "-Werror", "-encoding", "UTF-8", "-d"]);
    javac.arg(&classes).arg("-cp").arg(class_path(&[&jars.join("*")])?);
    let mut sources = support::files_in(&support::root().join("xtask/java/foreign"), "java")?;
    sources.sort();
    support::run(javac.args(sources))?;
    support::output(java()?.arg("self-test")).map(drop)
}

fn java() -> Result<Command, String> {
    let mut java = Command::new("java");
    let path = class_path(&[&home().join("java/classes"), &home().join("java/lib/*")])?;
    java.args(["-Xmx1g", "-cp"]).arg(path).arg("foreign.Main");
    Ok(java)
}

fn class_path(entries: &[&Path]) -> Result<OsString, String> {
    std::env::join_paths(entries).map_err(|error| format!("there is no such class path: {error}"))
}

/// Runs the tests as well, in the same profile: librdkafka is compiled once.
fn build_rdkafka() -> Outcome {
    for task in ["build", "test"] {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(support::root().join("xtask/foreign"));
        cargo.args([task, "--quiet", "--release", "--locked", "--target-dir"]);
        support::output(cargo.arg(home().join("rdkafka")))?;
    }
    Ok(())
}

fn build_franz_go() -> Outcome {
    let folder = support::root().join("xtask/go");
    let mut build = Command::new("go");
    build.current_dir(&folder).args(["build", "-mod=readonly", "-o"]);
    support::output(build.arg(home().join("go/foreign")).arg("."))?;
    let mut test = Command::new("go");
    support::output(test.current_dir(&folder).args(["test", "-mod=readonly", "./..."])).map(drop)
}
