//! The table of what coordinators answer agrees with what was written down by hand.
#![cfg(test)]

use std::collections::BTreeMap;

use klamm_idempotence::Evidence;
use klamm_idempotence::verdict::coordinator::{Asked, Row, Rule, TABLE, Verdict, verdict_in};
use klamm_wire::ErrorCode;

const PAGE: &str = include_str!("verdicts/coordinator.txt");

const COLUMNS: [(&str, Asked); 7] = [
    ("init", Asked::Init),
    ("add-partitions", Asked::AddPartitions),
    ("add-offsets", Asked::AddOffsets),
    ("commit-offsets", Asked::CommitOffsets),
    ("end-commit", Asked::EndCommit),
    ("end-abort", Asked::EndAbort),
    ("look-up", Asked::LookUp),
];

const RULES: [(&str, Rule); 10] = [
    ("done", Rule::Done),
    ("retry", Rule::Retry),
    ("retry-soon", Rule::RetrySoon),
    ("retry-charged", Rule::RetryCharged),
    ("find", Rule::Find),
    ("refuse", Rule::Refuse),
    ("nothing-open", Rule::NothingOpen),
    ("abort", Rule::Abort),
    ("fenced", Rule::Fenced),
    ("fatal", Rule::Fatal),
];

const EVIDENCE: [(&str, Evidence); 3] =
    [("N", Evidence::Not), ("M", Evidence::Maybe), ("P", Evidence::Persisted)];

/// Codes that no table knows, at both ends and next to it.
const UNKNOWN: [i16; 5] = [i16::MIN, -2, 134, 999, i16::MAX];

#[test]
fn the_table_says_what_the_page_says_for_every_code() {
    let asserted = check(TABLE).expect("the table agrees with the page");
    let codes = ErrorCode::all().len() + UNKNOWN.len();
    assert_eq!(asserted, codes * COLUMNS.len(), "every code in every column, once");
    println!("{asserted} assertions");
}

#[test]
fn a_table_with_one_other_cell_fails() {
    for seed in 0..10 {
        let changed = with_one_other_cell(seed);
        assert!(check(&changed).is_err(), "seed {seed}");
    }
}

#[test]
fn no_code_stands_in_two_rows_and_only_the_last_row_has_none() {
    let mut seen = BTreeMap::new();
    for (row, codes) in TABLE.iter().map(|row| row.codes).enumerate() {
        assert_eq!(codes.is_empty(), row + 1 == TABLE.len(), "row {row}");
        for code in codes {
            assert_eq!(seen.insert(*code, row), None, "{code}");
        }
    }
}

#[test]
fn what_the_wire_calls_retriable_is_retried_or_looked_up() {
    let again = [Rule::Retry, Rule::RetrySoon, Rule::Find];
    for code in ErrorCode::all().filter(|code| code.class().is_retriable()) {
        for (name, asked) in COLUMNS {
            let rule = verdict_in(TABLE, asked, code).rule;
            assert!(again.contains(&rule), "{code} in {name}: {rule:?}");
        }
    }
}

/// How many verdicts of the table agree with the page, or which does not.
fn check(table: &[Row]) -> Result<usize, String> {
    let page = read(PAGE);
    let mut asserted = 0;
    let known = ErrorCode::all().map(|code| (code, code.name().unwrap_or_default()));
    let unknown = UNKNOWN.map(|code| (ErrorCode(code), "(unknown)"));
    for (code, name) in known.chain(unknown) {
        for (column, asked) in COLUMNS {
            let Some(expected) = page.get(&(name, column)) else {
                return Err(format!("{code} has no {column}"));
            };
            let found = verdict_in(table, asked, code);
            if found != *expected {
                return Err(format!("{code}, {column}: {found:?}, not {expected:?}"));
            }
            asserted += 1;
        }
    }
    Ok(asserted)
}

/// The verdict of each code and column of the page.
fn read(page: &str) -> BTreeMap<(&str, &str), Verdict> {
    let mut verdicts = BTreeMap::new();
    let mut codes: Vec<&str> = Vec::new();
    let lines = page.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in lines {
        let mut words = line.split_whitespace();
        match words.next().unwrap() {
            "group" => codes.clear(),
            "codes" => codes.extend(words),
            column => {
                let evidence = named(&EVIDENCE, words.next().unwrap());
                let verdict = Verdict { evidence, rule: named(&RULES, words.next().unwrap()) };
                for code in &codes {
                    assert_eq!(verdicts.insert((*code, column), verdict), None, "{code} {column}");
                }
            }
        }
    }
    verdicts
}

fn named<T: Copy>(names: &[(&str, T)], name: &str) -> T {
    names.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("{name}?")).1
}

fn with_one_other_cell(seed: usize) -> Vec<Row> {
    let mut table = TABLE.to_vec();
    let mixed = (seed + 1).wrapping_mul(0x9E37_79B9) >> 3;
    let row = mixed % table.len();
    let column = mixed / 32 % COLUMNS.len();
    let before = table[row].cells[column];
    let others: Vec<Rule> =
        RULES.iter().map(|(_, rule)| *rule).filter(|rule| *rule != before.rule).collect();
    table[row].cells[column].rule = others[mixed / 1024 % others.len()];
    table
}
