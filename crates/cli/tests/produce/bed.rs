//! Clusters to write to, and the command as a process.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use klamm_broker::cluster::Listener;
use klamm_broker::server::{Builder, TestCluster};
use klamm_records::view::{Entry, RecordView};
use klamm_records::{Decompressors, RecordSet};
use regex::Regex;
use tokio::io::{AsyncBufReadExt as _, BufReader};

/// Far more than anything here takes.
const LONG: Duration = Duration::from_secs(60);

/// A cluster of one node with a topic of one partition.
pub(crate) fn cluster() -> Builder {
    TestCluster::builder().nodes(1).topic("orders", 1)
}

/// A cluster, and a folder for files.
pub(crate) struct Bed {
    pub(crate) cluster: TestCluster,
    folder: PathBuf,
}

impl Bed {
    pub(crate) async fn of(builder: Builder, name: &str) -> Self {
        let cluster = builder.start().await.unwrap();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self { cluster, folder }
    }

    /// Writes a file, and says where it is.
    pub(crate) fn file<'n>(&self, name: &'n str, bytes: impl AsRef<[u8]>) -> &'n str {
        std::fs::write(self.folder.join(name), bytes).unwrap();
        name
    }

    pub(crate) fn rename(&self, from: &str, to: &str) {
        std::fs::rename(self.folder.join(from), self.folder.join(to)).unwrap();
    }

    pub(crate) fn append(&self, name: &str, text: &str) {
        let mut file =
            std::fs::OpenOptions::new().append(true).open(self.folder.join(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// Starts it with this cluster to begin with.
    pub(crate) fn started(&self, words: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_klamm"));
        command.args(["produce", "-b", &self.cluster.bootstrap_of(Listener::Plain)]);
        command.args(words).env_remove("HOME").current_dir(&self.folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// Runs it to its end, with this on standard input.
    pub(crate) async fn produced(&self, words: &[&str], input: impl AsRef<[u8]>) -> Said {
        let (child, input) = (self.started(words), input.as_ref().to_vec());
        ended(child, input).await
    }

    /// The records of a topic in order, `key=value {header}`, committed or not.
    pub(crate) fn log(&self, topic: &str) -> Vec<String> {
        let mut decompressors = Decompressors::new();
        let mut log = Vec::new();
        for bytes in (0..8).flat_map(|partition| self.cluster.log(topic, partition)) {
            for entry in RecordSet::new(&bytes) {
                let entry = entry.unwrap();
                if matches!(&entry, Entry::Batch(batch) if batch.header().attributes.is_control()) {
                    continue;
                }
                let records = entry.records(&mut decompressors, 64 << 20).unwrap();
                log.extend(records.map(|record| shown(&record.unwrap())));
            }
        }
        log
    }
}

fn shown(record: &RecordView<'_>) -> String {
    let text = |bytes: Option<&[u8]>| {
        bytes.map_or_else(|| "NULL".to_owned(), |bytes| bytes.escape_ascii().to_string())
    };
    let mut shown = format!("{}={}", text(record.key), text(record.value));
    for header in record.headers {
        shown += &format!(" {{{}:{}}}", text(Some(header.key)), text(header.value));
    }
    shown
}

/// What a run said, and how it ended.
pub(crate) struct Said {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

/// Waits for the end of a run that is told this.
pub(crate) async fn ended(mut child: Child, input: Vec<u8>) -> Said {
    let mut pipe = child.stdin.take().unwrap();
    let run = move || {
        // Whoever ends early reads nothing more.
        let _ = pipe.write_all(&input);
        drop(pipe);
        child.wait_with_output().unwrap()
    };
    let ran = tokio::task::spawn_blocking(run);
    Said::of(tokio::time::timeout(LONG, ran).await.unwrap().unwrap())
}

impl Said {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap();
        Self { out: text(output.stdout), err: text(output.stderr), code }
    }

    /// With lines in an order that is the same in every run, whichever thread says them first.
    pub(crate) fn sorted(self) -> Self {
        let sorted = |text: String| {
            let mut lines: Vec<_> = text.lines().collect();
            lines.sort_unstable();
            lines.into_iter().map(|line| format!("{line}\n")).collect()
        };
        Self { out: sorted(self.out), err: sorted(self.err), code: self.code }
    }

    /// Everything that was said, without what differs from run to run.
    pub(crate) fn page(&self) -> String {
        let mut page = format!("{}--\n{}exit {}\n", self.out, self.err, self.code);
        for (pattern, by) in [
            (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
            (r"\d+\.\d s, [0-9,]+ records/s", "T s, N records/s"),
            (r#""latency_ms":\d+\.\d"#, r#""latency_ms":T"#),
            (r#""seconds":\d+\.\d+"#, r#""seconds":T"#),
            (r#""records_per_second":\d+"#, r#""records_per_second":N"#),
            (r#""timestamp":\d{13}"#, r#""timestamp":NOW"#),
        ] {
            page = Regex::new(pattern).unwrap().replace_all(&page, by).into_owned();
        }
        page
    }

    /// Holds everything that was said to a page.
    pub(crate) fn is(&self, name: &str) {
        let at = format!("{}/tests/produce/golden/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("KLAMM_BLESS").is_some() {
            std::fs::write(&at, self.page()).unwrap();
        }
        let wanted = std::fs::read_to_string(&at).unwrap_or_default();
        assert_eq!(self.page(), wanted, "{name}");
    }
}

/// A run that says of each record when it was acknowledged.
pub(crate) struct Following {
    child: tokio::process::Child,
    out: tokio::io::Lines<BufReader<tokio::process::ChildStdout>>,
}

impl Following {
    pub(crate) fn start(bed: &Bed, words: &[&str]) -> Self {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_klamm"));
        command.args(["produce", "-b", &bed.cluster.bootstrap_of(Listener::Plain)]);
        command.args(["--output", "json"]).args(words);
        command.env_remove("HOME").current_dir(&bed.folder);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, out }
    }

    /// The offsets of the next records.
    pub(crate) async fn acknowledged(&mut self, count: usize) -> Vec<u64> {
        let mut offsets = Vec::new();
        while offsets.len() < count {
            let line = tokio::time::timeout(LONG, self.out.next_line()).await.unwrap();
            let line = line.unwrap().expect("invariant: it goes on");
            let said: serde_json::Value = serde_json::from_str(&line).unwrap();
            offsets.push(said["offset"].as_u64().unwrap());
        }
        offsets
    }

    pub(crate) async fn code(mut self) -> i32 {
        let status = tokio::time::timeout(LONG, self.child.wait()).await.unwrap();
        status.unwrap().code().unwrap()
    }
}
