//! Moves the leaders of a real cluster, as the mock moves its own.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::tool::{Tool, Tools};

/// In milliseconds; replicas need some of it to follow the new leader, or nothing is committed.
const EVERY: &str = "2000";

/// How long the mover may take to finish its round once its input has ended.
const PATIENCE: Duration = Duration::from_secs(5);

/// A program that moves leaders as long as this value lives.
pub(super) struct Mover(Child);

impl Mover {
    /// Moves the leaders of the topics whose names begin with `prefix`.
    pub(super) fn start(tools: &Tools, bootstrap: &str, prefix: &str) -> Result<Self, String> {
        let mut command = tools.command(Tool::Java)?;
        command.args(["move-leaders", "--every", EVERY, "--bootstrap", bootstrap]);
        command.args(["--topic", prefix]);
        Self::of(&mut command)
    }

    /// It ends when its input does, which is when this program does, however that comes.
    fn of(command: &mut Command) -> Result<Self, String> {
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().map_err(|error| format!("cannot move leaders: {error}"))?;
        Ok(Self(child))
    }
}

impl Drop for Mover {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let began = Instant::now();
        while began.elapsed() < PATIENCE && matches!(self.0.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        // One that has ended cannot be killed, and need not be.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_input_ends_the_mover() {
        let mover = Mover::of(Command::new("sh").args(["-c", "cat; exit 0"])).unwrap();
        let began = Instant::now();
        drop(mover);
        assert!(began.elapsed() < PATIENCE);
    }
}
