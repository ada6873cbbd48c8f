//! The one line of JSON that a run ends with, and the verdict in it.

use std::time::Duration;

use crate::options::Options;
use crate::produce::Acks;
use crate::tally::Tally;

/// What a run found, in the order in which it is told.
#[derive(Debug)]
pub(crate) struct Figures {
    counts: Vec<(&'static str, u64)>,
    seconds: f64,
    violations: u64,
}

impl Figures {
    pub(crate) fn of(options: &Options, acks: &Acks, tally: &Tally, taken: Duration) -> Self {
        let records = acks.told.len() as u64;
        let (lost, misplaced) = tally.compare(&acks.told);
        let counts = vec![
            ("records", records),
            ("read", tally.read),
            ("lost", lost),
            ("duplicated", tally.duplicated),
            ("reordered", tally.reordered),
            ("foreign", tally.foreign),
            ("misplaced", misplaced),
            ("failed", acks.failed),
        ];
        let mut figures = Self { counts, seconds: taken.as_secs_f64(), violations: 0 };
        figures.demand(records == options.records, "not every record is acknowledged");
        figures.demand_zero(&["lost", "foreign", "misplaced", "failed"]);
        if options.demands_order {
            figures.demand_zero(&["duplicated", "reordered"]);
            figures.demand(tally.read == records, "more or fewer records than were acknowledged");
        }
        figures
    }

    fn demand_zero(&mut self, names: &[&str]) {
        let broken = self.counts.iter().filter(|(name, n)| names.contains(name) && *n > 0);
        let broken: Vec<_> = broken.copied().collect();
        for (name, count) in broken {
            self.demand(false, &format!("{name} is {count} and not 0"));
        }
    }

    fn demand(&mut self, holds: bool, otherwise: &str) {
        if !holds {
            self.violations += 1;
            eprintln!("klamm-foreign: {otherwise}");
        }
    }

    pub(crate) fn is_good(&self) -> bool {
        self.violations == 0
    }

    pub(crate) fn json(&self) -> String {
        let pairs = self.counts.iter().map(|(name, count)| format!("\"{name}\":{count}"));
        let pairs = pairs.collect::<Vec<_>>().join(",");
        let (ok, seconds) = (self.is_good(), self.seconds);
        format!("{{\"run\":\"rdkafka\",\"ok\":{ok},\"seconds\":{seconds:.2},{pairs}}}")
    }
}
