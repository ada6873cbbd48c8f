//! A program that runs beside us, its log, and the waits for it, each with a limit of time.

use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use crate::support::Outcome;

/// How often something that is waited for is looked at.
const PAUSE: Duration = Duration::from_millis(20);

/// Long enough for anything that works, on a machine that is busy with something else.
pub(super) const LONG: Duration = Duration::from_secs(300);

/// How many lines of a log stand in an error.
const TAIL_LINES: usize = 25;

/// A program that was started, and the file that holds what it prints.
#[derive(Debug)]
pub(super) struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    pub(super) fn new(name: &str, child: Child, log: &Path) -> Self {
        Self { name: name.to_owned(), child, log: log.to_owned() }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until something holds; the end of the program before that is an error.
    pub(super) fn wait_until(
        &mut self,
        what: &str,
        limit: Duration,
        mut holds: impl FnMut() -> bool,
    ) -> Outcome {
        let began = Instant::now();
        while !holds() {
            if let Some(status) = self.ended()? {
                return Err(self.failure(&format!("ended with {status} instead of {what}")));
            }
            if began.elapsed() >= limit {
                let seconds = limit.as_secs();
                return Err(self.failure(&format!("was not {what} within {seconds} s")));
            }
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Waits for the end of a program that must succeed.
    pub(super) fn succeed(&mut self, limit: Duration) -> Outcome {
        let status = self.finish(limit)?;
        if status.success() { Ok(()) } else { Err(self.failure(&format!("ended with {status}"))) }
    }

    /// Waits for the end of a program that may end in more than one way.
    pub(super) fn finish(&mut self, limit: Duration) -> Result<ExitStatus, String> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            if began.elapsed() >= limit {
                let seconds = limit.as_secs();
                return Err(self.failure(&format!("did not end within {seconds} s")));
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// A program that is to be ended must not have ended by itself.
    pub(super) fn still_runs(&mut self) -> Outcome {
        match self.ended()? {
            Some(status) => Err(self.failure(&format!("ended with {status}"))),
            None => Ok(()),
        }
    }

    /// Kills the program and waits until it is gone.
    pub(super) fn kill(&mut self) -> Outcome {
        let failed = |error| format!("cannot end {}: {error}", self.name);
        self.child.kill().map_err(failed)?;
        self.child.wait().map(|_| ()).map_err(failed)
    }

    /// Everything that the program has printed so far.
    pub(super) fn printed(&self) -> String {
        let bytes = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>, String> {
        self.child.try_wait().map_err(|error| format!("cannot wait for {}: {error}", self.name))
    }

    /// A sentence about the program, and the end of its log.
    pub(super) fn failure(&self, what: &str) -> String {
        let printed = self.printed();
        let place = self.log.display();
        format!("{} {what}; the end of {place}:\n{}", self.name, tail(&printed))
    }
}

/// The last lines of a text, set off so that they are not taken for words of ours.
fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let kept = lines.get(lines.len().saturating_sub(TAIL_LINES)..).unwrap_or_default();
    kept.iter().map(|line| format!("  | {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::process::Command;

    use super::super::guard::Guard;
    use super::super::scratch;
    use super::*;

    fn started(name: &str, script: &str) -> (Guard, Process) {
        let folder = scratch::empty(name);
        let mut guard = Guard::new().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let process = guard.start("broker 1", &command, &folder.join("log")).unwrap();
        (guard, process)
    }

    #[test]
    fn an_early_end_is_told_with_the_end_of_the_log() {
        let (_guard, mut process) = started("early-end", "echo no room; exit 3");
        let error = process.wait_until("ready", LONG, || false).unwrap_err();
        assert!(error.starts_with("broker 1 ended with exit status: 3 instead of ready"));
        assert!(error.ends_with("log:\n  | no room"), "{error}");
    }

    #[test]
    fn a_wait_ends_at_its_limit() {
        let (_guard, mut process) = started("limit", "exec sleep 600");
        let error = process.wait_until("ready", Duration::ZERO, || false).unwrap_err();
        assert!(error.starts_with("broker 1 was not ready within 0 s"), "{error}");
        let error = process.succeed(Duration::ZERO).unwrap_err();
        assert!(error.starts_with("broker 1 did not end within 0 s"), "{error}");
    }

    #[test]
    fn a_killed_program_is_gone() {
        let (_guard, mut process) = started("killed", "exec sleep 600");
        process.kill().unwrap();
        assert!(process.succeed(Duration::ZERO).is_err());
    }

    #[test]
    fn the_end_of_a_log_is_its_last_lines() {
        let text: String = (1..=40).map(|n| format!("line {n}\n")).collect();
        let tail = tail(&text);
        assert!(tail.starts_with("  | line 16\n") && tail.ends_with("  | line 40"), "{tail}");
    }
}
