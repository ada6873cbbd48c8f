//! The table of verdicts agrees with the file that was written by hand before it.

#![cfg(test)]

use klamm_idempotence::fate::{Evidence, Known};
use klamm_idempotence::settings::{Acks, Generation};
use klamm_idempotence::verdict::produce::{
    Again, Case, Cell, Column, Ending, Row, Rule, Scope, TABLE, Verdict, look_up, resolve,
};
use klamm_wire::ErrorCode;

const FILE: &str = include_str!("verdicts/produce.txt");

const COLUMNS: [(&str, Column); 5] = [
    ("plain-1", Column::Plain(Acks::Leader)),
    ("plain-0", Column::Plain(Acks::None)),
    ("idempotent", Column::Idempotent),
    ("tv1", Column::Transactional(Generation::V1)),
    ("tv2", Column::Transactional(Generation::V2)),
];

/// A code that no broker has today.
const FUTURE: [ErrorCode; 3] = [ErrorCode(134), ErrorCode(9999), ErrorCode(i16::MIN)];

struct Group {
    names: Vec<String>,
    lines: Vec<(String, String)>,
}

fn groups() -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in FILE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (word, rest) = line.split_once(' ').unwrap();
        match word {
            "group" => groups.push(Group { names: Vec::new(), lines: Vec::new() }),
            "codes" => {
                let names = rest.split_whitespace().map(str::to_owned);
                groups.last_mut().unwrap().names.extend(names);
            }
            mode => {
                let line = (mode.to_owned(), rest.trim().to_owned());
                groups.last_mut().unwrap().lines.push(line);
            }
        }
    }
    groups
}

fn name_of(ending: Ending) -> String {
    match ending {
        Ending::Code(code) if FUTURE.contains(&code) => "(unknown)".to_owned(),
        Ending::Code(code) => code.name().unwrap().to_owned(),
        Ending::Absent => "(absent)".to_owned(),
        Ending::Lost => "(lost)".to_owned(),
        Ending::Cut => "(cut)".to_owned(),
    }
}

fn endings() -> Vec<Ending> {
    let known = ErrorCode::all().chain(FUTURE).map(Ending::Code);
    known.chain([Ending::Absent, Ending::Lost, Ending::Cut]).collect()
}

/// The line of the file for an ending and a mode: its evidence, and the verdict for a case.
fn expected(groups: &[Group], ending: Ending, mode: &str, case: Case) -> (char, String) {
    let name = name_of(ending);
    let holders: Vec<&Group> = groups.iter().filter(|group| group.names.contains(&name)).collect();
    assert_eq!(holders.len(), 1, "{name} stands in {} groups", holders.len());
    let (_, line) = holders[0].lines.iter().find(|(column, _)| column == mode).unwrap();
    let (evidence, follows) = line.split_once(' ').unwrap();
    let holds = |condition: &str| match condition {
        "clean" => case.clean,
        "doubt" => !case.clean,
        "head" => case.head,
        "tail" => !case.head,
        "one" => !case.many,
        "tries" => !case.spent,
        "spent" => case.spent,
        other => panic!("unknown condition {other}"),
    };
    let verdict = follows.split(';').find_map(|part| match part.split_once(':') {
        None => Some(part.trim().to_owned()),
        Some((condition, verdict)) => holds(condition.trim()).then(|| verdict.trim().to_owned()),
    });
    (evidence.chars().next().unwrap(), verdict.unwrap())
}

fn spoken(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Acknowledge { offset_known: true } => "ack",
        Verdict::Acknowledge { offset_known: false } => "ack-offset-unknown",
        Verdict::Ignore => "ignore",
        Verdict::Retry(Again::Later) => "retry",
        Verdict::Retry(Again::Charged) => "retry-charged",
        Verdict::Retry(Again::Refreshed) => "retry-refresh",
        Verdict::Retry(Again::Soon) => "retry-soon",
        Verdict::Wait => "wait",
        Verdict::Grace => "grace",
        Verdict::Restamp => "restamp",
        Verdict::Split => "split",
        Verdict::Fail(Scope::Batch) => "fail",
        Verdict::Fail(Scope::Lane) => "fail + bump",
        Verdict::Fail(Scope::ProducerId) => "fail + new-id",
        Verdict::Fail(Scope::Transaction) => "fail + abort",
        Verdict::Fail(Scope::Producer) => "fail + fatal",
    }
}

