//! Lines with a message: its JSON and its bytes, without header and length.

use bytes::Bytes;

use crate::content::Content;
use crate::fields::{self, Fields, Problem};
use crate::tags::Tags;
use crate::{declared, non_finite};

/// What is not as the line says.
pub(crate) fn check(line: Fields<'_>) -> Vec<Problem> {
    compare(line).unwrap_or_else(|problem| vec![problem])
}

fn compare(line: Fields<'_>) -> Result<Vec<Problem>, Problem> {
    let entry = declared::entry(line)?;
    let version = line.integer("version")?;
    let json = line.value("json")?;
    let bytes = Bytes::from(line.bytes("hex")?);
    let non_finite = non_finite::is_in(entry, json, version);
    let mut problems = Vec::new();
    declared::compare(&mut problems, line, entry, version);
    fields::compare(&mut problems, "nonFinite", line.mark("nonFinite"), &non_finite);
    let tags = Tags::of(line)?;
    let content = Content { entry, version, json, tags: &tags, non_finite };
    problems.extend(content.problems(&bytes));
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A response that is flexible at version 4, in which it has no field of its own.
    fn line() -> Value {
        json!({"message": "HeartbeatResponse", "kind": "response", "apiKey": 12, "version": 4,
            "flexible": true, "unknownTags": true, "unknownTaggedFields": [[5, "0102"]],
            "json": {"throttleTimeMs": 7, "errorCode": 25}, "hex": "0000000700190105020102"})
    }

    fn problems_with(key: &str, value: Value) -> Vec<Problem> {
        let mut line = line();
        line[key] = value;
        check(Fields(line.as_object().unwrap()))
    }

    #[test]
    fn a_line_that_is_right_has_no_problems() {
        assert_eq!(check(Fields(line().as_object().unwrap())), [""; 0]);
    }

    #[test]
    fn a_changed_value_is_found_in_both_directions() {
        let problems = problems_with("json", json!({"throttleTimeMs": 7, "errorCode": 24}));
        let [json, bytes] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!(json, "`errorCode`: ours is 25, the line has 24");
        assert!(bytes.starts_with("from the JSON, byte 5: ours are …00000700|18010502"), "{bytes}");
    }

    #[test]
    fn a_changed_byte_is_found() {
        assert_eq!(problems_with("hex", json!("0000000700190105020103")).len(), 1);
        let truncated = problems_with("hex", json!("00000007001901050201"));
        assert!(truncated[0].contains("HeartbeatResponse"), "{truncated:?}");
        let longer = problems_with("hex", json!("000000070019010502010200"));
        assert!(longer[0].starts_with("byte 11: 1 bytes are left"), "{longer:?}");
    }

    #[test]
    fn changed_tags_are_found() {
        for tags in [json!([[5, "0103"]]), json!([[6, "0102"]]), json!([[5, "0102"], [6, ""]])] {
            assert_eq!(problems_with("unknownTaggedFields", tags).len(), 1);
        }
    }

    #[test]
    fn a_changed_place_is_found() {
        let changes = [
            ("version", json!(3)),
            ("apiKey", json!(13)),
            ("kind", json!("request")),
            ("flexible", json!(false)),
            ("message", json!("HeartbeatRequest")),
            ("nonFinite", json!(true)),
            ("version", json!(99)),
        ];
        for (key, value) in changes {
            assert!(!problems_with(key, value).is_empty(), "{key}");
        }
    }
}
