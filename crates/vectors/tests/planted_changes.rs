//! Changes planted in the corpus are reported, each as the failure of its line and of no other.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a malformed corpus must stop the test"
)]

mod corpus;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use klamm_vectors::Report;
use serde_json::{Value, json};

const SEEDS: u64 = 12;
const CHANGES: usize = 10;
/// The lines among which the changes are planted.
const LINES: usize = 60;
/// Longer lines take their time and show nothing else.
const LONGEST: usize = 3000;

/// What any change of makes a refusal wrong; with another content it mostly is one still.
const REFUSAL: &[&str] = &["message", "kind", "apiKey", "version", "flexible"];
/// How the content of a line came about says nothing about it, nor how the reference reads when it
/// is asked to do it otherwise.
const UNCHECKED: &[&str] =
    &["variant", "mutation", "category", "crcFixed", "javaMessage", "javaSkipVerdict", "asked"];
/// What any change of makes a line of damaged batches wrong, whoever refuses them.
const BAD_BATCHES: &[&str] = &["javaVerdict", "acceptedRecords", "records"];

struct Xorshift(u64);

impl Xorshift {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % bound
    }

    fn one_of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// The lines of the corpus that are short enough, read once for all tests.
fn lines() -> &'static [Vec<u8>] {
    static LINES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    LINES.get_or_init(|| {
        let texts = corpus::texts();
        let lines = texts.iter().flat_map(|(_, text)| text.split(|byte| *byte == b'\n'));
        let chosen = lines.filter(|line| !line.is_empty() && line.len() <= LONGEST);
        chosen.map(<[u8]>::to_vec).collect()
    })
}

/// Replays some lines, ten of them changed; answers the changed and the failed line numbers.
fn planted(random: &mut Xorshift, corpus: &[Vec<u8>]) -> (Vec<usize>, Report, Vec<String>) {
    let mut lines: Vec<Vec<u8>> = (0..LINES).map(|_| random.one_of(corpus).clone()).collect();
    let mut changed = BTreeSet::new();
    let mut changes = Vec::new();
    while changed.len() < CHANGES {
        let at = random.below(LINES);
        if changed.insert(at + 1) {
            let mut line: Value = serde_json::from_slice(&lines[at]).unwrap();
            changes.push(format!("{}: {}", at + 1, change(random, &mut line)));
            lines[at] = line.to_string().into_bytes();
        }
    }
    let mut report = Report::default();
    report.add_text("planted", &lines.join(&b'\n'));
    (changed.into_iter().collect(), report, changes)
}

/// Changes one value of a line, or takes it away; tells which.
fn change(random: &mut Xorshift, line: &mut Value) -> String {
    let mut places = Vec::new();
    collect(line, "", &mut places);
    let keeps_bits = line.get("nonFinite").is_some();
    let checked = checked(line);
    places.retain(|place| {
        let field = place.split('/').nth(1).unwrap();
        let is_checked = checked.is_none_or(|checked| checked.contains(&field));
        is_checked && !UNCHECKED.contains(&field) && !(keeps_bits && field == "hex")
    });
    if line.get("mutation").is_some() {
        // Records beyond those that ours reads before it refuses are not compared.
        places.retain(|place| place.matches('/').count() == 1);
    }
    // Most places are inside `json`; every field of the line gets its turn.
    let fields: Vec<String> =
        places.iter().filter(|place| place.matches('/').count() == 1).cloned().collect();
    let choice = if random.below(2) == 0 { &fields } else { &places };
    let place = random.one_of(choice).clone();
    let (parent, key) = place.rsplit_once('/').unwrap();
    if random.below(4) == 0
        && let Some(Value::Object(fields)) = line.pointer_mut(parent)
    {
        fields.remove(key);
        return format!("{place} taken away");
    }
    let value = line.pointer_mut(&place).unwrap();
    *value = another(random, key, value);
    format!("{place} is {value}")
}

/// The fields in which any change makes the line wrong; `None` for all of them.
fn checked(line: &Value) -> Option<&'static [&'static str]> {
    let is = |field| line.get(field).is_some();
    match (is("refusal"), is("mutation")) {
        (true, _) => Some(REFUSAL),
        (_, true) => Some(BAD_BATCHES),
        (false, false) => None,
    }
}

