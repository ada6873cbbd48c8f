//! Plants: bugs kept as patches, each with the test or the model that must catch it.
//!
//! A harness that has never failed proves nothing. `crates/*/plants/*.patch` are unified diffs with
//! paths relative to the root, below a header of `Key: value` lines:
//!
//! ```text
//! Plant: what is broken, in one sentence
//! Caught-by: test <target> <name>           an integration test target, or `lib`
//! Caught-by: model <letter> <invariant>     as in `model A I4`
//! Hangs: yes                                to run without an end counts as caught
//! ```
//!
//! Each `Caught-by` must catch: the test runs and fails, the model prints `VIOLATED I4 …`. All of
//! them pass without a plant, which is looked at first.

mod header;
mod observe;
mod patch;
mod plant;
pub(crate) mod process;
mod report;
#[cfg(test)]
mod scratch;
#[cfg(test)]
mod tests;
mod tree;
mod workshop;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::{self, Outcome};
use header::{Catcher, Probe};
use observe::Observation;
use plant::Plant;
use report::{Row, Table};
use workshop::Workshop;

/// A test that takes longer is taken for one that does not end.
const TEST_LIMIT: Duration = Duration::from_secs(300);

/// The same for a model, which may have millions of states to look at.
const MODEL_LIMIT: Duration = Duration::from_secs(900);

/// What a plant that hangs is given beyond ten times what its catcher takes without it.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long each probe of a crate takes when nothing is planted.
type Baseline = BTreeMap<(String, Probe), Duration>;

/// `cargo xtask plants [NAME…]`: the plants of these names, or all of them.
pub(crate) fn run(args: &[String]) -> Outcome {
    let rows = run_in(&support::root(), args)?;
    println!("{}", report::closing(&rows));
    match report::failed(&rows) {
        0 => Ok(()),
        failed => Err(format!("{failed} not caught as their patches say")),
    }
}

/// Sets each plant of a repository in turn and prints its line of the table.
fn run_in(root: &Path, names: &[String]) -> Result<Vec<Row>, String> {
    let plants = plant::find(root, names)?;
    let workshop = Workshop::open(root)?;
    let baseline = baseline(&workshop, &plants)?;
    let table = Table::of(&plants);
    let mut rows = Vec::new();
    for plant in &plants {
        let row = try_out(&workshop, plant, &baseline);
        workshop.clear()?;
        println!("{}", table.lines(plant, &row));
        rows.push(row);
    }
    Ok(rows)
}

/// Looks at everything that is to catch a plant: without one it must pass.
fn baseline(workshop: &Workshop, plants: &[Plant]) -> Result<Baseline, String> {
    let began = Instant::now();
    let mut passed = Baseline::new();
    let mut errors = Vec::new();
    for (krate, probe) in probes(plants) {
        let (seen, taken) = workshop.look(&krate, &probe, limit(&probe))?;
        if seen == Observation::Passed {
            passed.insert((krate, probe), taken);
        } else {
            errors.push(format!("without a plant, {probe} of {krate} {seen}"));
        }
    }
    workshop.clear()?;
    if !errors.is_empty() {
        return Err(errors.join("\n"));
    }
    let seconds = began.elapsed().as_secs_f64();
    println!("{} tests and models pass without a plant, {seconds:.1} s", passed.len());
    Ok(passed)
}

fn probes(plants: &[Plant]) -> BTreeSet<(String, Probe)> {
    let of = |plant: &Plant| {
        let krate = plant.krate.clone();
        let probes: Vec<Probe> = plant.header.caught_by.iter().map(Catcher::probe).collect();
        probes.into_iter().map(move |probe| (krate.clone(), probe))
    };
    plants.iter().flat_map(of).collect()
}

const fn limit(probe: &Probe) -> Duration {
    match probe {
        Probe::Test(_) => TEST_LIMIT,
        Probe::Model(_) => MODEL_LIMIT,
    }
}

/// Sets a plant and asks each of its catchers.
fn try_out(workshop: &Workshop, plant: &Plant, baseline: &Baseline) -> Row {
    let began = Instant::now();
    let mut row = Row { seconds: 0.0, failures: Vec::new(), violated: BTreeSet::new() };
    match workshop.plant(plant) {
        Ok(()) => ask_all(workshop, plant, baseline, &mut row),
        Err(error) => row.failures.push(error),
    }
    row.seconds = began.elapsed().as_secs_f64();
    row
}

fn ask_all(workshop: &Workshop, plant: &Plant, baseline: &Baseline, row: &mut Row) {
    for catcher in &plant.header.caught_by {
        let limit = patience(plant, catcher.probe(), baseline);
        let seen = workshop.look(&plant.krate, &catcher.probe(), limit);
        if let Ok((Observation::Violated(invariants), _)) = &seen {
            row.violated.extend(invariants);
        }
        let hangs = plant.header.hangs;
        let caught = seen.and_then(|(seen, _)| observe::verdict(catcher, hangs, &seen));
        row.failures.extend(caught.err().map(|error| format!("{catcher}: {error}")));
    }
}

/// How long a catcher may take: a plant that is known to hang is not waited for to the limit.
fn patience(plant: &Plant, probe: Probe, baseline: &Baseline) -> Duration {
    let limit = limit(&probe);
    let usual = baseline.get(&(plant.krate.clone(), probe));
    match usual {
        Some(usual) if plant.header.hangs => {
            limit.min(usual.saturating_mul(10).saturating_add(PATIENCE))
        }
        Some(_) | None => limit,
    }
}
