//! Lines with a content that the reference does not write, and that ours must not write either.

use klamm_protocol::catalogue::Entry;
use klamm_wire::EncodeErrorKind;
use serde_json::Value;

use crate::declared;
use crate::fields::{Fields, Problem};
use crate::tags::{Refused, Tags};

/// What is not as the line says.
pub(crate) fn check(line: Fields<'_>) -> Vec<Problem> {
    compare(line).unwrap_or_else(|problem| vec![problem])
}

fn compare(line: Fields<'_>) -> Result<Vec<Problem>, Problem> {
    let entry = declared::entry(line)?;
    let version: i16 = line.integer("version")?;
    if !entry.versions.contains(version) {
        return Err(format!("`version`: {version} is none of {}", entry.versions));
    }
    let refusal = line.text("refusal")?;
    let json = line.value("json")?;
    let tags = Tags::of(line)?;
    let mut problems = Vec::new();
    if line.has("kind") || line.has("apiKey") || line.has("flexible") {
        declared::compare(&mut problems, line, entry, version);
    }
    match refused(entry, version, json, &tags) {
        Ok(size) => problems.push(format!("ours takes {size} bytes, the reference: {refusal}")),
        Err(refused) => problems.extend(another_reason(line, &refused)?),
    }
    if !tags.is_empty()
        && let Err(refused) = refused(entry, version, json, &Tags::default())
    {
        problems.push(format!("refused without its unknown tags as well: {refused}"));
    }
    Ok(problems)
}

/// The size of what should be refused, or why it is.
fn refused(entry: &Entry, version: i16, json: &Value, tags: &Tags) -> Result<usize, Refused> {
    tags.message(entry, json, version)?.size(version).map_err(Refused::Encode)
}

/// A line may tell what is wrong with its content, and where.
fn another_reason(line: Fields<'_>, refused: &Refused) -> Result<Option<Problem>, Problem> {
    if !line.has("reason") || !line.has("at") {
        return Ok(None);
    }
    let (reason, at) = (line.text("reason")?, line.text("at")?);
    let problem = format!("refused for another reason than `{reason}` at `{at}`: {refused}");
    Ok((!explains(reason, at, refused)).then_some(problem))
}

/// Whether we refuse a content for the reason that a line tells.
fn explains(reason: &str, at: &str, refused: &Refused) -> bool {
    let kind = match reason {
        "absent-field" => EncodeErrorKind::FieldNotInVersion,
        "null" => EncodeErrorKind::NullNotAllowed,
        "long-text" => EncodeErrorKind::StringTooLong,
        // What our types cannot even hold is refused where it is read.
        "out-of-range" => return matches!(refused, Refused::Json(_)) && is_at(at, refused),
        "tags-not-allowed" => {
            let no_place = matches!(refused, Refused::NoPlace | Refused::Json(_));
            return no_place || is(EncodeErrorKind::TagsNotAllowed, refused);
        }
        "tags-unordered" => return is(EncodeErrorKind::TagsUnordered, refused),
        _ => return true,
    };
    is_at(at, refused) && (matches!(refused, Refused::Json(_)) || is(kind, refused))
}

fn is(kind: EncodeErrorKind, refused: &Refused) -> bool {
    matches!(refused, Refused::Encode(error) if error.kind == kind)
}

/// Errors of JSON have a path like that of the line, those of encoding name the field alone.
fn is_at(at: &str, refused: &Refused) -> bool {
    match refused {
        Refused::Json(error) => {
            let text = error.to_string().replace(".[", "[");
            text.strip_prefix(at).is_some_and(|rest| rest.starts_with([':', '[', '.']))
        }
        Refused::Encode(error) => {
            let last = at.rsplit('.').next().unwrap_or(at);
            let last = last.split('[').next().unwrap_or(last);
            let field = error.field.rsplit('.').next().unwrap_or(error.field);
            field.replace('_', "").eq_ignore_ascii_case(last)
        }
        Refused::NoPlace | Refused::Line(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problems(line: &Value) -> Vec<Problem> {
        check(Fields(line.as_object().unwrap()))
    }

    /// `groupInstanceId` came with version 3 and may not be ignored.
    fn absent() -> Value {
        json!({"message": "HeartbeatRequest", "version": 2, "refusal": "Unsupported",
            "reason": "absent-field", "at": "groupInstanceId", "json": {"groupId": "a",
            "generationId": 1, "memberId": "b", "groupInstanceId": "c"}})
    }

    #[test]
    fn what_is_refused_on_both_sides_passes() {
        assert_eq!(problems(&absent()), [""; 0]);
    }

    #[test]
    fn what_ours_writes_is_a_problem() {
        let mut line = absent();
        line["version"] = json!(3);
        assert_eq!(problems(&line), ["ours takes 13 bytes, the reference: Unsupported"]);
    }

    #[test]
    fn another_reason_is_a_problem() {
        for (key, value) in [("reason", "null"), ("at", "groupId")] {
            let mut line = absent();
            line[key] = json!(value);
            assert!(problems(&line)[0].starts_with("refused for another reason"), "{key}");
        }
    }

    #[test]
    fn a_reason_need_not_be_told() {
        let mut line = absent();
        line.as_object_mut().unwrap().remove("at");
        assert_eq!(problems(&line), [""; 0]);
    }

    #[test]
    fn tags_at_a_version_without_a_place_are_refused() {
        let mut line = absent();
        line["reason"] = json!("tags-not-allowed");
        line["unknownTags"] = json!(true);
        line["unknownTaggedFields"] = json!([[100, "00"]]);
        line["json"]["groupInstanceId"] = json!(null);
        assert_eq!(problems(&line), [""; 0]);
        line["json"]["groupId"] = json!(1);
        assert_eq!(problems(&line).len(), 1);
    }
}