fn marked(evidence: Option<Evidence>) -> char {
    match evidence {
        None => '-',
        Some(Evidence::Not) => 'N',
        Some(Evidence::Maybe) => 'M',
        Some(Evidence::Persisted) => 'P',
    }
}

/// Every assertion of the file that a table breaks, and how many were made.
fn judge(table: &[Row]) -> (usize, Vec<String>) {
    let groups = groups();
    let (mut made, mut broken) = (0, Vec::new());
    for ending in endings() {
        for (mode, column) in COLUMNS {
            let Cell { evidence, rule } = look_up(table, ending, column);
            for before in [Known::Unsent, Known::DefNot, Known::Maybe] {
                let known = evidence.map_or(before, |told| before.join(told));
                for bits in 0..8u8 {
                    let [head, many, spent] = [1, 2, 4].map(|bit| bits & bit != 0);
                    let case = Case { clean: known.is_clean(), head, many, spent };
                    let found = (marked(evidence), spoken(resolve(rule, case)).to_owned());
                    let wanted = expected(&groups, ending, mode, case);
                    made += 1;
                    if found != wanted {
                        broken.push(format!("{ending:?} {mode} {case:?}: {found:?} {wanted:?}"));
                    }
                }
            }
        }
    }
    (made, broken)
}

#[test]
fn every_code_in_every_mode_means_what_the_file_says() {
    let (made, broken) = judge(TABLE);
    println!("{made} assertions over {} endings", endings().len());
    assert!(broken.is_empty(), "{} broken, the first: {:?}", broken.len(), broken.first());
    assert_eq!(made, (ErrorCode::all().count() + FUTURE.len() + 3) * 5 * 3 * 8);
}

/// Another rule than the one that stands there.
fn other_rule(rule: Rule, draw: u64) -> Rule {
    let rules = [
        Rule::Acknowledge { offset_known: true },
        Rule::Retry(Again::Later),
        Rule::Retry(Again::Refreshed),
        Rule::Thrice(Scope::Lane),
        Rule::Split(Scope::Lane),
        Rule::Resequence,
        Rule::Restamp(Scope::Lane),
        Rule::Fail(Scope::Lane),
        Rule::Fail(Scope::Transaction),
    ];
    let others: Vec<Rule> = rules.into_iter().filter(|other| *other != rule).collect();
    others[usize::try_from(draw).unwrap() % others.len()]
}

/// Changes one cell of the table, evidence or rule, as the draws say.
fn changed(mut draw: impl FnMut() -> u64) -> Vec<Row> {
    let mut table = TABLE.to_vec();
    let at = usize::try_from(draw()).unwrap() % table.len();
    let row = &mut table[at];
    let cells = [&mut row.leader, &mut row.idempotent, &mut row.v1, &mut row.v2];
    let cell = cells.into_iter().nth(usize::try_from(draw() % 4).unwrap()).unwrap();
    if draw().is_multiple_of(2) {
        cell.evidence = match cell.evidence {
            Some(Evidence::Not) => Some(Evidence::Maybe),
            Some(Evidence::Maybe) => Some(Evidence::Not),
            Some(Evidence::Persisted) | None => Some(Evidence::Maybe),
        };
    } else {
        cell.rule = other_rule(cell.rule, draw());
    }
    table
}

#[test]
fn ten_seeded_changes_of_one_cell_are_each_caught() {
    for seed in 1..=10u64 {
        let mut state = seed;
        let draw = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state >> 33
        };
        let table = changed(draw);
        assert_ne!(table, TABLE, "seed {seed} changes something");
        assert!(!judge(&table).1.is_empty(), "seed {seed} goes unnoticed");
    }
}
