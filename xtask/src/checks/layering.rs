//! Which crate may know which, as one table; any other arrow is a finding.
//!
//! The table names the planned crates too, so that a new crate meets its rule on its first day.

use super::finding::{self, Finding};
use super::graph::{Dependency, Graph, Kind, Package};
use crate::support::Outcome;

const WIRE: &str = "klamm-wire";
const PROTOCOL: &str = "klamm-protocol";
const RECORDS: &str = "klamm-records";
const CLUSTER: &str = "klamm-cluster";
const IDEMPOTENCE: &str = "klamm-idempotence";
const BATCHING: &str = "klamm-batching";
const ENGINE: &str = "klamm-engine";
const NET: &str = "klamm-net";
const CONFIG: &str = "klamm-config";
const BROKER: &str = "klamm-broker";

/// Layers 1 to 3: what the shells join.
const MACHINES: &[&str] = &[WIRE, PROTOCOL, RECORDS, CLUSTER, IDEMPOTENCE, BATCHING];

/// What a judge may know: the formats, and nothing of the client that it judges.
const FORMATS: &[&str] = &[WIRE, PROTOCOL, RECORDS];

/// Packages that bring sockets, runtimes, threads or dice; layers 1 to 3 and `engine` have none.
const IMPURE: &[&str] =
    &["tokio", "mio", "socket2", "async-std", "smol", "rand", "fastrand", "getrandom", "rayon"];

/// A crate's rule: what it may use, and what its tests and examples may use beyond that.
struct Rule {
    name: &'static str,
    may_use: Allowed,
    tests_may_use: &'static [&'static str],
    pure: bool,
}

/// The crates of the workspace that an arrow may point to.
enum Allowed {
    Only(&'static [&'static str]),
    Anything,
}

impl Allowed {
    fn allows(&self, name: &str) -> bool {
        match self {
            Self::Only(names) => names.contains(&name),
            Self::Anything => name != "xtask",
        }
    }
}

