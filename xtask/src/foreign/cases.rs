//! What is run: a client, how it is used, and what it must show.

use super::tool::Tool;

/// One row of the table.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) mode: &'static str,
    pub(super) tool: Tool,
    /// What the program is told, step by step; the first is timed and the last judges.
    pub(super) steps: &'static [&'static [&'static str]],
    /// Without idempotence, moving leaders may copy and reorder records.
    pub(super) is_plain: bool,
    /// By what the number of records is divided.
    pub(super) share: u64,
}

/// Stands for a file that the steps of a case share.
pub(super) const ACKS: &str = "{acks}";

const fn java(name: &'static str, steps: &'static [&'static [&'static str]]) -> Case {
    Case { name, mode: "idempotent", tool: Tool::Java, steps, is_plain: false, share: 1 }
}

const fn rdkafka(name: &'static str, steps: &'static [&'static [&'static str]]) -> Case {
    Case { name, mode: "idempotent", tool: Tool::Rdkafka, steps, is_plain: false, share: 1 }
}

const fn franz_go(name: &'static str, steps: &'static [&'static [&'static str]]) -> Case {
    Case { name, mode: "idempotent", tool: Tool::FranzGo, steps, is_plain: false, share: 1 }
}

impl Case {
    const fn plain(self) -> Self {
        Self { mode: "plain", is_plain: true, ..self }
    }

    const fn transactional(self) -> Self {
        Self { mode: "transactional", ..self }.tenth()
    }

    const fn tenth(self) -> Self {
        Self { share: 10, ..self }
    }
}

pub(super) const CASES: &[Case] = &[
    java("java-perf-plain", &[&["perf", "--mode", "plain"]]).plain(),
    java("java-perf-none", &[&["perf"]]),
    java("java-perf-gzip", &[&["perf", "--codec", "gzip"]]),
    java("java-perf-snappy", &[&["perf", "--codec", "snappy"]]),
    java("java-perf-lz4", &[&["perf", "--codec", "lz4"]]),
    java("java-perf-zstd", &[&["perf", "--codec", "zstd"]]),
    java(
        "java-produce-plain",
        &[&["produce", "--acks", ACKS, "--mode", "plain"], &["verify", "--acks", ACKS]],
    )
    .plain(),
    java(
        "java-produce-idempotent",
        &[
            &["produce", "--acks", ACKS, "--auto-create", "yes"],
            &["verify", "--acks", ACKS, "--isolation", "read_committed"],
        ],
    ),
    java("java-transactions", &[&["transactions"]]).transactional(),
    java("java-group", &[&["group"]]),
    rdkafka("rdkafka-plain", &[&["--mode", "plain"]]).plain().tenth(),
    rdkafka("rdkafka-idempotent", &[&["--mode", "idempotent"]]),
    rdkafka("rdkafka-gzip", &[&["--codec", "gzip"]]).tenth(),
    rdkafka("rdkafka-snappy", &[&["--codec", "snappy"]]).tenth(),
    rdkafka("rdkafka-lz4", &[&["--codec", "lz4"]]).tenth(),
    rdkafka("rdkafka-zstd", &[&["--codec", "zstd"]]).tenth(),
    franz_go("franz-go-plain", &[&["produce", "--mode", "plain"]]).plain().tenth(),
    franz_go("franz-go-idempotent", &[&["produce"]]),
    franz_go("franz-go-gzip", &[&["produce", "--codec", "gzip"]]).tenth(),
    franz_go("franz-go-snappy", &[&["produce", "--codec", "snappy"]]).tenth(),
    franz_go("franz-go-lz4", &[&["produce", "--codec", "lz4"]]).tenth(),
    franz_go("franz-go-zstd", &[&["produce", "--codec", "zstd"]]).tenth(),
    franz_go("franz-go-transactions", &[&["transactions"]]).transactional(),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_cases_share_a_name() {
        let names: BTreeSet<&str> = CASES.iter().map(|case| case.name).collect();
        assert_eq!(names.len(), CASES.len());
    }

    #[test]
    fn only_what_is_told_to_be_plain_may_copy_and_reorder() {
        let says_plain = |case: &Case| case.steps.iter().any(|step| step.contains(&"plain"));
        assert!(CASES.iter().all(|case| case.is_plain == says_plain(case)));
    }
}
