//! Our own cluster in one process, started as a stranger would start it: `klamm mock`.

use std::path::Path;

use super::conformance::Target;
use super::guard::Guard;
use super::haunts::{self, Nodes};
use super::options::Transactions;
use super::process::{LONG, Process};
use super::program::Program;
use crate::support::{self, Outcome};

/// Which broker the mock is to look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Likeness {
    pub(super) persona: &'static str,
    pub(super) transactions: Transactions,
}

/// What a mock has beyond the ordinary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Twist<'a> {
    /// Its nodes.
    pub(super) nodes: Nodes,
    pub(super) defect: Option<&'a str>,
}

impl Twist<'_> {
    /// One node that does everything right.
    pub(super) const NONE: Self = Self { nodes: haunts::ONE, defect: None };
}

/// A mock that is ready; dropping it ends it.
pub(super) struct Mock {
    pub(super) target: Target,
    process: Process,
    _guard: Guard,
}

impl Mock {
    /// Starts a mock, with a defect or without, and waits until it is ready.
    pub(super) fn start(
        klamm: &Program,
        likeness: Likeness,
        twist: Twist<'_>,
        log: &Path,
    ) -> Result<Self, String> {
        let mut arguments = vec!["mock", "--port", "0"];
        arguments.extend(twist.nodes);
        arguments.extend(["--persona", likeness.persona]);
        arguments.extend(["--txn-version", likeness.transactions.digit()]);
        if offers_sasl(klamm)? {
            arguments.extend(["--sasl", "all", "--max-reauth", "20000"]);
        }
        arguments.extend(twist.defect.iter().flat_map(|name| ["--defect", name]));
        let mut guard = Guard::new()?;
        let mut process = guard.start("klamm mock", &klamm.command(&arguments), log)?;
        let ready = || read(log).lines().any(|line| line == "ready");
        process.wait_until("ready", LONG, ready)?;
        let target =
            target(&process.printed()).ok_or_else(|| process.failure("told no plain address"))?;
        Ok(Self { target, process, _guard: guard })
    }

    /// Ends the mock; one that has ended before by itself is an error.
    pub(super) fn stop(mut self) -> Outcome {
        self.process.still_runs()?;
        self.process.kill()
    }
}

/// The defects that a mock can have.
pub(super) fn defects(klamm: &Program) -> Result<Vec<String>, String> {
    let printed = support::output(&mut klamm.command(&["mock", "--list-defects"]))?;
    let names: Vec<String> = printed.split_whitespace().map(str::to_owned).collect();
    if names.is_empty() { Err("`klamm mock` lists no defects".to_owned()) } else { Ok(names) }
}

/// A mock without listeners for SASL is judged without them, and the cases say so.
fn offers_sasl(klamm: &Program) -> Result<bool, String> {
    Ok(support::output(&mut klamm.command(&["help", "mock"]))?.contains("--sasl"))
}

fn read(log: &Path) -> String {
    std::fs::read_to_string(log).unwrap_or_default()
}

/// The addresses that a mock prints, `bootstrap LISTENER HOST:PORT,…` on a line for each listener.
fn target(printed: &str) -> Option<Target> {
    let address = |listener: &str| {
        let of = |line: &str| Some(line.strip_prefix(listener)?.trim().to_owned());
        printed.lines().find_map(of)
    };
    Some(Target { plain: address("bootstrap plain ")?, sasl: address("bootstrap sasl_plain ") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_addresses_of_a_mock_are_those_that_it_prints() {
        let printed = "bootstrap plain a:1,a:2\nbootstrap sasl_plain a:3\nready\n";
        let both = Target { plain: "a:1,a:2".to_owned(), sasl: Some("a:3".to_owned()) };
        assert_eq!(target(printed), Some(both));
        let plain = Target { plain: "a:1".to_owned(), sasl: None };
        assert_eq!(target("bootstrap plain a:1\nready\n"), Some(plain));
        assert_eq!(target("ready\n"), None);
    }
}
