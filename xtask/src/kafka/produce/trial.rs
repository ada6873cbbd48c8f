//! Runs a row: a topic, a program that sends, what happens meanwhile, and the judge.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::cell::{Cell, Faults, Mode, Part};
use super::lines;
use super::outages;
use super::programs::Programs;
use super::row::{Figures, Row, tail};
use super::topics;
use super::wish::Wish;
use crate::kafka::cluster::Cluster;
use crate::kafka::process::{LONG, Process};
use crate::kafka::program::Program;
use crate::support;

/// How many partitions each topic has.
pub(super) const PARTITIONS: i32 = 6;

/// Records a second while nodes come and go: enough that every moment of an outage is met.
const RATE: &str = "5000";

/// Nobody sends more than so many.
const RECORDS_MAX: u64 = 20_000_000;

/// A cluster with all that rows need.
pub(super) struct Bench<'a> {
    pub(super) cluster: &'a mut Cluster,
    pub(super) wish: &'a Wish,
    pub(super) programs: &'a Programs,
}

/// How a program ended and what it printed.
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) printed: String,
    pub(super) took: Duration,
}

impl Bench<'_> {
    /// Runs a row; whatever goes wrong is its verdict.
    pub(super) fn run(&mut self, cell: &Cell, ordinal: usize) -> Row {
        let began = Instant::now();
        let topic = format!("row-{ordinal}");
        let mut figures = Figures::default();
        let judged = self.judge(cell, &topic, &mut figures);
        topics::delete(&outages::ports(self.cluster), &topic);
        let version = self.cluster.layout().options.release.version();
        let (name, took) = (cell.name(), began.elapsed());
        Row { version, name, took, figures, wrong: judged.err() }
    }

    fn judge(&mut self, cell: &Cell, topic: &str, figures: &mut Figures) -> Result<(), String> {
        topics::create(&outages::ports(self.cluster), topic, PARTITIONS)?;
        if let Part::Lines(kind) = &cell.part {
            return lines::judge(self, *kind, topic, figures);
        }
        let outcome = self.file(topic, "outcome");
        let sent = self.send(cell, topic, &outcome)?;
        figures.merge(Figures::read(&sent.printed).unwrap_or_default());
        let is_told = figures.get("records") > 0;
        if !is_told || !may_end_so(cell, sent.code, figures) {
            return Err(format!(
                "the sender ended with {:?}\n{}",
                sent.code,
                tail("sender", &sent.printed)
            ));
        }
        let outcome = outcome.display().to_string();
        let isolation = cell.mode.isolation();
        let found = self.ask_judge(topic, &["records", "{}", topic, &outcome, isolation])?;
        figures.merge(Figures::read(&found.printed).unwrap_or_default());
        match found.code {
            Some(0) => Ok(()),
            code => Err(format!(
                "the judge ended with {code:?}\n{}\n{}",
                tail("judge", &found.printed),
                tail("sender", &sent.printed)
            )),
        }
    }

    /// Runs the judge; the second word is the address.
    pub(super) fn ask_judge(&mut self, topic: &str, words: &[&str]) -> Result<Ended, String> {
        let address = self.cluster.layout().addresses(|ports| ports.plain);
        let mut words = words.to_vec();
        if let Some(word) = words.get_mut(1) {
            *word = &address;
        }
        let judge = self.programs.judge.clone();
        let log = self.file(topic, "judge.log");
        let mut process = self.start("the judge", &judge, &words, &log)?;
        self.finish(&mut process, self.limit())
    }

    /// A file of a row.
    pub(super) fn file(&self, topic: &str, what: &str) -> PathBuf {
        self.cluster.layout().folder.join(format!("{topic}.{what}"))
    }

    pub(super) fn start(
        &mut self,
        name: &str,
        program: &Program,
        words: &[&str],
        log: &Path,
    ) -> Result<Process, String> {
        self.cluster.guard().start(name, &program.command(words), log)
    }

    pub(super) fn finish(
        &mut self,
        process: &mut Process,
        limit: Duration,
    ) -> Result<Ended, String> {
        let began = Instant::now();
        let status = process.finish(limit).inspect_err(|_| {
            // It is killed with its cluster at the latest.
            let _ = process.kill();
        })?;
        self.cluster.guard().forget(process.id(), true)?;
        let (code, printed) = (status.code(), process.printed());
        Ok(Ended { code, printed, took: began.elapsed() })
    }

    /// Far more than anybody needs.
    pub(super) fn limit(&self) -> Duration {
        LONG + Duration::from_millis(self.wish.records.unwrap_or(1_000_000))
    }

    /// How many records a row is worth.
    fn records(&self, cell: &Cell) -> u64 {
        let usual = match (&cell.part, cell.mode) {
            (Part::Faults, _) => return RECORDS_MAX,
            (Part::Security(_), _) => 10_000,
            (_, Mode::Idempotent) => 1_000_000,
            (_, Mode::Transactional | Mode::AcksOne | Mode::AcksNone) => 100_000,
        };
        self.wish.records.unwrap_or(usual)
    }

    fn send(&mut self, cell: &Cell, topic: &str, outcome: &Path) -> Result<Ended, String> {
        let until = self.file(topic, "until");
        let words = self.sender_words(cell, topic, outcome, &until)?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (sender, log) = (self.programs.sender.clone(), self.file(topic, "sender.log"));
        let mut process = self.start("the sender", &sender, &words, &log)?;
        if cell.faults != Faults::None {
            let disturbed = outages::disturb(self.cluster, cell.faults, topic, self.wish.cycles);
            support::write(&until, "")?;
            disturbed?;
        }
        self.finish(&mut process, self.limit())
    }

    fn sender_words(
        &self,
        cell: &Cell,
        topic: &str,
        outcome: &Path,
        until: &Path,
    ) -> Result<Vec<String>, String> {
        let (mut address, mut properties) = ("KAFKA_BOOTSTRAP", String::new());
        if let Part::Security(way) = &cell.part {
            address = way.listener.variable();
            properties = way.properties(&self.cluster.layout().certificates);
        }
        let variables = self.cluster.layout().variables();
        let server = variables.get(address).ok_or("a listener has no address")?;
        properties.push_str(&format!("\nbootstrap.servers={server}\n"));
        properties.push_str(&format!("compression.type={}\nlinger.ms=5\n", cell.codec));
        let file = self.file(topic, "properties");
        support::write(&file, &properties)?;
        let owned = |word: &&str| (*word).to_owned();
        let mut words: Vec<String> = self.programs.sender_words.iter().map(owned).collect();
        let mut set = |name: &str, value: String| words.extend([name.to_owned(), value]);
        set("--topic", topic.to_owned());
        set("--outcome", outcome.display().to_string());
        set("--mode", cell.mode.word().to_owned());
        set("--records", self.records(cell).to_string());
        set("--seed", self.wish.seed.to_string());
        set("--properties", file.display().to_string());
        if cell.faults != Faults::None {
            set("--rate", RATE.to_owned());
            set("--until", until.display().to_string());
        }
        Ok(words)
    }
}

/// Where nothing disturbs, everything must be acknowledged; otherwise it must only be told.
fn may_end_so(cell: &Cell, code: Option<i32>, figures: &Figures) -> bool {
    let is_all = figures.get("acked") + figures.get("aborted") == figures.get("records");
    match cell.faults {
        Faults::None => code == Some(0) && is_all,
        Faults::Kill | Faults::Roll => matches!(code, Some(0 | 1)),
    }
}

/// Removes a file that takes room.
pub(super) fn remove(file: &Path) {
    // It goes with the cluster's folder at the latest.
    let _ = fs::remove_file(file);
}
