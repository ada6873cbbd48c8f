//! The rows against what the other clients say of themselves.
#![cfg(test)]

use std::collections::BTreeSet;

use super::all_arrivals;
use crate::row::{Names, Range, Row, Takes};
use crate::table;

const JAVA: &str = include_str!("../../data/java-producer.tsv");
const LIBRDKAFKA: &str = include_str!("../../data/librdkafka.tsv");

/// What is set in code and not in words.
const NOT_WRITTEN: &str = "see dedicated API";

/// A line of a list.
struct Listed {
    name: &'static str,
    kind: &'static str,
    default: &'static str,
    range: &'static str,
}

fn cells(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let cell = |cell| if cell == "-" { "" } else { cell };
    lines.map(move |line| line.split('\t').map(cell).collect())
}

fn java() -> impl Iterator<Item = Listed> {
    cells(JAVA).map(|line| {
        let nothing = line[2].starts_with('(');
        let default = if nothing { "" } else { line[2] };
        Listed { name: line[0], kind: line[1], default, range: line[3] }
    })
}

/// Those that producers have, each once: what a topic has by the same name is the same.
fn librdkafka() -> impl Iterator<Item = Listed> {
    let mut seen = BTreeSet::new();
    let lines = cells(LIBRDKAFKA).filter(|line| line[2] != "consumers" && line[3] != NOT_WRITTEN);
    lines.filter(move |line| seen.insert(line[0])).map(|line| Listed {
        name: line[0],
        kind: line[3],
        default: line[4],
        range: line[5],
    })
}

fn row_of(name: &str, family: Names) -> Option<&'static Row> {
    table::rows_of(name).find(|row| row.names == family || row.names == Names::Both)
}

#[test]
fn every_property_of_the_other_clients_has_a_row() {
    let lacks = |family| move |name: &&str| row_of(name, family).is_none();
    let java: Vec<_> = java().map(|one| one.name).filter(lacks(Names::Java)).collect();
    assert!(java.is_empty(), "of Java: {java:?}");
    let theirs = cells(LIBRDKAFKA).filter(|line| line[3] != NOT_WRITTEN).map(|line| line[0]);
    let theirs: Vec<_> = theirs.filter(lacks(Names::Librdkafka)).collect();
    assert!(theirs.is_empty(), "of librdkafka: {theirs:?}");
}

#[test]
fn every_default_of_java_is_as_it_says_itself() {
    let stated = |name: &str| row_of(name, Names::Java).map(|row| row.java);
    assert_eq!(other_defaults(java(), stated), [""; 0]);
}

#[test]
fn every_default_of_librdkafka_is_as_it_says_itself() {
    let stated = |name: &str| row_of(name, Names::Librdkafka).map(|row| row.librdkafka);
    assert_eq!(other_defaults(librdkafka(), stated), [""; 0]);
}

fn other_defaults(
    listed: impl Iterator<Item = Listed>,
    stated: impl Fn(&str) -> Option<&'static str>,
) -> Vec<String> {
    let is_other = |one: &Listed| !is_silent(one.name) && stated(one.name) != Some(one.default);
    let others = listed.filter(|one| is_other(one));
    others.map(|one| format!("{} is {:?}", one.name, one.default)).collect()
}

/// Whether a row may say nothing of defaults: what is refused has none here.
fn is_silent(name: &str) -> bool {
    table::rows_of(name).all(|row| row.takes.is_refused())
}

#[test]
fn every_type_of_the_other_clients_is_read_as_what_it_is() {
    for (listed, family) in
        java().map(|one| (one, Names::Java)).chain(librdkafka().map(|one| (one, Names::Librdkafka)))
    {
        let row = row_of(listed.name, family).unwrap();
        let fits = match row.takes {
            Takes::Flag(_) => listed.kind == "boolean",
            Takes::Millis(..) | Takes::Number(..) => is_number(listed.kind),
            Takes::Decimal(..) => is_number(listed.kind) || listed.kind == "float",
            Takes::Word(_) | Takes::Text(_) | Takes::Secret(_) | Takes::Path(_) => {
                listed.kind != "boolean"
                    && (!is_number(listed.kind) || listed.name.ends_with("acks"))
            }
            Takes::Only(..)
            | Takes::Unless(..)
            | Takes::Ignored(_)
            | Takes::Later
            | Takes::Never(..) => true,
        };
        assert!(fits, "{} is of type {}", listed.name, listed.kind);
    }
}

fn is_number(kind: &str) -> bool {
    ["int", "long", "short", "integer"].contains(&kind)
}

/// What the other clients take and we do not: each says why where its row is.
const NARROWER: &[(&str, &str)] = &[
    ("connections.max.idle.ms", "Java closes at once with 0"),
    ("max.request.size", "nothing could be sent with 0"),
    ("request.timeout.ms", "nothing could be answered with 0"),
];

#[test]
fn every_number_that_the_other_clients_take_is_taken() {
    for (listed, family) in
        java().map(|one| (one, Names::Java)).chain(librdkafka().map(|one| (one, Names::Librdkafka)))
    {
        let row = row_of(listed.name, family).unwrap();
        let (Takes::Millis(range, _) | Takes::Decimal(range, _) | Takes::Number(range, _)) =
            row.takes
        else {
            continue;
        };
        let is_narrower = NARROWER.iter().any(|(name, _)| *name == listed.name);
        let holds = ends(listed.range).iter().all(|end| range.holds(*end));
        assert!(holds || is_narrower, "{}: {} is not {}", listed.name, listed.range, shown(range));
    }
}

fn shown(range: Range) -> String {
    range.in_words()
}

/// The numbers of a range: `[1,...,17]`, `[0,...]` or `1 .. 9`.
fn ends(range: &str) -> Vec<i64> {
    let parts = range.split(|c: char| !c.is_ascii_digit() && c != '-');
    parts.filter_map(|part| part.parse().ok()).collect()
}

/// What is not seen to be the default, though it is: to say it says more than the number.
const SAYS_MORE: &[&str] = &[
    "reconnect.backoff.ms",
    "compression.gzip.level",
    "compression.lz4.level",
    "compression.zstd.level",
];

#[test]
fn our_defaults_are_what_is_done_without_a_word() {
    let mut others = Vec::new();
    for arrival in all_arrivals() {
        let rows = table::rows_of(arrival.name);
        let row = rows.min_by_key(|row| row.names != Names::Both && !arrival.reads(row)).unwrap();
        let default = row.default_here();
        let mut pairs = arrival.beside.to_vec();
        let Ok(without) = super::walk::load(&pairs, arrival.family) else { continue };
        if default.is_empty() || SAYS_MORE.contains(&arrival.name) {
            continue;
        }
        pairs.push((arrival.name, default));
        let with = super::walk::load(&pairs, arrival.family).unwrap();
        if (arrival.seen)(&with) != (arrival.seen)(&without) {
            others.push(format!("{}={default}: {}", arrival.name, (arrival.seen)(&without)));
        }
    }
    assert_eq!(others, [""; 0]);
}
