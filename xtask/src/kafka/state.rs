//! What is remembered of a running cluster between two calls: its processes and addresses.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::{self, Outcome};

/// The file of this name in the folder of a cluster.
const FILE: &str = "cluster.json";

/// A cluster as it was written down when it was ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    /// What it is, in a few words.
    pub(super) what: String,
    /// The processes by what they are.
    pub(super) processes: BTreeMap<String, u32>,
    /// The variables of its addresses.
    pub(super) variables: BTreeMap<String, String>,
}

impl State {
    pub(super) fn write(&self, folder: &Path) -> Outcome {
        let text = json!({
            "what": self.what,
            "processes": self.processes,
            "variables": self.variables,
        });
        support::write(&folder.join(FILE), &format!("{text:#}\n"))
    }

    /// `None` if nothing was written there, or something else.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let value: Value = serde_json::from_str(&support::read(&folder.join(FILE)).ok()?).ok()?;
        let processes = value.get("processes")?.as_object()?.iter();
        let variables = value.get("variables")?.as_object()?.iter();
        let id =
            |(name, id): (&String, &Value)| Some((name.clone(), u32::try_from(id.as_u64()?).ok()?));
        let variable =
            |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
        Some(Self {
            what: value.get("what")?.as_str()?.to_owned(),
            processes: processes.map(id).collect::<Option<_>>()?,
            variables: variables.map(variable).collect::<Option<_>>()?,
        })
    }
}

/// Every folder of a cluster, running or not, with what was written down there.
pub(super) fn all(runs: &Path) -> Vec<(PathBuf, Option<State>)> {
    let entries = std::fs::read_dir(runs).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    folders.sort();
    folders.into_iter().map(|folder| (folder.clone(), State::read(&folder))).collect()
}

/// Whether a process is there whose command line names this folder.
///
/// A number alone proves nothing: it is given to another process some time after the end of one.
pub(super) fn is_alive(id: u32, folder: &Path) -> bool {
    command_line(id).is_some_and(|line| line.contains(&folder.display().to_string()))
}

/// Whether the program that made this folder still runs; the name ends in its number.
pub(super) fn has_owner(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let owner = name.rsplit('-').next().and_then(|id| id.parse().ok());
    let program = std::env::current_exe().unwrap_or_default();
    let is_ours = |line: String| {
        program.file_name().is_some_and(|name| line.contains(&*name.to_string_lossy()))
    };
    owner.and_then(command_line).is_some_and(is_ours)
}

fn command_line(id: u32) -> Option<String> {
    if let Ok(words) = std::fs::read(format!("/proc/{id}/cmdline")) {
        return Some(String::from_utf8_lossy(&words).replace('\0', " "));
    }
    support::output(Command::new("ps").args(["-o", "args=", "-p", &id.to_string()])).ok()
}

/// Kills the process group that a process heads.
pub(super) fn kill(id: u32) {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("kill -s KILL -- -{id}")]);
    // One that is gone already is as good as one that was killed.
    let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
}

#[cfg(test)]
mod tests {
    use super::super::scratch;
    use super::*;

    fn state() -> State {
        State {
            what: "Kafka 4.3.1".to_owned(),
            processes: BTreeMap::from([("broker 1".to_owned(), 4711)]),
            variables: BTreeMap::from([("KAFKA_BOOTSTRAP".to_owned(), "127.0.0.1:9".to_owned())]),
        }
    }

    #[test]
    fn what_is_written_down_is_read_back() {
        let runs = scratch::empty("state");
        let folder = runs.join("cluster");
        state().write(&folder).unwrap();
        std::fs::create_dir_all(runs.join("unfinished")).unwrap();
        let expected = [(folder, Some(state())), (runs.join("unfinished"), None)];
        assert_eq!(all(&runs), expected);
    }

    #[test]
    fn a_damaged_note_is_none() {
        let folder = scratch::empty("damaged-state");
        support::write(&folder.join(FILE), "{\"what\": 7}").unwrap();
        assert_eq!(State::read(&folder), None);
    }

    #[test]
    fn a_folder_has_an_owner_while_the_program_that_made_it_runs() {
        assert!(has_owner(Path::new(&format!("run/4.3.1-{}", std::process::id()))));
        assert!(!has_owner(Path::new("run/4.3.1-1")));
        assert!(!has_owner(Path::new("run/4.3.1")));
    }

    #[test]
    fn a_process_is_ours_only_if_its_command_line_says_so() {
        let id = std::process::id();
        let program = std::env::current_exe().unwrap();
        let name = program.file_name().map(Path::new).unwrap();
        assert!(is_alive(id, name));
        assert!(!is_alive(id, Path::new("a-folder-that-is-not-named")));
    }
}
