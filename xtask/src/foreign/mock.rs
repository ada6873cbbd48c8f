//! Our cluster in one process, started for a case and ended with it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use crate::support;

const PACKAGE: &str = "klamm-cli";

/// Leaders move often enough, in milliseconds, for every client to meet it again and again.
const MOVES: &[&str] = &["--move-leaders-every", "2000"];

const START_LIMIT: Duration = Duration::from_secs(20);

/// Builds the command line tool and tells where it is.
pub(super) fn build() -> Result<PathBuf, String> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(support::root());
    // Named, because the program is looked for in it.
    let target = support::root().join("target");
    cargo.args(["build", "--quiet", "--release", "--locked", "--package", PACKAGE]);
    support::run(cargo.arg("--target-dir").arg(&target))
        .map_err(|error| format!("without --bootstrap the mock is needed: {error}"))?;
    Ok(target.join("release/klamm"))
}

/// What nodes go through, in milliseconds, where clients are to live through it.
const OUTAGES: &[&str] = &["--freeze-nodes-every", "3000", "--kill-nodes-every", "5000"];

/// The mock with three brokers; with `moves`, its leaders do not stay where they are, and with
/// `outages` its nodes freeze, die and come back.
pub(super) fn command(program: &Path, moves: bool, outages: bool) -> Command {
    let mut command = Command::new(program);
    // It ends when its input does, which is when this program does, however that comes.
    command.args(["mock", "--brokers", "3", "--port", "0", "--until-eof"]);
    // Without it a client that sends on while its first batch is on the way to a former leader may
    // find that batch out of order for ever, with real Kafka up to 4.4 as with ours.
    command.arg("--zero-first");
    command.args(if moves { MOVES } else { &[] });
    command.args(if outages { OUTAGES } else { &[] });
    command
}

/// A cluster that lives as long as this value.
pub(super) struct Mock {
    child: Child,
    bootstrap: String,
}

impl Mock {
    /// Starts it and waits until it is ready.
    pub(super) fn start(mut command: Command) -> Result<Self, String> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child =
            command.spawn().map_err(|error| format!("cannot start {command:?}: {error}"))?;
        let lines = child.stdout.take().map(lines_of);
        // Made before the wait, so that a mock that says nothing is ended too.
        let mut mock = Self { child, bootstrap: String::new() };
        let lines = lines.ok_or("the mock's output is closed")?;
        mock.bootstrap = await_address(&lines)?;
        Ok(mock)
    }

    pub(super) fn bootstrap(&self) -> &str {
        &self.bootstrap
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        // Nothing can be done about a process that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines as they come; read to the end, so that the mock never waits for a reader.
fn lines_of(stdout: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    receiver
}

/// The address that comes before `ready`.
fn await_address(lines: &Receiver<String>) -> Result<String, String> {
    let began = Instant::now();
    let mut address = None;
    loop {
        let left = START_LIMIT.saturating_sub(began.elapsed());
        let line = lines.recv_timeout(left).map_err(|_| "the mock does not become ready")?;
        if line == "ready" {
            return address.ok_or_else(|| "the mock tells no plain address".to_owned());
        }
        if let Some(told) = line.strip_prefix("bootstrap plain ") {
            address = Some(told.to_owned());
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn the_plain_address_is_taken_once_the_mock_is_ready() {
        let script = "echo bootstrap plain 127.0.0.1:1,127.0.0.1:2; \
                      echo bootstrap sasl_plain 127.0.0.1:3; echo ready; cat";
        let mock = Mock::start(shell(script)).unwrap();
        assert_eq!(mock.bootstrap(), "127.0.0.1:1,127.0.0.1:2");
    }

    #[test]
    fn a_mock_that_ends_before_it_is_ready_is_an_error() {
        assert!(Mock::start(shell("echo bootstrap plain 127.0.0.1:1")).is_err());
        assert!(Mock::start(shell("echo ready; cat")).is_err());
    }

    #[test]
    fn the_mock_is_told_to_move_leaders_unless_it_must_not() {
        let words = |moves| format!("{:?}", command(Path::new("klamm"), moves, false));
        assert!(words(true).contains("\"--move-leaders-every\" \"2000\""));
        assert!(!words(false).contains("--move-leaders-every"));
    }
}