fn collect(value: &Value, place: &str, places: &mut Vec<String>) {
    let mut each = |key: &str, value| {
        let place = format!("{place}/{key}");
        collect(value, &place, places);
        places.push(place);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| each(key, value)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| each(&index.to_string(), item));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A value of the same type, where there is another one.
fn another(random: &mut Xorshift, key: &str, value: &Value) -> Value {
    match value {
        // Versions next to one another may look the same.
        Value::Number(number) if key == "version" || key == "apiVersion" => {
            json!(number.as_i64().unwrap() + 100)
        }
        Value::Number(number) => match number.as_i64() {
            Some(i64::MAX) => json!(0),
            Some(integer) => json!(integer + 1),
            None => json!(if number.as_f64() == Some(0.5) { 1.5 } else { 0.5 }),
        },
        Value::String(text) if key == "hex" && !text.is_empty() => {
            let at = random.below(text.len());
            let digit = if &text[at..=at] == "0" { "1" } else { "0" };
            json!(format!("{}{digit}{}", &text[..at], &text[at + 1..]))
        }
        Value::String(text) => json!(format!("{text}00")),
        Value::Bool(bool) => json!(!bool),
        Value::Null => json!(0),
        Value::Array(items) => {
            let mut items = items.clone();
            items.push(items.last().cloned().unwrap_or_else(|| json!({})));
            Value::Array(items)
        }
        Value::Object(_) => json!([value]),
    }
}

#[test]
fn ten_changes_are_ten_failures_of_just_these_lines() {
    for seed in 1..=SEEDS {
        expect_failures(seed, lines());
    }
}

#[test]
fn ten_changes_among_batches_are_ten_failures_of_just_these_lines() {
    for kind in ["crc", "shallow", "mutation"] {
        let corpus = lines_with(kind);
        for seed in 1..=SEEDS {
            expect_failures(seed, &corpus);
        }
    }
}

/// The lines that have a field which tells their kind.
fn lines_with(field: &str) -> Vec<Vec<u8>> {
    let has_field = |line: &&Vec<u8>| {
        let line: Value = serde_json::from_slice(line).unwrap();
        line.get(field).is_some()
    };
    let chosen: Vec<Vec<u8>> = lines().iter().filter(has_field).cloned().collect();
    assert!(!chosen.is_empty(), "{field}");
    chosen
}

/// Plants ten changes and expects to hear of each.
fn expect_failures(seed: u64, corpus: &[Vec<u8>]) {
    let (changed, report, changes) = planted(&mut Xorshift::new(seed), corpus);
    let failed: Vec<usize> = report.failures().iter().map(|failure| failure.line).collect();
    assert_eq!(failed, changed, "seed {seed}: {changes:#?}\n{report}");
    assert_eq!(report.passed(), LINES - CHANGES);
}

#[test]
fn a_line_with_a_byte_changed_at_random_fails_if_it_says_something_else() {
    let corpus = lines();
    let mut random = Xorshift::new(7);
    for _ in 0..200 {
        let mut line = random.one_of(corpus).clone();
        let whole: Value = serde_json::from_slice(&line).unwrap();
        if ["refusal", "nonFinite", "mutation"].iter().any(|kind| whole.get(kind).is_some()) {
            continue;
        }
        let at = random.below(line.len());
        line[at] ^= 1 << random.below(7);
        if is_harmless(&whole, &line) {
            continue;
        }
        let mut report = Report::default();
        report.add_text("planted", &line);
        assert!(report.failed() > 0, "byte {at} of {whole}");
    }
}

/// Whether a changed line differs where nobody looks: in a field that nobody checks, or in
/// nothing but its spelling, or in a version whose bytes look like those of another.
fn is_harmless(whole: &Value, line: &[u8]) -> bool {
    let Ok(Value::Object(mut changed)) = serde_json::from_slice(line) else { return false };
    let mut whole = whole.as_object().unwrap().clone();
    UNCHECKED.iter().for_each(|field| drop(whole.remove(*field)));
    changed.retain(|key, _| whole.contains_key(key));
    for version in ["version", "apiVersion"] {
        let is_another = changed.get(version) != whole.get(version);
        if is_another && changed.contains_key(version) {
            return true;
        }
    }
    changed == whole
}
