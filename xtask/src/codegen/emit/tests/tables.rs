//! The rows of the table of APIs.

use serde_json::{Value, json};

use super::super::super::small_spec::Spec;
use super::super::tables;

/// The row of an API whose request and response state these header versions, without white space.
fn row(request: &Value, response: &Value) -> Result<String, String> {
    named_row("A", request, response)
}

fn named_row(name: &str, request: &Value, response: &Value) -> Result<String, String> {
    let specs =
        [(Spec::request(""), "Request", request), (Spec::response(""), "Response", response)];
    let specs = specs.map(|(spec, suffix, headers)| {
        spec.with("name", format!("{name}{suffix}")).with("headerVersions", headers.clone())
    });
    let parsed = specs.clone().map(|spec| spec.parsed().unwrap());
    let text = tables::api_keys(&parsed, &specs.map(|spec| spec.message()))?;
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    Ok(text.split_once("APIS:&[ApiInfo]=").unwrap().1.to_owned())
}

#[test]
fn a_row_says_what_the_request_says() {
    let spec = Spec::request("").with("listeners", json!(["broker", "controller"]));
    let spec = spec.with("latestVersionUnstable", true).with("flexibleVersions", "none");
    let text = tables::api_keys(&[spec.parsed().unwrap()], &[spec.message()]).unwrap();
    let row = "ApiInfo { key: ApiKey::A, name: \"A\", versions: Some(VersionRange::new(0, 4)), \
        latest_version_unstable: true, first_flexible: None, request_header_v2_from: None, \
        response_header_v1_from: None, listeners: &[Listener::Broker, Listener::Controller] },";
    assert!(text.contains(row), "{text}");
    assert!(text.contains("/// `A`: versions 0-4.\nA = 0,"), "{text}");
}

#[test]
fn a_removed_api_has_a_row_without_versions() {
    let text = tables::api_keys(&[Spec::removed().parsed().unwrap()], &[]).unwrap();
    assert!(text.contains("name: \"A\", versions: None, latest_version_unstable: false"), "{text}");
    assert!(text.contains("/// `A`: removed, its key is reserved.\nA = 0,"), "{text}");
}

#[test]
fn a_header_has_tags_where_the_body_has_unless_the_spec_says_otherwise() {
    let none = Value::Null;
    for (request, response, expected) in [
        (none.clone(), none.clone(), ("Some(2)", "Some(2)")),
        (
            json!({ "0-2": "1", "3+": "2" }),
            json!({ "0-3": "0", "4+": "1" }),
            ("Some(3)", "Some(4)"),
        ),
        (json!({ "0+": "2" }), json!({ "0+": "0" }), ("Some(0)", "None")),
        (json!({ "0-8": "1", "9+": "3" }), none.clone(), ("None", "Some(2)")),
    ] {
        let row = row(&request, &response).unwrap();
        let (v2, v1) = expected;
        let part = format!("request_header_v2_from:{v2},response_header_v1_from:{v1},");
        assert!(row.contains("first_flexible:Some(2)") && row.contains(&part), "{part}\n{row}");
    }
}

#[test]
fn the_answer_about_versions_has_no_tags_in_its_header() {
    let row = |headers: Value| named_row("ApiVersions", &Value::Null, &headers).unwrap();
    let rule = "request_header_v2_from:Some(2),response_header_v1_from:None,";
    assert!(row(Value::Null).contains(rule));
    assert!(row(json!({ "0+": "0" })).contains(rule));
    assert!(row(json!({ "0-3": "0", "4+": "1" })).contains("response_header_v1_from:Some(4),"));
}

#[test]
fn header_versions_that_cannot_be_told_apart_are_refused() {
    let none = Value::Null;
    for (request, response, error) in [
        (
            json!({ "0-3": "2", "4+": "3" }),
            none.clone(),
            "ARequest.json: header version 3 of version 4",
        ),
        (
            json!({ "0": "0", "1+": "1" }),
            none.clone(),
            "ARequest.json: header version 0 of version 0",
        ),
        (
            json!({ "0": "2", "1+": "1" }),
            none.clone(),
            "ARequest.json: header version 1 of version 1",
        ),
        (none, json!({ "0-1": "0", "2+": "2" }), "AResponse.json: header version 2 of version 2"),
    ] {
        assert_eq!(row(&request, &response), Err(format!("{error} is not supported yet")));
    }
}
