//! What the catalogue declares about a message, beside what a line says about it.

use klamm_protocol::catalogue::{self, Entry, Kind};

use crate::fields::{self, Fields, Problem};

/// The catalogue's entry for the message of a line.
pub(crate) fn entry(line: Fields<'_>) -> Result<&'static Entry, Problem> {
    let name = line.text("message")?;
    catalogue::by_name(name).ok_or_else(|| format!("there is no message `{name}`"))
}

/// Compares the fields that place a message, all of which a message line has.
pub(crate) fn compare(problems: &mut Vec<Problem>, line: Fields<'_>, entry: &Entry, version: i16) {
    let (kind, api_key) = place(entry);
    fields::compare(problems, "kind", line.text("kind"), &kind);
    fields::compare(problems, "apiKey", line.nullable_integer("apiKey"), &api_key);
    let flexible = entry.first_flexible.is_some_and(|first| version >= first);
    fields::compare(problems, "flexible", line.bool("flexible"), &flexible);
}

fn place(entry: &Entry) -> (&'static str, Option<i16>) {
    match entry.kind {
        Kind::Request(key) => ("request", Some(key.code())),
        Kind::Response(key) => ("response", Some(key.code())),
        Kind::Header => ("header", None),
        Kind::Data => ("data", None),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn problems(line: &Value) -> Vec<Problem> {
        let mut problems = Vec::new();
        let line = Fields(line.as_object().unwrap());
        compare(&mut problems, line, entry(line).unwrap(), line.integer("version").unwrap());
        problems
    }

    #[test]
    fn what_the_catalogue_declares_is_expected() {
        let header = json!({"message": "RequestHeader", "kind": "header", "apiKey": null,
            "version": 1, "flexible": false});
        assert_eq!(problems(&header), [""; 0]);
        let request = json!({"message": "ProduceRequest", "kind": "request", "apiKey": 0,
            "version": 9, "flexible": true});
        assert_eq!(problems(&request), [""; 0]);
    }

    #[test]
    fn each_field_that_disagrees_is_told() {
        let line = json!({"message": "ProduceRequest", "kind": "response", "apiKey": null,
            "version": 9, "flexible": false});
        let starts = ["`kind`: ", "`apiKey`: ", "`flexible`: "];
        for (problem, start) in problems(&line).iter().zip(starts) {
            assert!(problem.starts_with(start), "{problem}");
        }
        assert_eq!(problems(&line).len(), starts.len());
    }

    #[test]
    fn a_message_that_is_not_in_the_catalogue_is_a_problem() {
        let line = json!({"message": "StopReplicaRequest"});
        let problem = entry(Fields(line.as_object().unwrap())).unwrap_err();
        assert_eq!(problem, "there is no message `StopReplicaRequest`");
    }
}
