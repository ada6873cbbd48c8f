//! Where plants are set and looked for: a copy of the tree, with a target folder of its own.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::header::Probe;
use super::observe::{self, Observation};
use super::patch;
use super::plant::Plant;
use super::process::{self, Ended, Ran};
use super::tree::Snapshot;
use crate::model;
use crate::support::Outcome;

/// Long enough for any build, so that only a broken machine reaches it.
const BUILD_LIMIT: Duration = Duration::from_secs(3600);

/// Starts what cargo runs with at most 8 GiB of memory and an hour of processor time.
///
/// A plant may ask for memory without end, and one that turns in circles outlives this program
/// when that is interrupted: its process group does not hear the terminal.
const RUNNER: &str = "target.\"cfg(unix)\".runner=[\"sh\", \"-c\", \
    \"ulimit -v 8388608 2>/dev/null; ulimit -t 3600; exec \\\"$@\\\"\", \"sh\"]";

/// A copy of a repository in which plants are set one after the other.
pub(super) struct Workshop {
    folder: PathBuf,
    snapshot: Snapshot,
    /// Held as long as the copy is in use: two runs would plant into each other's tree.
    _lock: File,
}

impl Workshop {
    /// Takes the copy below the target folder and brings it up to date.
    pub(super) fn open(root: &Path) -> Result<Self, String> {
        let folder = root.join("target/plants");
        std::fs::create_dir_all(&folder)
            .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        let lock = lock(&folder.join("lock"))?;
        let workshop = Self { folder, snapshot: Snapshot::of(root)?, _lock: lock };
        workshop.clear()?;
        Ok(workshop)
    }

    /// Sets a plant.
    pub(super) fn plant(&self, plant: &Plant) -> Outcome {
        patch::apply(&plant.patch, &self.tree())?;
        if self.snapshot.differences(&self.tree())?.is_empty() {
            return Err("the patch changes nothing".to_owned());
        }
        Ok(())
    }

    /// Takes out whatever was planted, and what tests have left behind.
    pub(super) fn clear(&self) -> Outcome {
        self.snapshot.restore(&self.tree())
    }

    /// Builds and runs one test of a crate, or one model; how long the run took is told too.
    pub(super) fn look(
        &self,
        krate: &str,
        probe: &Probe,
        limit: Duration,
    ) -> Result<(Observation, Duration), String> {
        let build = self.run(self.cargo(krate, probe).arg("--no-run"), BUILD_LIMIT)?;
        if build.ended == Ended::TimedOut {
            return Err("the build does not end".to_owned());
        }
        if !build.is_success() {
            return Ok((observe::of_failed_build(&build), build.taken));
        }
        let mut command = self.cargo(krate, probe);
        match probe {
            Probe::Test(test) => command.args(["--", "--exact", &test.name]),
            Probe::Model(letter) => command.args(["--", letter]),
        };
        let ran = self.run(&mut command, limit)?;
        Ok((observe::of(probe, &ran), ran.taken))
    }

    /// The `cargo test` that builds what is to be run.
    fn cargo(&self, krate: &str, probe: &Probe) -> Command {
        let mut command = Command::new("cargo");
        command.current_dir(self.tree()).args(["test", "--locked", "--config", RUNNER]);
        command.env("CARGO_TARGET_DIR", self.folder.join("build"));
        command.env("CARGO_TERM_COLOR", "never").env("CARGO_TERM_QUIET", "false");
        match probe {
            Probe::Test(test) => {
                command.arg("--manifest-path").arg(self.tree().join(krate).join("Cargo.toml"));
                match &test.target {
                    Some(target) => command.args(["--test", target]),
                    None => command.arg("--lib"),
                };
            }
            Probe::Model(_) => {
                command.args(model::TARGET);
            }
        }
        command
    }

    fn run(&self, command: &mut Command, limit: Duration) -> Result<Ran, String> {
        process::run(command, limit, &self.folder)
    }

    fn tree(&self) -> PathBuf {
        self.folder.join("tree")
    }
}

fn lock(path: &Path) -> Result<File, String> {
    let fail = |error: std::io::Error| format!("cannot lock {}: {error}", path.display());
    let file = File::create(path).map_err(fail)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err("another run of this command is at work".to_owned()),
        Err(TryLockError::Error(error)) => Err(fail(error)),
    }
}
