//! Lines with a whole request or response: header and body, without the length before them.

use bytes::Bytes;
use klamm_protocol::ApiKey;
use klamm_protocol::catalogue::{self, Entry, Kind};
use serde_json::{Value, json};

use crate::content::Content;
use crate::fields::{self, Fields, Problem};
use crate::tags::Tags;
use crate::{declared, non_finite};

/// What is not as the line says.
pub(crate) fn check(line: Fields<'_>) -> Vec<Problem> {
    compare(line).unwrap_or_else(|problem| vec![problem])
}

/// A header, as the line describes it.
struct Header {
    entry: &'static Entry,
    version: i16,
    json: Value,
}

fn compare(line: Fields<'_>) -> Result<Vec<Problem>, Problem> {
    let entry = declared::entry(line)?;
    let version = line.integer("apiVersion")?;
    let mut problems = Vec::new();
    let header = header(&mut problems, line, entry.kind, version)?;
    let (head, body) = parts(line)?;
    let tags = Tags::of_struct(line, "headerUnknownTags", "headerUnknownTaggedFields")?;
    let of_header = Content {
        entry: header.entry,
        version: header.version,
        json: &header.json,
        tags: &tags,
        non_finite: false,
    };
    let json = line.value("json")?;
    let non_finite = non_finite::is_in(entry, json, version);
    let of_body = Content { entry, version, json, tags: &Tags::default(), non_finite };
    let header = of_header.problems(&head).into_iter().map(|found| format!("header: {found}"));
    let body = of_body.problems(&body).into_iter().map(|found| format!("body: {found}"));
    problems.extend(header.chain(body));
    Ok(problems)
}

/// Compares the versions of the headers with the table, and takes ours.
fn header(
    problems: &mut Vec<Problem>,
    line: Fields<'_>,
    kind: Kind,
    version: i16,
) -> Result<Header, Problem> {
    let frame = line.text("frame")?;
    let (name, header_version, json) = match (frame, kind) {
        ("request", Kind::Request(key)) => {
            let ours = key.request_header_version(version);
            fields::compare(problems, "headerVersion", line.integer("headerVersion"), &ours);
            fields::compare(problems, "apiKey", line.integer("apiKey"), &key.code());
            ("RequestHeader", ours, request_header(line)?)
        }
        ("response", Kind::Response(key)) => {
            fields::compare(problems, "apiKey", line.integer("apiKey"), &key.code());
            let json = json!({"correlationId": line.value("correlationId")?});
            ("ResponseHeader", key.response_header_version(version), json)
        }
        _ => return Err(format!("`frame`: no {frame} is a {}", line.text("message")?)),
    };
    if let Kind::Request(key) | Kind::Response(key) = kind {
        response_version(problems, line, key, version);
    }
    let entry = catalogue::by_name(name).ok_or_else(|| format!("there is no `{name}`"))?;
    Ok(Header { entry, version: header_version, json })
}

/// A request tells which header its response will have.
fn response_version(problems: &mut Vec<Problem>, line: Fields<'_>, key: ApiKey, version: i16) {
    let ours = key.response_header_version(version);
    let told = line.integer("responseHeaderVersion");
    fields::compare(problems, "responseHeaderVersion", told, &ours);
}

fn request_header(line: Fields<'_>) -> Result<Value, Problem> {
    Ok(json!({
        "requestApiKey": line.value("apiKey")?,
        "requestApiVersion": line.value("apiVersion")?,
        "correlationId": line.value("correlationId")?,
        "clientId": line.value("clientId")?,
    }))
}

/// The bytes of the header and those of the body.
fn parts(line: Fields<'_>) -> Result<(Bytes, Bytes), Problem> {
    let mut head = Bytes::from(line.bytes("hex")?);
    let length: usize = line.integer("headerLength")?;
    if length > head.len() {
        return Err(format!("`headerLength`: {length} is more than all {} bytes", head.len()));
    }
    let body = head.split_off(length);
    Ok((head, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Value {
        json!({"frame": "request", "message": "ListGroupsRequest", "apiKey": 16, "apiVersion": 5,
            "correlationId": 1_233_532_755, "clientId": "client-D", "headerVersion": 2,
            "responseHeaderVersion": 1, "headerLength": 19,
            "json": {"statesFilter": [], "typesFilter": []},
            "hex": "00100005498637530008636c69656e742d4400010100"})
    }

    fn response() -> Value {
        json!({"frame": "response", "message": "HeartbeatResponse", "apiKey": 12, "apiVersion": 4,
            "correlationId": 1, "responseHeaderVersion": 1, "headerUnknownTags": true,
            "headerUnknownTaggedFields": [[5, "01"]], "headerLength": 8,
            "json": {"throttleTimeMs": 7, "errorCode": 25},
            "hex": "000000010105010100000007001900"})
    }

    fn problems(line: &Value) -> Vec<Problem> {
        check(Fields(line.as_object().unwrap()))
    }

    #[test]
    fn frames_that_are_right_have_no_problems() {
        assert_eq!(problems(&request()), [""; 0]);
        assert_eq!(problems(&response()), [""; 0]);
    }

    #[test]
    fn every_field_of_a_frame_matters() {
        for whole in [request(), response()] {
            for (key, value) in whole.as_object().unwrap() {
                let mut line = whole.clone();
                line.as_object_mut().unwrap().remove(key);
                assert!(!problems(&line).is_empty(), "without {key}");
                line[key] = match value {
                    Value::Number(number) => json!(number.as_i64().unwrap() + 1),
                    Value::String(text) => json!(format!("{text}00")),
                    Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                        json!([value])
                    }
                };
                assert!(!problems(&line).is_empty(), "another {key}");
            }
        }
    }

    #[test]
    fn null_and_empty_are_two_client_ids() {
        let mut line = request();
        line["headerLength"] = json!(11);
        line["hex"] = json!("0010000549863753ffff00010100");
        line["clientId"] = json!(null);
        assert_eq!(problems(&line), [""; 0]);
        line["clientId"] = json!("");
        assert!(problems(&line)[0].starts_with("header: `clientId`: "));
    }

    #[test]
    fn a_header_that_claims_too_much_is_a_problem() {
        let mut line = request();
        line["headerLength"] = json!(23);
        assert_eq!(problems(&line), ["`headerLength`: 23 is more than all 22 bytes"]);
    }
}