const fn pure(name: &'static str, may_use: &'static [&'static str]) -> Rule {
    Rule { name, may_use: Allowed::Only(may_use), tests_may_use: &[], pure: true }
}

const fn judge(name: &'static str, may_use: &'static [&'static str]) -> Rule {
    Rule { name, may_use: Allowed::Only(may_use), tests_may_use: &[], pure: false }
}

const fn tested_on_broker(name: &'static str, may_use: &'static [&'static str]) -> Rule {
    Rule { name, may_use: Allowed::Only(may_use), tests_may_use: &[BROKER], pure: false }
}

const RULES: &[Rule] = &[
    pure(WIRE, &[]),
    pure(PROTOCOL, &[WIRE]),
    pure(RECORDS, &[WIRE]),
    pure(CLUSTER, &[PROTOCOL, WIRE]),
    pure(IDEMPOTENCE, &[WIRE]),
    pure(BATCHING, &[RECORDS, WIRE]),
    Rule { pure: true, ..tested_on_broker(ENGINE, MACHINES) },
    Rule { tests_may_use: &[BROKER, PROTOCOL], ..tested_on_broker(NET, &[CLUSTER, WIRE]) },
    tested_on_broker(CONFIG, MACHINES),
    judge(BROKER, FORMATS),
    judge("klamm-conformance", FORMATS),
    judge("klamm-sim", &[ENGINE, BROKER]),
    judge("klamm-vectors", FORMATS),
    tested_on_broker("klamm", &[ENGINE, NET, CONFIG]),
    Rule { may_use: Allowed::Anything, ..judge("klamm-cli", &[]) },
    Rule { may_use: Allowed::Anything, ..judge("klamm-benches", &[]) },
    judge("xtask", &[]),
];

/// `cargo xtask layering`.
pub(super) fn run(_args: &[String]) -> Outcome {
    finding::report(findings(&Graph::of_workspace(&["--no-deps"])?))
}

/// The forbidden arrows and unknown members of a workspace.
pub(super) fn findings(graph: &Graph) -> Vec<Finding> {
    graph.members().flat_map(findings_of).collect()
}

fn findings_of(package: &Package) -> Vec<Finding> {
    let Some(rule) = RULES.iter().find(|rule| rule.name == package.name) else {
        let text = format!("`{}` is a member without a rule in the table", package.name);
        return vec![Finding::of(&package.manifest, "unknown-member", text)];
    };
    package.dependencies.iter().filter_map(|to| judge_arrow(package, rule, to)).collect()
}

fn judge_arrow(package: &Package, rule: &Rule, to: &Dependency) -> Option<Finding> {
    let dev = to.kind == Kind::Development;
    let allowed = if to.inside {
        let itself = dev && to.name == package.name;
        itself || rule.may_use.allows(&to.name) || (dev && rule.tests_may_use.contains(&&*to.name))
    } else {
        dev || !(rule.pure && IMPURE.contains(&to.name.as_str()))
    };
    if allowed {
        return None;
    }
    let what = match to.kind {
        Kind::Normal => "uses",
        Kind::Development => "is tested with",
        Kind::Build => "is built with",
    };
    let text = format!("`{}` {what} `{}`, which its layer may not know", package.name, to.name);
    Some(Finding::of(&package.manifest, "arrow", text))
}

#[cfg(test)]
mod tests {
    use super::super::finding::rules;
    use super::super::graph::planted::{graph, member};
    use super::*;

    fn arrow_is_found(package: Package) -> bool {
        rules(&findings(&graph([package]))) == ["arrow"]
    }

    #[test]
    fn the_arrows_of_the_architecture_pass() {
        let found = findings(&graph([
            member("klamm-wire").tests_with("klamm-wire").tests_with("proptest"),
            member("klamm-protocol").uses("klamm-wire").uses("bytes"),
            member("klamm-engine").uses("klamm-idempotence").tests_with("klamm-broker"),
            member("klamm-net").uses("klamm-cluster").uses("tokio"),
            member("klamm").uses("klamm-engine").uses("klamm-net").tests_with("klamm-broker"),
            member("klamm-cli").uses("klamm").uses("klamm-broker").uses("klamm-wire"),
            member("xtask").uses("syn"),
        ]));
        assert_eq!(found, []);
    }

    #[test]
    fn an_arrow_upwards_is_found() {
        assert!(arrow_is_found(member("klamm-wire").uses("klamm-protocol")));
        assert!(arrow_is_found(member("klamm-cluster").uses("klamm-engine")));
    }

    #[test]
    fn an_arrow_between_machines_is_found() {
        assert!(arrow_is_found(member("klamm-idempotence").uses("klamm-batching")));
        assert!(arrow_is_found(member("klamm-cluster").uses("klamm-records")));
    }

    #[test]
    fn an_arrow_between_shells_is_found() {
        assert!(arrow_is_found(member("klamm-net").uses("klamm-engine")));
        assert!(arrow_is_found(member("klamm-engine").uses("klamm-config")));
    }

    #[test]
    fn a_judge_that_shares_code_with_the_judged_is_found() {
        assert!(arrow_is_found(member("klamm-broker").uses("klamm-idempotence")));
        assert!(arrow_is_found(member("klamm-conformance").uses("klamm-broker")));
    }

    #[test]
    fn development_and_build_arrows_are_judged_too() {
        assert!(arrow_is_found(member("klamm-records").tests_with("klamm-protocol")));
        assert!(arrow_is_found(member("klamm-batching").tests_with("klamm-broker")));
        assert!(arrow_is_found(member("klamm-wire").depends("klamm-vectors", Kind::Build)));
    }

    #[test]
    fn the_broker_may_serve_tests_but_not_the_client_itself() {
        assert!(arrow_is_found(member("klamm-engine").uses("klamm-broker")));
        assert!(arrow_is_found(member("klamm").uses("klamm-broker")));
    }

    #[test]
    fn xtask_knows_no_crate_and_no_crate_knows_xtask() {
        assert!(arrow_is_found(member("xtask").uses("klamm-wire")));
        assert!(arrow_is_found(member("xtask").tests_with("klamm-vectors")));
        assert!(arrow_is_found(member("klamm-cli").uses("xtask")));
    }

    #[test]
    fn a_runtime_in_a_pure_crate_is_found() {
        assert!(arrow_is_found(member("klamm-engine").uses("tokio")));
        assert!(arrow_is_found(member("klamm-idempotence").uses("rand")));
    }

    #[test]
    fn a_member_without_a_rule_is_found() {
        let found = findings(&graph([member("klamm-surprise")]));
        assert_eq!(rules(&found), ["unknown-member"]);
    }
}
