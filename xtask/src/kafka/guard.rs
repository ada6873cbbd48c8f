//! Nothing that a command starts outlives the command, however the command ends.
//!
//! The guard is a shell script that reads from a pipe whose other end only this program holds.
//! The kernel closes that end on a return, a panic, ctrl-C, SIGTERM and SIGKILL alike; the script
//! then kills what it was told to watch. A signal handler would need a dependency and would still
//! miss SIGKILL. The guard and what it watches have process groups of their own, so that ctrl-C
//! does not reach them before they are wanted to end.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use super::process::Process;
use crate::support::Outcome;

/// Numbers below zero are process groups, which are killed; others are asked to end.
const WATCH: &str = r#"
list=
while read -r word id; do
  case "$word" in
    watch) list="$list $id" ;;
    forget)
      rest=
      for each in $list; do [ "$each" = "$id" ] || rest="$rest $each"; done
      list=$rest ;;
    release) exit 0 ;;
  esac
done
for id in $list; do
  case "$id" in
    -*) kill -s KILL -- "$id" ;;
    *) kill -s TERM "$id" ;;
  esac
done 2>/dev/null
"#;

/// Waits for leave to begin, so that nothing runs before it is watched.
const GATE: &str = r#"read -r word && [ "$word" = go ] || exit 1; exec "$@" </dev/null"#;

/// The watchdog of one cluster; dropping it ends what it watches.
pub(super) struct Guard {
    script: Child,
    /// `None` once the pipe is closed.
    door: Option<ChildStdin>,
}

impl Guard {
    pub(super) fn new() -> Result<Self, String> {
        let mut command = Command::new("sh");
        command.args(["-c", WATCH]).stdin(Stdio::piped());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut script = start_in_group(&mut command)?;
        let door = script.stdin.take();
        Ok(Self { script, door })
    }

    /// Starts a program under watch; what it prints goes to the log.
    pub(super) fn start(
        &mut self,
        name: &str,
        program: &Command,
        log: &Path,
    ) -> Result<Process, String> {
        let gated = gated(program, log)?;
        self.start_gated(gated)
            .map(|child| Process::new(name, child, log))
            .map_err(|error| format!("cannot start {name}: {error}"))
    }

    fn start_gated(&mut self, mut gated: Command) -> Result<Child, String> {
        let mut child = start_in_group(&mut gated)?;
        let gate = child.stdin.take();
        self.watch(child.id(), true)?;
        // The gate may be gone already; the end of the program is then seen as any other.
        let _ = gate.map(|mut gate| gate.write_all(b"go\n"));
        Ok(child)
    }

    /// Watches a program that another hand started.
    ///
    /// One that heads a process group is killed with its group, any other is asked to end.
    pub(super) fn watch(&mut self, id: u32, heads_group: bool) -> Outcome {
        self.tell(&format!("watch {}", signed(id, heads_group)))
    }

    /// For a program that ended: its number may belong to somebody else from here on.
    pub(super) fn forget(&mut self, id: u32, heads_group: bool) -> Outcome {
        self.tell(&format!("forget {}", signed(id, heads_group)))
    }

    /// Ends the watch and leaves everything running.
    pub(super) fn release(mut self) -> Outcome {
        self.tell("release")
    }

    fn tell(&mut self, line: &str) -> Outcome {
        let lost = || "the watchdog is gone".to_owned();
        let door = self.door.as_mut().ok_or_else(lost)?;
        writeln!(door, "{line}").map_err(|error| format!("{}: {error}", lost()))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.door.take());
        let _ = self.script.wait();
    }
}

fn signed(id: u32, heads_group: bool) -> String {
    let sign = if heads_group { "-" } else { "" };
    format!("{sign}{id}")
}

/// A program behind the gate.
fn gated(program: &Command, log: &Path) -> Result<Command, String> {
    let unwritable = |error| format!("cannot write {}: {error}", log.display());
    let out = File::create(log).map_err(unwritable)?;
    let err = out.try_clone().map_err(unwritable)?;
    let mut command = Command::new("sh");
    command.args(["-c", GATE, "gate"]).arg(program.get_program()).args(program.get_args());
    command.stdin(Stdio::piped()).stdout(out).stderr(err);
    Ok(command)
}

/// Starts a program as the head of a process group, so that its children can be killed with it.
pub(super) fn start_in_group(command: &mut Command) -> Result<Child, String> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    command.spawn().map_err(|error| format!("cannot start {command:?}: {error}"))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::io::{BufRead, BufReader, Read};

    use super::super::scratch;
    use super::*;

    /// A program that prints a line and stays, started in a group by another hand.
    fn lingering() -> (Child, BufReader<std::process::ChildStdout>) {
        let mut command = Command::new("sh");
        command.args(["-c", "echo ready; exec sleep 600"]).stdout(Stdio::piped());
        let mut child = start_in_group(&mut command).unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut String::new()).unwrap();
        (child, stdout)
    }

    fn program(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn dropping_the_guard_kills_what_it_watches() {
        let mut guard = Guard::new().unwrap();
        let (mut child, mut stdout) = lingering();
        guard.watch(child.id(), true).unwrap();
        drop(guard);
        assert_eq!(stdout.read_to_string(&mut String::new()).unwrap(), 0);
        assert!(!child.wait().unwrap().success());
    }

    #[test]
    fn a_program_that_heads_no_group_is_asked_to_end() {
        use std::os::unix::process::ExitStatusExt;
        let mut guard = Guard::new().unwrap();
        let (mut child, _stdout) = lingering();
        guard.watch(child.id(), false).unwrap();
        drop(guard);
        assert_eq!(child.wait().unwrap().signal(), Some(15));
    }

    #[test]
    fn what_was_forgotten_or_released_runs_on() {
        for release in [false, true] {
            let mut guard = Guard::new().unwrap();
            let (mut child, _stdout) = lingering();
            guard.watch(child.id(), true).unwrap();
            if release {
                guard.release().unwrap();
            } else {
                guard.forget(child.id(), true).unwrap();
                drop(guard);
            }
            assert_eq!(child.try_wait().unwrap(), None);
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    #[test]
    fn a_guarded_program_writes_its_log_and_its_end_is_seen() {
        let folder = scratch::empty("guarded");
        let mut guard = Guard::new().unwrap();
        let log = folder.join("log");
        let mut process = guard.start("tool", &program("echo out; echo err >&2"), &log).unwrap();
        process.succeed(super::super::process::LONG).unwrap();
        assert_eq!(std::fs::read_to_string(log).unwrap(), "out\nerr\n");
    }

    #[test]
    fn nothing_begins_behind_a_gate_whose_keeper_is_gone() {
        let folder = scratch::empty("gate");
        let log = folder.join("log");
        let mut child = gated(&program("echo began"), &log).unwrap().spawn().unwrap();
        drop(child.stdin.take());
        assert_eq!(child.wait().unwrap().code(), Some(1));
        assert_eq!(std::fs::read_to_string(log).unwrap(), "");
    }
}
