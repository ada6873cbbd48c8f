//! `klamm mock` as a process: how it begins, and how it ends.

#![cfg(test)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A mock that is ready, with both ends of its pipes.
struct Mock {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Mock {
    fn start(words: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_klamm"));
        command.args(["mock", "--port", "0"]).args(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let input = process.stdin.take().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        while line != "ready\n" {
            line.clear();
            assert_ne!(output.read_line(&mut line).unwrap(), 0, "it ended before it was ready");
        }
        Self { process, input, output }
    }

    #[cfg(unix)]
    fn terminate(&self) {
        let mut kill = Command::new("kill");
        kill.args(["-s", "TERM", &self.process.id().to_string()]);
        assert!(kill.status().unwrap().success());
    }
}

#[cfg(unix)]
#[test]
fn it_ends_when_it_is_told_to_although_its_input_stays_open() {
    let mut mock = Mock::start(&["--until-eof"]);
    mock.terminate();
    assert!(mock.process.wait().unwrap().success());
    drop(mock.input);
}

#[test]
fn it_ends_with_its_input() {
    let mut mock = Mock::start(&["--until-eof"]);
    drop(mock.input);
    assert!(mock.process.wait().unwrap().success());
}

#[test]
fn it_ends_in_peace_although_nobody_reads_what_it_has_counted() {
    let mut mock = Mock::start(&["--until-eof", "--null", "--topics", "orders:1"]);
    drop(mock.output);
    drop(mock.input);
    assert!(mock.process.wait().unwrap().success());
}
