//! The other side of a client: `klamm mock`, in a process of its own.

use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The topic that is there from the start.
pub const TOPIC: &str = "peers";
/// Its partitions.
pub const PARTITIONS: i32 = 12;

/// What the broker counted, with `--null`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counted {
    /// Produce requests.
    pub requests: u64,
    /// Record batches.
    pub batches: u64,
    /// Records.
    pub records: u64,
    /// Bytes of batches.
    pub bytes: u64,
    /// Batches with a wrong checksum or a wrong sequence; only looked for with `--check`.
    pub wrong: u64,
}

/// A program that can be started as a broker.
#[derive(Debug)]
pub struct Mock(PathBuf);

impl Mock {
    /// Builds it, in the release profile of the main workspace, beside this program.
    ///
    /// # Errors
    /// When it does not compile; in words.
    pub fn build() -> Result<Self, String> {
        let this = std::env::current_exe().map_err(|error| error.to_string())?;
        let target = this.ancestors().nth(2).ok_or("this program lies in no target folder")?;
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let built = Command::new("cargo")
            .args(["build", "--quiet", "--release", "--locked", "-p", "klamm-cli"])
            .args(["--bin", "klamm", "--target-dir"])
            .arg(target)
            .current_dir(root)
            .status();
        match built {
            Ok(status) if status.success() => Ok(Self(target.join("release").join("klamm"))),
            Ok(status) => Err(format!("`klamm` cannot be built: {status}")),
            Err(error) => Err(format!("cargo cannot be started: {error}")),
        }
    }

    /// Starts it with the topic and with these options, and waits until it listens.
    ///
    /// # Errors
    /// When it does not; in words.
    pub fn start(&self, options: &[&str]) -> Result<Broker, String> {
        let topics = format!("{TOPIC}:{PARTITIONS}");
        let mut process = Command::new(&self.0)
            .args(["mock", "--until-eof", "--topics", &topics])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", self.0.display()))?;
        let input = process.stdin.take();
        let output = process.stdout.take().ok_or("the broker has no output")?;
        let lines = BufReader::new(output).lines();
        let mut broker = Broker { process, input, lines, bootstrap: String::new() };
        loop {
            let line = broker.line()?;
            if let Some(servers) = line.strip_prefix("bootstrap plain ") {
                broker.bootstrap = servers.to_owned();
            } else if line == "ready" {
                return Ok(broker);
            }
        }
    }
}

/// A broker that serves until it is dropped.
#[derive(Debug)]
pub struct Broker {
    process: Child,
    /// The broker ends when this does.
    input: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
    /// Where it listens.
    pub bootstrap: String,
}

impl Broker {
    fn line(&mut self) -> Result<String, String> {
        let line = self.lines.next().ok_or("the broker has ended")?;
        line.map_err(|error| format!("the broker's output cannot be read: {error}"))
    }

    /// Ends it; what it has counted.
    ///
    /// # Errors
    /// When it says nothing; in words.
    pub fn stop(mut self) -> Result<Counted, String> {
        self.input = None;
        let line = self.line()?;
        let of = |name: &str| number(&line, name).ok_or_else(|| format!("no {name} in {line}"));
        Ok(Counted {
            requests: of("requests")?,
            batches: of("batches")?,
            records: of("records")?,
            bytes: of("bytes")?,
            wrong: of("wrong_checksums")? + of("wrong_sequences")?,
        })
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.input = None;
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A number in a flat object of JSON.
fn number(json: &str, name: &str) -> Option<u64> {
    let (_, rest) = json.split_once(&format!("\"{name}\":"))?;
    let rest = rest.trim_start();
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}
