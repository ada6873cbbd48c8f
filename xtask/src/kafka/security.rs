//! Every way of saying who one is, and of not being believed, against real brokers.
//!
//! The judge of a cell is `klamm doctor`: what it reports stage by stage, and how it ends.

pub(super) mod cell;
pub(super) mod cells;
mod report;
mod wish;

use std::time::{Duration, Instant};

use super::cluster::Cluster;
use super::options::{Options, Transactions};
use super::process::{LONG, Process};
use super::program::Program;
use super::release::Release;
use crate::support::{self, Outcome};

use cell::Cell;
use wish::Wish;

/// How the command is typed.
pub(super) const USAGE: &str = "security [--only WORDS] [--version 4.3.1|3.9.1|2.8.2]...";

/// `cargo xtask kafka security`.
pub(super) fn run(args: &[&str]) -> Outcome {
    let wish = Wish::parse(args)?;
    let cells: Vec<Cell> = cells::all().into_iter().filter(|cell| wish.wants(cell)).collect();
    if cells.is_empty() {
        return Err("no cell has all of these words in its name".to_owned());
    }
    let klamm = Program::klamm()?;
    let mut count = Count::default();
    for release in &wish.releases {
        count.add(try_all(*release, &cells, &klamm)?);
    }
    println!("{} good, {} bad", count.good, count.bad);
    if count.bad == 0 { Ok(()) } else { Err("not every cell is as it should be".to_owned()) }
}

/// How the cells went.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Count {
    good: usize,
    bad: usize,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.good += other.good;
        self.bad += other.bad;
    }
}

/// Tries the cells against one node of a release.
fn try_all(release: Release, cells: &[Cell], klamm: &Program) -> Result<Count, String> {
    let options = Options { secure: true, ..Options::of(release, Transactions::V1) };
    let mut cluster = Cluster::start(options)?;
    cluster.note()?;
    cluster.wait_for_producer_ids()?;
    let (mut count, mut watching) = (Count::default(), Vec::new());
    // Whoever watches takes its time, and only watches: the others come in meanwhile.
    let (slow, quick): (Vec<&Cell>, Vec<&Cell>) = cells.iter().partition(|cell| cell.is_slow());
    for cell in slow {
        watching.push(Trial::begin(cell, &mut cluster, klamm)?);
    }
    for cell in quick {
        let trial = Trial::begin(cell, &mut cluster, klamm)?;
        count.add(trial.end(release, &mut cluster)?);
    }
    for trial in watching {
        count.add(trial.end(release, &mut cluster)?);
    }
    cluster.stop()?;
    Ok(count)
}

/// A cell whose judge is at work.
struct Trial<'a> {
    cell: &'a Cell,
    doctor: Process,
    began: Instant,
}

impl<'a> Trial<'a> {
    fn begin(cell: &'a Cell, cluster: &mut Cluster, klamm: &Program) -> Result<Self, String> {
        let name = cell.file_name();
        let layout = cluster.layout();
        let properties = layout.folder.join(format!("{name}.properties"));
        support::write(&properties, &cell.properties(&layout.certificates))?;
        let variables = layout.variables();
        let server = variables.get(cell.listener.variable()).ok_or("a listener has no address")?;
        let properties = properties.display().to_string();
        let mut arguments = vec!["doctor", "-b", server, "-F", &properties, "--json"];
        if cell.is_slow() {
            arguments.extend(["--for", cell::WATCHED_SECONDS]);
        }
        let log = layout.folder.join(format!("{name}.log"));
        let began = Instant::now();
        let doctor = cluster.guard().start("klamm doctor", &klamm.command(&arguments), &log)?;
        Ok(Self { cell, doctor, began })
    }

    /// Waits for the judge's end, and prints the line of the cell.
    fn end(mut self, release: Release, cluster: &mut Cluster) -> Result<Count, String> {
        let status = self.doctor.finish(LONG)?;
        let took = self.began.elapsed();
        cluster.guard().forget(self.doctor.id(), true)?;
        let printed = self.doctor.printed();
        let judged = report::judge(self.cell, status.code(), &printed);
        println!("{}", line(release, self.cell, judged.is_ok(), took));
        match judged {
            Ok(()) => Ok(Count { good: 1, bad: 0 }),
            Err(why) => {
                println!("    {why}");
                printed.lines().for_each(|line| println!("    | {line}"));
                Ok(Count { good: 0, bad: 1 })
            }
        }
    }
}

fn line(release: Release, cell: &Cell, is_good: bool, took: Duration) -> String {
    let (version, name) = (release.version(), &cell.name);
    let word = if is_good { "good" } else { "bad " };
    format!("{version}  {name:<48}  {word}  {:>4.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_which_broker_which_cell_and_how_it_went() {
        let cell = cells::all().into_iter().find(|cell| cell.name == "SSL").unwrap();
        let shown = line(Release::V2_8, &cell, true, Duration::from_millis(420));
        let words: Vec<&str> = shown.split_whitespace().collect();
        assert_eq!(words, ["2.8.2", "SSL", "good", "0.4", "s"]);
        assert!(line(Release::V2_8, &cell, false, Duration::ZERO).contains("  bad "));
    }

    #[test]
    fn counts_are_added() {
        let mut count = Count { good: 1, bad: 0 };
        count.add(Count { good: 2, bad: 3 });
        assert_eq!(count, Count { good: 3, bad: 3 });
    }
}
