//! A program that has only so much time, and what it printed.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How often is looked whether a program has ended.
const LOOK: Duration = Duration::from_millis(10);

/// Runs a program to its end, or to the limit, where it is killed; what it printed on standard
/// output, if it succeeded in time.
pub(super) fn output(command: &mut Command, limit: Duration) -> Result<String, String> {
    let began = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot be started: {error}"))?;
    let stdout = child.stdout.take();
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        stdout.map_or(Ok(0), |mut stdout| stdout.read_to_end(&mut text)).map(|_| text)
    });
    let status = loop {
        match child.try_wait().map_err(|error| format!("cannot be waited for: {error}"))? {
            Some(status) => break status,
            None if began.elapsed() < limit => thread::sleep(LOOK),
            None => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("did not end within {} s", limit.as_secs()));
            }
        }
    };
    let read = reader.join().map_err(|_| "its output cannot be read".to_owned())?;
    let text = read.map_err(|error| format!("its output cannot be read: {error}"))?;
    let text = String::from_utf8_lossy(&text).into_owned();
    if status.success() { Ok(text) } else { Err(format!("ended with {status}\n{text}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_printed_is_told() {
        let text = output(Command::new("cargo").arg("--version"), Duration::from_secs(60));
        assert!(text.unwrap().starts_with("cargo "));
    }

    #[test]
    fn a_program_that_fails_or_is_not_there_is_an_error() {
        let limit = Duration::from_secs(60);
        let failed = output(Command::new("cargo").arg("no-such-command"), limit);
        assert!(failed.unwrap_err().starts_with("ended with "));
        let missing = output(&mut Command::new("there-is-no-such-program"), limit);
        assert!(missing.unwrap_err().starts_with("cannot be started"));
    }
}
