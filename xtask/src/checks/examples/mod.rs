//! Every example runs to its end and ends as it says, and so do the commands of `README.md`.
//!
//! An example is a file of `crates/producer/examples`, and says in its header how it is run and
//! which line it ends with. Folders there are programs of other checks.

mod commands;
mod header;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::cargo::cargo;
use super::finding::{self, Finding};
use super::timed;
use crate::support::{self, Outcome};
use header::Header;

/// Where the examples stand.
const FOLDER: &str = "crates/producer/examples";

/// The package that they show.
const PACKAGE: &str = "klamm";

/// What each of them may take, on a busy machine too.
const LIMIT: Duration = Duration::from_secs(60);

/// The address by which examples go to a real cluster; here they go to their own.
const SERVERS: &str = "KAFKA_BOOTSTRAP_SERVERS";

/// `cargo xtask examples`.
pub(super) fn run(args: &[String]) -> Outcome {
    if !args.is_empty() {
        return Err("usage: cargo xtask examples".to_owned());
    }
    let mut found = Vec::new();
    let mut examples = Vec::new();
    let mut files = support::files_in(&support::root().join(FOLDER), "rs")?;
    files.sort();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match header::read(&name, &support::read(&file)?) {
            Ok(header) => examples.push(header),
            Err(text) => found.push(Finding::of(place(&name), "example", text)),
        }
    }
    let programs = built(&examples)?;
    found.extend(examples.iter().filter_map(|example| judge(example, &programs)));
    found.extend(commands::findings(&support::read(&support::root().join("README.md"))?)?);
    finding::report(found)
}

fn place(name: &str) -> String {
    format!("{FOLDER}/{name}.rs")
}

/// Builds the examples; the folder in which they stand then.
fn built(examples: &[Header]) -> Result<PathBuf, String> {
    let mut command = cargo(&["build", "--quiet", "--locked", "--package", PACKAGE]);
    for example in examples {
        command.args(["--example", &example.name]);
    }
    support::run(&mut command)?;
    Ok(profile()?.join("examples"))
}

/// Where cargo puts programs: it has put this one there too.
fn profile() -> Result<PathBuf, String> {
    let this = std::env::current_exe().map_err(|error| format!("who am I? {error}"))?;
    this.parent().map(Path::to_path_buf).ok_or_else(|| "this program has no folder".to_owned())
}

fn judge(example: &Header, folder: &Path) -> Option<Finding> {
    let mut command = Command::new(folder.join(&example.name));
    command.env_remove(SERVERS);
    let told = match timed::output(&mut command, LIMIT) {
        Ok(printed) => {
            let last = printed.lines().last().unwrap_or_default();
            println!("{:<14} {last}", example.name);
            if example.is_end(last) {
                return None;
            }
            format!("it ended with `{last}`, and its header says `{}`", example.last)
        }
        Err(error) => error,
    };
    Some(Finding::of(place(&example.name), "example", told))
}
