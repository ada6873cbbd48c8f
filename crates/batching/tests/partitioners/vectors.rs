//! Replays what the other clients chose.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use klamm_batching::partitioner::{Choice, Draws, Keyless, Partitioner, by_name, by_name_with};

use crate::{Led, choose, keys, number};

#[test]
fn keys_go_where_java_sends_them() {
    assert_eq!(replay("java.txt.gz"), 70_000);
}

#[test]
fn keys_go_where_librdkafka_sends_them() {
    assert_eq!(replay("librdkafka.txt.gz"), 6 * 70_000);
}

#[test]
fn round_robin_takes_the_turns_that_java_takes() {
    let text = read("java-round-robin.txt");
    for line in text.lines().skip(1) {
        let (topic, turns) = line.split_once(": ").unwrap();
        let partitions = Led(topic.chars().map(|digit| digit == '1').collect());
        let (partitioner, draws) = (by_name("round_robin").unwrap(), Draws::new(1));
        for turn in turns.split(' ') {
            let chosen = choose(&*partitioner, &partitions, &draws, Some(b"key"));
            assert_eq!(number(chosen), Some(turn.parse().unwrap()), "{topic}");
        }
    }
    assert_eq!(text.lines().count(), 14);
}

#[test]
fn records_without_a_key_stick_or_are_drawn_as_in_librdkafka() {
    let text = read("librdkafka-keyless.txt");
    for line in text.lines().skip(2) {
        let [name, sticking, kind, place] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line} is not a line of four");
        };
        let keyless = if sticking == "on" { Keyless::Sticky } else { Keyless::Drawn };
        let key: Option<&[u8]> = match kind {
            "null" => None,
            "empty" => Some(b""),
            _ => Some(b"key"),
        };
        assert_eq!(whereabouts(&*by_name_with(name, keyless).unwrap(), key), place, "{line}");
    }
    assert_eq!(text.lines().count(), 2 + 7 * 2 * 3);
}

/// Where a hundred records with that key go.
fn whereabouts(partitioner: &dyn Partitioner, key: Option<&[u8]>) -> &'static str {
    let (partitions, draws) = (Led::all(1000), Draws::new(5));
    let places: BTreeSet<Option<u32>> =
        (0..100).map(|_| number(choose(partitioner, &partitions, &draws, key))).collect();
    match places.first() {
        Some(None) if places.len() == 1 => "sticky",
        Some(Some(_)) if places.len() == 1 => "fixed",
        _ => "drawn",
    }
}

/// Asks for each key under each count, and tells how often it asked.
fn replay(file: &str) -> usize {
    let text = read(file);
    let mut lines = text.lines().skip(1);
    let names: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let mut asked = 0;
    for (place, (key, line)) in keys::all().zip(lines.by_ref()).enumerate() {
        let mut before = "";
        for (name, cell) in names.iter().zip(line.split('\t')) {
            before = if cell == "=" { before } else { cell };
            compare(name, key.as_deref(), before, place);
            asked += keys::PARTITION_COUNTS.len();
        }
    }
    assert_eq!(lines.next(), None);
    asked
}

/// A question mark says that the key does not decide.
fn compare(name: &str, key: Option<&[u8]>, cell: &str, place: usize) {
    let (partitioner, draws) = (by_name(name).unwrap(), Draws::new(3));
    if cell == "?" {
        let chosen = choose(&*partitioner, &Led::all(12), &draws, key);
        assert_eq!(chosen, Choice::Sticky, "{name}, key {place}");
        return;
    }
    let expected = cell.split(' ').map(|partition| partition.parse().unwrap());
    assert_eq!(expected.clone().count(), keys::PARTITION_COUNTS.len());
    for (count, partition) in keys::PARTITION_COUNTS.into_iter().zip(expected) {
        let chosen = choose(&*partitioner, &Led::all(count), &draws, key);
        assert_eq!(number(chosen), Some(partition), "{name}, key {place} of {count}");
    }
}

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/choices").join(file);
    let bytes = std::fs::read(&path).unwrap();
    let mut text = String::new();
    if file.ends_with(".gz") {
        flate2::read::GzDecoder::new(&*bytes).read_to_string(&mut text).unwrap();
    } else {
        text = String::from_utf8(bytes).unwrap();
    }
    text
}
