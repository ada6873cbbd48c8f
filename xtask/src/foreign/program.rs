//! Runs the steps of a case and reads the verdict of the last.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::plants::process::{self, Ended, Ran};

use super::cases::{ACKS, Case};
use super::figures::Figures;
use super::home;
use super::table::Verdict;
use super::tool::Tools;

/// How many lines of what a program complained about stand in an error.
const TAIL_LINES: usize = 25;

/// Whether copies and reorderings are failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ordering {
    Exact,
    /// They are told, not judged.
    Counted,
}

/// What every program is told.
pub(super) struct Program<'a> {
    pub(super) tools: &'a Tools,
    pub(super) bootstrap: String,
    pub(super) topic: String,
    pub(super) records: u64,
    pub(super) ordering: Ordering,
}

impl Program<'_> {
    /// Runs the steps; the figures are the last one's, the time is the first one's.
    pub(super) fn run(&self, case: &Case) -> Result<(BTreeMap<String, u64>, f64, Verdict), String> {
        let mut seconds = None;
        let mut last = Figures::default();
        for step in case.steps {
            let ran = self.start(case, step)?;
            last = Figures::read(&ran.stdout).map_err(|error| explained(&ran, &error))?;
            seconds.get_or_insert(last.seconds);
            if !(ran.is_success() && last.is_good) {
                let verdict = Verdict::Failed(explained(&ran, "it found faults"));
                return Ok((last.counts, last.seconds, verdict));
            }
        }
        Ok((last.counts, seconds.unwrap_or_default(), Verdict::Good))
    }

    fn start(&self, case: &Case, step: &[&str]) -> Result<Ran, String> {
        let folder = home().join("run").join(case.name);
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let acks = folder.join("acks").display().to_string();
        let mut command = self.tools.command(case.tool)?;
        command.args(step.iter().map(|word| if *word == ACKS { &acks } else { *word }));
        command.args(["--bootstrap", &self.bootstrap, "--topic", &self.topic]);
        command.args(["--records", &self.records.to_string(), "--demand", self.demand()]);
        process::run(&mut command, self.limit(), &folder)
    }

    fn demand(&self) -> &'static str {
        match self.ordering {
            Ordering::Exact => "exact",
            Ordering::Counted => "counted",
        }
    }

    /// Far more than any client needs; the programs themselves give up earlier.
    fn limit(&self) -> Duration {
        Duration::from_secs(180 + self.records / 2000)
    }
}

/// What went wrong, and the end of what the program said about it.
fn explained(ran: &Ran, what: &str) -> String {
    let how = match ran.ended {
        Ended::TimedOut => "was killed at its limit of time".to_owned(),
        Ended::Code(Some(code)) => format!("ended with code {code}"),
        Ended::Code(None) => "was ended by a signal".to_owned(),
    };
    let lines: Vec<&str> = ran.stderr.lines().collect();
    let from = lines.len().saturating_sub(TAIL_LINES);
    let tail = lines.get(from..).unwrap_or_default().join("\n");
    let seconds = ran.taken.as_secs();
    format!("{what}; the program {how} after {seconds} s\n{tail}")
}
