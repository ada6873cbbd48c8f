//! Small specs for tests, in a shorthand that leaves out the noise of JSON.
//!
//! Fields are separated by commas; each is a name, a type, its versions (`-` for none given) and
//! `key=value` for every further key. Braces hold the fields of a struct that is defined there:
//! `F string 0+ nullableVersions=1+ default=null, G []S 1+ { H int32 1+ }`.

use serde_json::{Map, Value, json};

use super::ir::Message;
use super::resolve;
use crate::specs::{model, parse};

/// The file that every small spec pretends to stand in.
pub(super) const FILE: &str = "A.json";

/// A spec that is put together key by key.
#[derive(Clone)]
pub(super) struct Spec(Value);

impl Spec {
    /// A data message `A` of versions 0-4, flexible from 2.
    pub(super) fn data(shorthand: &str) -> Self {
        Self(json!({
            "type": "data", "name": "A", "validVersions": "0-4", "flexibleVersions": "2+",
            "fields": fields(shorthand),
        }))
    }

    /// A request `ARequest` of key 0, else like [`data`](Self::data).
    pub(super) fn request(shorthand: &str) -> Self {
        Self::data(shorthand).with("type", "request").with("name", "ARequest").with("apiKey", 0)
    }

    /// A response `AResponse` of key 0, else like [`data`](Self::data).
    pub(super) fn response(shorthand: &str) -> Self {
        Self::data(shorthand).with("type", "response").with("name", "AResponse").with("apiKey", 0)
    }

    /// A header `RequestHeader`, else like [`data`](Self::data).
    pub(super) fn header(shorthand: &str) -> Self {
        Self::data(shorthand).with("type", "header").with("name", "RequestHeader")
    }

    /// An API that was removed: its key stays, its fields are gone.
    pub(super) fn removed() -> Self {
        let bare = Self::request("").with("validVersions", "none");
        bare.without("fields").without("flexibleVersions")
    }

    pub(super) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0[key] = value.into();
        self
    }

    pub(super) fn without(mut self, key: &str) -> Self {
        self.0.as_object_mut().unwrap().remove(key);
        self
    }

    /// Adds a common struct.
    pub(super) fn common(mut self, name: &str, versions: &str, shorthand: &str) -> Self {
        let one = json!({ "name": name, "versions": versions, "fields": fields(shorthand) });
        match self.0["commonStructs"].as_array_mut() {
            Some(all) => all.push(one),
            None => self.0["commonStructs"] = json!([one]),
        }
        self
    }

    pub(super) fn parsed(&self) -> Result<model::Message, String> {
        parse::message(FILE, &self.0.to_string())
    }

    /// The error where a rule is broken, `None` where there is no valid version.
    pub(super) fn resolved(&self) -> Result<Option<Message>, String> {
        resolve::message(FILE, &self.parsed()?)
    }

    /// The message of a spec that is right.
    pub(super) fn message(&self) -> Message {
        self.resolved().unwrap().unwrap()
    }
}

/// The JSON of some fields in shorthand.
fn fields(shorthand: &str) -> Value {
    let spaced = shorthand.replace('{', " { ").replace('}', " } ").replace(',', " , ");
    list(&mut spaced.split_whitespace())
}

fn list(words: &mut dyn Iterator<Item = &str>) -> Value {
    let mut done = Vec::new();
    let mut field = Map::new();
    while let Some(word) = words.next() {
        match word {
            "}" => break,
            "," => done.push(Value::Object(std::mem::take(&mut field))),
            "{" => drop(field.insert("fields".to_owned(), list(words))),
            _ => set(&mut field, word),
        }
    }
    if !field.is_empty() {
        done.push(Value::Object(field));
    }
    Value::Array(done)
}

/// Sets the key that a word names, or else the next of name, type and versions.
fn set(field: &mut Map<String, Value>, word: &str) {
    let (key, value) = word.split_once('=').unwrap_or_else(|| {
        let mut keys = ["name", "type", "versions"].into_iter();
        (keys.find(|key| !field.contains_key(*key)).unwrap(), word)
    });
    let value = if value == "-" { Value::Null } else { Value::from(value) };
    field.insert(key.to_owned(), value);
}

#[test]
fn the_shorthand_says_what_the_json_says() {
    assert_eq!(
        fields("F string 0+ default=null, G []S - tag=0 { H int32 1+ }, I bool 1"),
        json!([
            { "name": "F", "type": "string", "versions": "0+", "default": "null" },
            { "name": "G", "type": "[]S", "versions": null, "tag": "0",
              "fields": [{ "name": "H", "type": "int32", "versions": "1+" }] },
            { "name": "I", "type": "bool", "versions": "1" },
        ])
    );
}
