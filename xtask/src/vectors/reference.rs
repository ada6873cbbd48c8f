//! Runs the Java program on the reference's classes, having fetched the ones and built the other.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use sha2::{Digest, Sha256};

use crate::maven;
use crate::support::{self, Outcome};

/// The reference, what its JSON converters need, and a logger that stays silent.
const COORDINATES: &[&str] = &[
    "org.apache.kafka:kafka-clients:4.3.1",
    "com.fasterxml.jackson.core:jackson-databind:2.19.2",
    "org.slf4j:slf4j-nop:1.7.36",
];

const JAR: &str = "kafka-clients-4.3.1.jar";

/// Vectors are only as good as their source, so the source is known to the byte.
const JAR_SHA256: &str = "52501b7b47510c66f898871adaf6d2968ab7246561d44ced43643a8a587f0b36";

/// The exit code of a program that can say nothing about what it was given.
const UNUSABLE: i32 = 2;

/// Runs the Java program with these arguments.
pub(crate) fn run(arguments: &[&str]) -> Outcome {
    start(program()?.args(arguments))
}

/// Runs the Java program for its verdict, which is its exit code.
pub(super) fn judge(arguments: &[&str]) -> Outcome {
    let status = program().and_then(|mut java| status(java.args(arguments)));
    match status {
        Ok(status) => support::pass_on(status),
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(UNUSABLE)
        }
    }
}

/// The Java program, compiled and ready for its arguments.
fn program() -> Result<Command, String> {
    let folder = support::root().join("target/vectors");
    let jars = folder.join("lib");
    let classes = folder.join("classes");
    maven::fetch(COORDINATES, &jars)?;
    check_jar(&jars.join(JAR))?;
    compile(&jars, &classes)?;
    let mut java = Command::new("java");
    java.arg("-cp").arg(class_path(&[&classes, &jars.join("*")])?);
    java.arg("vectors.Main");
    Ok(java)
}

fn check_jar(jar: &Path) -> Outcome {
    let bytes =
        std::fs::read(jar).map_err(|error| format!("cannot read {}: {error}", jar.display()))?;
    let found: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    if found == JAR_SHA256 {
        return Ok(());
    }
    Err(format!("{} is not the reference: its SHA-256 is {found}, not {JAR_SHA256}", jar.display()))
}

/// Always compiles: it takes two seconds, and no stale class is ever run.
fn compile(jars: &Path, classes: &Path) -> Outcome {
    let mut javac = Command::new("javac");
    javac.args(["-Xlint:all", "-Werror", "-encoding", "UTF-8", "-d"]).arg(classes);
    javac.arg("-cp").arg(class_path(&[&jars.join("*")])?).args(sources()?);
    start(&mut javac)
}

fn sources() -> Result<Vec<PathBuf>, String> {
    let folder = support::root().join("xtask/java");
    let entries = std::fs::read_dir(&folder)
        .map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "java"));
    files.sort();
    Ok(files)
}

fn class_path(entries: &[&Path]) -> Result<std::ffi::OsString, String> {
    std::env::join_paths(entries).map_err(|error| format!("there is no such class path: {error}"))
}

fn start(command: &mut Command) -> Outcome {
    let status = status(command)?;
    if status.success() {
        return Ok(());
    }
    Err(format!("{:?} ended with {status}", command.get_program()))
}

fn status(command: &mut Command) -> Result<ExitStatus, String> {
    command.status().map_err(|error| {
        let program = command.get_program();
        if error.kind() == ErrorKind::NotFound {
            format!(
                "Java is missing: install a JDK, version 17 or later, \
                 so that {program:?} is on the PATH"
            )
        } else {
            format!("cannot start {program:?}: {error}")
        }
    })
}
