//! The table of error codes agrees with the reference client's, but for differences named here.
#![expect(clippy::expect_used, reason = "a malformed reference file must stop the test")]

use klamm_wire::{ErrorClass, ErrorCode};
use serde_json::Value;

/// One code whose class does not follow the marks of the reference, and why that is right.
struct Difference {
    code: ErrorCode,
    marks: &'static [&'static str],
    #[expect(dead_code, reason = "for the reader: no difference without its reason")]
    why: &'static str,
}

const DIFFERENCES: &[Difference] = &[
    Difference {
        code: ErrorCode::BROKER_NOT_AVAILABLE,
        marks: &["retriable", "refreshRetriable", "invalidMetadata"],
        why: "The broker named is not alive and nothing was done: fresh metadata names another.",
    },
    Difference {
        code: ErrorCode::UNKNOWN_LEADER_EPOCH,
        marks: &["refreshRetriable", "invalidMetadata"],
        why: "Broker and client disagree on the leader's epoch; waiting alone does not tell who \
              is behind, fresh metadata does.",
    },
    Difference {
        code: ErrorCode::ELECTION_NOT_NEEDED,
        marks: &["retriable", "refreshRetriable", "invalidMetadata"],
        why: "The preferred replica leads already: asking again gets the same answer for ever.",
    },
    Difference {
        code: ErrorCode::UNKNOWN_SUBSCRIPTION_ID,
        marks: &["retriable"],
        why: "A client asks for its telemetry subscription again and pushes under the new id.",
    },
    Difference {
        code: ErrorCode::REBOOTSTRAP_REQUIRED,
        marks: &["retriable"],
        why: "The reference begins anew below its requests, in its network layer, and needs no \
              mark for it; here the class says so.",
    },
];

#[test]
fn codes_and_names_equal_the_reference() {
    let expected: Vec<(i64, String)> = reference()
        .iter()
        .map(|entry| (code(entry), entry["name"].as_str().expect("a name").to_owned()))
        .collect();
    let ours: Vec<(i64, String)> = ErrorCode::all()
        .map(|code| (i64::from(code.0), code.name().expect("a listed code has a name").to_owned()))
        .collect();
    assert_eq!(ours.len(), 135);
    assert_eq!(ours, expected);
}

#[test]
fn only_success_lacks_an_exception() {
    let without: Vec<i64> =
        reference().iter().filter(|entry| entry["exception"].is_null()).map(code).collect();
    let ok: Vec<i64> =
        ErrorCode::all().filter(|code| code.is_ok()).map(|code| i64::from(code.0)).collect();
    assert_eq!(ok, without);
    assert_eq!(ErrorCode::default(), ErrorCode::NONE);
    assert_eq!(ErrorCode::NONE.class(), ErrorClass::Ok);
}

#[test]
fn classes_follow_the_marks_but_for_the_named_differences() {
    let found: Vec<(ErrorCode, Vec<&str>)> = reference()
        .iter()
        .map(|entry| (error_code(entry), disagreeing_marks(entry)))
        .filter(|(_, marks)| !marks.is_empty())
        .collect();
    let named: Vec<(ErrorCode, Vec<&str>)> =
        DIFFERENCES.iter().map(|named| (named.code, named.marks.to_vec())).collect();
    assert_eq!(found, named, "name a new difference with its reason, remove one that is gone");
}

#[test]
fn a_name_finds_its_code_and_nothing_else_does() {
    for code in ErrorCode::all() {
        assert_eq!(code.name().and_then(ErrorCode::from_name), Some(code));
    }
    assert_eq!(ErrorCode::from_name("not_leader_or_follower"), None);
    assert_eq!(ErrorCode::from_name(""), None);
}

#[test]
fn a_code_outside_the_table_keeps_its_number_and_is_unknown() {
    for code in [i16::MIN, -2, 134, 999, i16::MAX].map(ErrorCode) {
        assert_eq!(code.name(), None);
        assert_eq!(code.class(), ErrorClass::Unknown);
        assert!(!code.class().is_retriable());
        assert_eq!(code.to_string(), format!("UNKNOWN_ERROR_CODE ({})", code.0));
    }
}

#[test]
fn only_the_unnamed_failure_shares_the_class_of_unlisted_codes() {
    let unknown: Vec<ErrorCode> =
        ErrorCode::all().filter(|code| code.class() == ErrorClass::Unknown).collect();
    assert_eq!(unknown, [ErrorCode::UNKNOWN_SERVER_ERROR]);
}

/// The marks on which our class says something else than the reference.
fn disagreeing_marks(entry: &Value) -> Vec<&'static str> {
    let class = error_code(entry).class();
    let metadata = class == ErrorClass::RefreshMetadata;
    [
        ("retriable", class.is_retriable()),
        ("refreshRetriable", metadata || class == ErrorClass::RefreshCoordinator),
        ("invalidMetadata", metadata),
    ]
    .into_iter()
    .filter(|(mark, ours)| entry[mark] != Value::Bool(*ours))
    .map(|(mark, _)| mark)
    .collect()
}

fn error_code(entry: &Value) -> ErrorCode {
    ErrorCode(i16::try_from(code(entry)).expect("a code fits the wire"))
}

fn code(entry: &Value) -> i64 {
    entry["code"].as_i64().expect("a code")
}

/// The reference client's own table: a list of code, name, exception and marks, by code.
fn reference() -> Vec<Value> {
    serde_json::from_str(include_str!("reference/error-codes.json")).expect("a JSON list")
}
