//! Runs a program to its end or to a limit of time, after which nothing of it is left.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How often a running program is looked at.
const PAUSE: Duration = Duration::from_millis(10);

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// With this exit code, or by a signal.
    Code(Option<i32>),
    /// It was killed at its limit of time.
    TimedOut,
}

/// How a program ended, what it printed and how long it took.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) ended: Ended,
    pub(crate) taken: Duration,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn is_success(&self) -> bool {
        self.ended == Ended::Code(Some(0))
    }
}

/// Runs a program; what it prints passes through two files of the folder.
///
/// Through files, because a pipe that nobody empties stops a program, and one that a survivor of
/// the kill still holds never ends.
pub(crate) fn run(command: &mut Command, limit: Duration, folder: &Path) -> Result<Ran, String> {
    let out = folder.join("stdout");
    let err = folder.join("stderr");
    command.stdin(Stdio::null()).stdout(created(&out)?).stderr(created(&err)?);
    let began = Instant::now();
    let mut child = start_in_group(command)?;
    let ended = finish(&mut child, limit)?;
    Ok(Ran { ended, taken: began.elapsed(), stdout: text(&out)?, stderr: text(&err)? })
}

fn created(path: &Path) -> Result<File, String> {
    File::create(path).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// A test may print anything, so what is not text is shown as far as it is.
fn text(path: &Path) -> Result<String, String> {
    let bytes =
        std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Starts a program as the head of a process group, so that its children can be killed with it.
fn start_in_group(command: &mut Command) -> Result<Child, String> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    command.spawn().map_err(|error| format!("cannot start {command:?}: {error}"))
}

/// Waits for the end of a program, up to the limit.
fn finish(child: &mut Child, limit: Duration) -> Result<Ended, String> {
    let began = Instant::now();
    loop {
        let status: Option<ExitStatus> =
            child.try_wait().map_err(|error| format!("cannot wait for a program: {error}"))?;
        if let Some(status) = status {
            return Ok(Ended::Code(status.code()));
        }
        if began.elapsed() >= limit {
            kill(child)?;
            return Ok(Ended::TimedOut);
        }
        std::thread::sleep(PAUSE);
    }
}

/// Kills a program and, where there are process groups, whatever it has started.
fn kill(child: &mut Child) -> Result<(), String> {
    if cfg!(unix) {
        let group = format!("kill -s KILL -- -{}", child.id());
        let _ = Command::new("sh").args(["-c", &group]).status();
    }
    let _ = child.kill();
    child.wait().map(|_| ()).map_err(|error| format!("cannot end a program: {error}"))
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::{BufRead, BufReader, Read};

    use super::super::scratch;
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn both_outputs_and_the_exit_code_are_kept() {
        let folder = scratch::empty("process");
        let script = "echo one; echo two >&2; exit 3";
        let ran = run(&mut shell(script), Duration::MAX, &folder).unwrap();
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("one\n", "two\n"));
        assert_eq!(ran.ended, Ended::Code(Some(3)));
        assert!(!ran.is_success());
    }

    #[test]
    fn the_limit_ends_a_program_and_what_it_has_started() {
        let mut command = shell("sleep 600 & echo ready; wait");
        let mut child = start_in_group(command.stdout(Stdio::piped())).unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(finish(&mut child, Duration::ZERO), Ok(Ended::TimedOut));
        // The pipe ends when the last program that holds it is gone.
        assert_eq!(stdout.read_to_string(&mut line).unwrap(), 0);
    }
}
