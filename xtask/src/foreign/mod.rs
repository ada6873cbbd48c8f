//! Other people's clients judge a cluster: ours in memory, or any at an address.
//!
//! Each client is a program of its own, in its own language, that writes records, reads them
//! back and ends with one line of JSON and its verdict. This module builds the programs, starts
//! the cluster, runs case after case and prints what they found.

mod cases;
mod figures;
mod mock;
mod mover;
mod options;
mod program;
mod table;
mod tool;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::support::{self, Outcome};

use cases::{CASES, Case};
use mock::Mock;
use mover::Mover;
use options::Options;
pub(crate) use options::USAGE;
use program::{Ordering, Program};
use table::{Row, Verdict};
use tool::Tools;
pub(crate) use tool::librdkafka;

/// `cargo xtask kafka foreign [--records N] [--only NAME]… [--bootstrap ADDR]`.
pub(crate) fn run(args: &[&str]) -> Outcome {
    let options = Options::parse(args)?;
    let chosen: Vec<&Case> = CASES.iter().filter(|case| options.chooses(case.name)).collect();
    if chosen.is_empty() {
        return Err(format!("no case is chosen\n{}", options::usage()));
    }
    let tools = Tools::prepare(chosen.iter().map(|case| case.tool).chain(options.mover()))?;
    let bench = Bench::new(options, tools)?;
    let mut rows = Vec::new();
    println!("{}", table::heading());
    for case in chosen {
        let row = bench.run(case);
        println!("{row}");
        rows.push(row);
    }
    bench.conclude(&rows)
}

/// Where built programs, jars and what a run leaves behind are kept.
fn home() -> PathBuf {
    support::root().join("target/foreign")
}

/// All that a case needs besides itself.
struct Bench {
    options: Options,
    tools: Tools,
    /// Tells topics of this run from those of another on the same cluster.
    id: String,
    /// The mock's program, where no address is given.
    mock: Option<PathBuf>,
}

impl Bench {
    fn new(options: Options, tools: Tools) -> Result<Self, String> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|e| e.to_string())?;
        let mock = if options.bootstrap.is_none() { Some(mock::build()?) } else { None };
        Ok(Self { options, tools, id: since.as_millis().to_string(), mock })
    }

    /// Runs a case; whatever goes wrong is its verdict.
    fn run(&self, case: &Case) -> Row {
        let records = (self.options.records / case.share).max(1);
        let told = match self.tools.missing(case.tool) {
            Some(missing) => Ok((BTreeMap::new(), 0.0, Verdict::Missing(missing.to_owned()))),
            None => self.judge(case, records),
        };
        let (counts, seconds, verdict) =
            told.unwrap_or_else(|error| (BTreeMap::new(), 0.0, Verdict::Failed(error)));
        Row { client: case.name, mode: case.mode, records, counts, seconds, verdict }
    }

    fn judge(
        &self,
        case: &Case,
        records: u64,
    ) -> Result<(BTreeMap<String, u64>, f64, Verdict), String> {
        // Both live until the case is over; each case has a cluster without a past, or its own
        // topics.
        let (mock, topic) = (self.mock()?, format!("foreign-{}-{}", case.name, self.id));
        let given = self.options.bootstrap.as_deref();
        let bootstrap = mock.as_ref().map(Mock::bootstrap).or(given).unwrap_or_default();
        let is_moved = self.options.moves && mock.is_none();
        let move_leaders = || Mover::start(&self.tools, bootstrap, &topic);
        let _mover = is_moved.then(move_leaders).transpose()?;
        let is_counted = case.is_plain && self.options.moves;
        let program = Program {
            tools: &self.tools,
            bootstrap: bootstrap.to_owned(),
            topic,
            records,
            ordering: if is_counted { Ordering::Counted } else { Ordering::Exact },
        };
        program.run(case)
    }

    /// A mock of its own for a case, unless the cluster is given.
    fn mock(&self) -> Result<Option<Mock>, String> {
        let Some(program) = &self.mock else { return Ok(None) };
        Mock::start(mock::command(program, self.options.moves, self.options.outages)).map(Some)
    }

    /// Prints what needs words, and judges the whole.
    fn conclude(&self, rows: &[Row]) -> Outcome {
        for row in rows {
            row.explain();
        }
        let bad = rows.iter().filter(|row| matches!(row.verdict, Verdict::Failed(_))).count();
        let missing = rows.iter().filter(|row| matches!(row.verdict, Verdict::Missing(_))).count();
        let good = rows.len() - bad - missing;
        println!("{good} good, {bad} bad, {missing} could not be run");
        if bad > 0 || (missing > 0 && !self.options.if_present) {
            return Err(format!("{bad} cases are bad and {missing} could not be run"));
        }
        Ok(())
    }
}
