//! Every row does what its kind says.
#![cfg(test)]

use std::collections::BTreeSet;

use super::all_arrivals;
use super::arrivals::Arrival;
use crate::row::{Names, Row, Takes};
use crate::{Config, ConfigError, Family, Options, Source, table};

fn family_of(names: Names) -> Family {
    match names {
        Names::Both | Names::Java | Names::Own => Family::Java,
        Names::Librdkafka => Family::Librdkafka,
    }
}

pub(super) fn load(pairs: &[(&str, &str)], family: Family) -> Result<Config, ConfigError> {
    let server = ("bootstrap.servers", "default:1");
    let sources = [Source::pairs([server]), Source::pairs(pairs.iter().copied())];
    Config::load(sources, &Options::default().family(family))
}

fn load_row(row: &Row, value: &str) -> Result<Config, ConfigError> {
    load(&[(row.name, value)], family_of(row.names))
}

#[test]
fn every_row_that_sets_something_has_an_arrival() {
    let acts = |row: &&Row| match row.takes {
        Takes::Flag(_)
        | Takes::Millis(..)
        | Takes::Decimal(..)
        | Takes::Number(..)
        | Takes::Word(_)
        | Takes::Text(_)
        | Takes::Secret(_)
        | Takes::Path(_) => true,
        Takes::Only(..)
        | Takes::Ignored(_)
        | Takes::Unless(..)
        | Takes::Later
        | Takes::Never(..) => false,
    };
    let rows: BTreeSet<_> =
        table::rows().filter(acts).map(|row| (row.name, family_of(row.names) as u8)).collect();
    let arrivals: BTreeSet<_> =
        all_arrivals().map(|arrival| (arrival.name, arrival.family as u8)).collect();
    let missing: Vec<_> = rows.difference(&arrivals).collect();
    let strange: Vec<_> = arrivals.difference(&rows).collect();
    assert!(missing.is_empty() && strange.is_empty(), "no arrival: {missing:?}, {strange:?}");
}

#[test]
fn every_value_arrives_where_it_is_used() {
    for Arrival { name, family, value, beside, seen, expected } in all_arrivals() {
        let mut pairs = beside.to_vec();
        let without = load(&pairs, *family).map(|config| seen(&config));
        pairs.push((name, value));
        let with = load(&pairs, *family).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(seen(&with), *expected, "{name}={value}");
        assert_ne!(without.ok().as_deref(), Some(*expected), "{name} is not seen to do anything");
    }
}

#[test]
fn what_comes_later_is_refused_and_not_silently_dropped() {
    let mut later = 0;
    for row in table::rows().filter(|row| matches!(row.takes, Takes::Later)) {
        let problem = load_row(row, "true").unwrap_err();
        assert_eq!(problem.property.as_deref(), Some(row.name));
        assert_eq!(&*problem.problem, "this property is known, but not supported yet");
        later += 1;
    }
    assert!(later > 30, "{later}");
}

#[test]
fn what_never_comes_is_refused_with_its_reason() {
    for row in table::rows() {
        if let Takes::Never(why, fix) = row.takes {
            let error = load_row(row, "anything").unwrap_err();
            assert_eq!((&*error.problem, &*error.fix), (why, fix), "{}", row.name);
            assert_eq!(error.value, None, "{}", row.name);
        }
    }
}

#[test]
fn what_has_no_effect_is_reported() {
    for row in table::rows() {
        if let Takes::Unless(quiet, _) = row.takes {
            let warnings = load_row(row, quiet).unwrap().warnings().to_vec();
            assert!(!warnings.iter().any(|one| one.property == row.name), "{}", row.name);
        }
        if let Takes::Ignored(_) | Takes::Unless(..) = row.takes {
            let config = load_row(row, "org.example.Class").unwrap();
            let found = config.warnings().iter().any(|warning| warning.property == row.name);
            assert!(found, "{}", row.name);
        }
    }
}

#[test]
fn what_is_done_anyway_takes_that_value_alone() {
    for row in table::rows() {
        if let Takes::Only(only, _) = row.takes {
            load_row(row, only).unwrap_or_else(|error| panic!("{error}"));
            load_row(row, "other").unwrap_err();
        }
    }
}

#[test]
fn each_name_has_one_row_or_one_for_each_family() {
    let mut seen = BTreeSet::new();
    for row in table::rows() {
        let names: Vec<Names> = table::rows_of(row.name).map(|row| row.names).collect();
        match names.as_slice() {
            [_] => assert!(row.clash.is_none(), "{}", row.name),
            [Names::Java, Names::Librdkafka] | [Names::Librdkafka, Names::Java] => {}
            _ => panic!("{} has rows for {names:?}", row.name),
        }
        assert!(seen.insert((row.name, row.names as u8)), "{}", row.name);
        assert!(row.doc.ends_with('.'), "{}", row.name);
    }
    let clashing = table::rows().filter(|row| row.names == Names::Librdkafka);
    for row in clashing.filter(|row| table::rows_of(row.name).count() == 2) {
        assert!(row.clash.is_some(), "{} means two things and does not say which", row.name);
    }
}
