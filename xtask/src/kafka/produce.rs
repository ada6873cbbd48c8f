//! Our producer against real brokers: what it was told, held against what a Java consumer finds.
//!
//! The program that sends is `crates/producer/examples/soak`, the judge is `xtask/java/produced`.

mod cell;
mod lines;
mod outages;
mod programs;
mod row;
mod topics;
mod trial;
mod wish;

use super::cluster::Cluster;
use super::options::Options;
use super::release::Release;
use crate::support::Outcome;

use cell::Cell;
use programs::Programs;
use row::Count;
use trial::Bench;
use wish::Wish;

/// How the command is typed.
pub(super) const USAGE: &str = "produce [--version 4.3.1|3.9.1|2.8.2]... \
[--part matrix|security|faults|lines]... [--mode idempotent|txn|acks1|acks0]... \
[--codec NAME]... [--faults none|kill|roll]... [--records N] [--seed N] [--cycles N] \
[--txn-version 1|2] [--producer klamm|java] [--profile release|dev]";

/// `cargo xtask kafka produce`.
pub(super) fn run(args: &[&str]) -> Outcome {
    let wish = Wish::parse(args)?;
    let programs = Programs::build(&wish)?;
    let mut count = Count::default();
    for release in &wish.releases {
        let cells: Vec<Cell> =
            cell::all(*release).into_iter().filter(|cell| wish.wants(cell)).collect();
        if !cells.is_empty() {
            count.add(try_all(*release, &cells, &wish, &programs)?);
        }
    }
    println!("{} good, {} bad", count.good, count.bad);
    match (count.good, count.bad) {
        (0, 0) => Err("no cell is as you wish".to_owned()),
        (_, 0) => Ok(()),
        _ => Err("not every cell is as it should be".to_owned()),
    }
}

/// Three nodes of the newest release, and one of an older.
const fn nodes(release: Release) -> u16 {
    match release {
        Release::V4_3 => 3,
        Release::V3_9 | Release::V2_8 => 1,
    }
}

fn try_all(
    release: Release,
    cells: &[Cell],
    wish: &Wish,
    programs: &Programs,
) -> Result<Count, String> {
    let secure = cells.iter().any(Cell::is_about_security);
    let plain = Options::of(release, wish.generation(release));
    let mut cluster = Cluster::start(Options { secure, nodes: nodes(release), ..plain })?;
    cluster.note()?;
    cluster.wait_for_producer_ids()?;
    let mut bench = Bench { cluster: &mut cluster, wish, programs };
    let mut count = Count::default();
    for (ordinal, cell) in cells.iter().enumerate() {
        let row = bench.run(cell, ordinal);
        print!("{row}");
        count.add(row.count());
    }
    cluster.stop()?;
    Ok(count)
}
