//! The documentation of generated types: our own sentences, then the facts of the spec.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::super::ir::{Default, Field, Message};
use super::super::names;
use crate::specs::versions::Versions;
use crate::support;

/// The sentences for one message, from `protocol-specs/docs/NAME.json`; empty where it has none.
#[derive(Default)]
pub(super) struct Docs {
    message: Option<String>,
    structs: BTreeMap<String, String>,
    fields: BTreeMap<String, String>,
}

impl Docs {
    /// Loads the sentences of a message; every one of them must be about something it has.
    pub(super) fn load(message: &Message) -> Result<Self, String> {
        let file = format!("protocol-specs/docs/{}.json", message.name);
        let path: PathBuf = support::root().join(&file);
        if !path.exists() {
            return Ok(Self::default());
        }
        let value: Value = serde_json::from_str(&support::read(&path)?)
            .map_err(|error| format!("{file}: {error}"))?;
        let docs = Self {
            message: value.get("message").and_then(Value::as_str).map(str::to_owned),
            structs: sentences(&value, "structs"),
            fields: sentences(&value, "fields"),
        };
        docs.check(message).map_err(|error| format!("{file}: {error}"))?;
        Ok(docs)
    }

    fn check(&self, message: &Message) -> Result<(), String> {
        for name in self.structs.keys() {
            if !message.structs.iter().any(|one| one.name == *name) {
                return Err(format!("there is no struct {name}"));
            }
        }
        for path in self.fields.keys() {
            let (parent, name) = path.split_once('.').unwrap_or((path, ""));
            let one = message.structs.iter().find(|one| one.name == parent);
            if !one.is_some_and(|one| one.fields.iter().any(|field| field.name == name)) {
                return Err(format!("there is no field {path}"));
            }
        }
        Ok(())
    }

    /// The doc comment of a struct.
    pub(super) fn of_struct(&self, message: &Message, name: &str, versions: Versions) -> String {
        let is_root = message.root().name == name;
        let sentence = if is_root { self.message.as_ref() } else { self.structs.get(name) };
        let facts = match (is_root, message.api_key) {
            (true, Some(key)) => {
                format!("`{name}`, key {key}, versions {versions}{}", flexible(message))
            }
            (true, None) => format!("`{name}`, versions {versions}{}", flexible(message)),
            (false, _) => format!("`{name}` of `{}`, versions {versions}", message.name),
        };
        comment(sentence, &format!("{facts}."))
    }

    /// The doc comment of a field.
    pub(super) fn of_field(&self, parent: &str, field: &Field, all: Versions) -> String {
        comment(self.fields.get(&format!("{parent}.{}", field.name)), &facts(field, all))
    }
}

fn sentences(value: &Value, key: &str) -> BTreeMap<String, String> {
    let object = value.get(key).and_then(Value::as_object);
    let entries = object.into_iter().flatten();
    entries.filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect()
}

fn flexible(message: &Message) -> String {
    match message.flexible {
        none if none.is_empty() => String::new(),
        some => format!(", flexible from {}", some.min),
    }
}

fn facts(field: &Field, all: Versions) -> String {
    let ranged = |word: &str, range: Versions, outer: Versions| match range {
        _ if range.is_empty() => String::new(),
        _ if range.covers(outer) => format!(", {word}"),
        _ => format!(", {word} in {range}"),
    };
    let versions = if field.presence.covers(all) {
        "all versions".to_owned()
    } else {
        format!("versions {}", field.presence)
    };
    let tag = field.tag.filter(|tag| !tag.versions.is_empty());
    let tag = tag.map(|tag| ranged(&format!("tag {}", tag.number), tag.versions, field.presence));
    let default = match &field.default {
        Default::Implicit => String::new(),
        Default::Null => ", null by default".to_owned(),
        Default::True => ", true by default".to_owned(),
        Default::Int(value) => format!(", {value} by default"),
        Default::Float(text) | Default::Text(text) => format!(", `{text}` by default"),
        Default::Uuid(value) => format!(", {value:#x} by default"),
    };
    let ignorable = if field.ignorable && !field.presence.covers(all) {
        ", dropped silently elsewhere"
    } else {
        ""
    };
    let name = &field.name;
    let nullable = ranged("nullable", field.nullable, field.presence);
    format!("`{name}`: {versions}{}{nullable}{default}{ignorable}.", tag.unwrap_or_default())
}

/// A doc comment: the sentence, then the facts as a paragraph of their own; lines of 100 columns.
fn comment(sentence: Option<&String>, facts: &str) -> String {
    let paragraphs: Vec<&str> = sentence.map(String::as_str).into_iter().chain([facts]).collect();
    let mut out = String::new();
    for (at, paragraph) in paragraphs.iter().enumerate() {
        if at > 0 {
            out.push_str("///\n");
        }
        wrap(paragraph, &mut out);
    }
    out
}

/// Narrow enough for the deepest place a comment stands in.
const WIDTH: usize = 86;

fn wrap(text: &str, out: &mut String) {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.len() + word.len() >= WIDTH {
            out.push_str(&format!("///{line}\n"));
            line.clear();
        }
        line.push(' ');
        line.push_str(word);
    }
    out.push_str(&format!("///{line}\n"));
}

/// The title of a file: what its messages are called together.
pub(super) fn title(base: &str) -> String {
    names::snake(base).replace('_', " ")
}
