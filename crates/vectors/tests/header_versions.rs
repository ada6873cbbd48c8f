//! The table of APIs beside the reference's: ranges, unstable versions, header versions.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a malformed table must stop the test"
)]

use klamm_protocol::ApiKey;
use serde_json::Value;

/// What the reference's own table says.
fn reference() -> Value {
    serde_json::from_str(include_str!("../../protocol/tests/reference/header-versions.json"))
        .expect("the reference's table is JSON")
}

fn rows<'a>(table: &'a Value, key: &str) -> &'a [Value] {
    table[key].as_array().expect("the table has rows")
}

fn number(row: &Value, key: &str) -> i16 {
    let number = row[key].as_i64().unwrap_or_else(|| panic!("{row} has no {key}"));
    i16::try_from(number).unwrap()
}

fn api(row: &Value) -> ApiKey {
    let key = ApiKey::from_code(number(row, "apiKey"));
    key.unwrap_or_else(|| panic!("there is no API for {row}"))
}

#[test]
fn every_api_has_the_name_and_the_versions_of_the_reference() {
    let table = reference();
    let apis = rows(&table, "apis");
    assert_eq!(apis.len(), ApiKey::all().len());
    for row in apis {
        let key = api(row);
        assert_eq!(row["name"], key.name());
        let highest = number(row, "highestUnstable");
        let range = key.versions().map(|range| (range.min, range.max));
        let expected = (highest >= 0).then(|| (number(row, "lowest"), highest));
        assert_eq!(range, expected, "{row}");
    }
}

#[test]
fn the_newest_version_is_marked_unstable_where_the_reference_marks_it() {
    for row in rows(&reference(), "apis") {
        let stable = number(row, "highestStable");
        let expected = (stable >= 0).then_some(stable);
        assert_eq!(api(row).latest_stable_version(), expected, "{row}");
        let is_unstable = stable != number(row, "highestUnstable");
        assert_eq!(api(row).info().latest_version_unstable, is_unstable, "{row}");
    }
}

#[test]
fn every_version_has_the_headers_of_the_reference() {
    for row in rows(&reference(), "versions") {
        let (key, version) = (api(row), number(row, "version"));
        let request = number(row, "requestHeaderVersion");
        assert_eq!(key.request_header_version(version), request, "{row}");
        let response = number(row, "responseHeaderVersion");
        assert_eq!(key.response_header_version(version), response, "{row}");
    }
}

#[test]
fn the_reference_has_a_row_for_each_of_our_versions_and_no_other() {
    let table = reference();
    let theirs: Vec<(i16, i16)> = rows(&table, "versions")
        .iter()
        .map(|row| (number(row, "apiKey"), number(row, "version")))
        .collect();
    let ours: Vec<(i16, i16)> = ApiKey::all()
        .filter_map(|key| Some((key, key.versions()?)))
        .flat_map(|(key, range)| range.iter().map(move |version| (key.code(), version)))
        .collect();
    assert_eq!(theirs, ours);
}
