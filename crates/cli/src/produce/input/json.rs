//! Records as JSON objects, one on each line: what `kcat -J` and our own outputs print, and more.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::hex;
use crate::produce::row::Row;

/// What other programs say of a record that they read, and nobody can ask for.
const KNOWN: &[&str] = &[
    "offset",
    "tstype",
    "timestamp_type",
    "broker",
    "latency_ms",
    "key_schema_id",
    "value_schema_id",
];

/// The most names that an object may have.
const NAMES: usize = 64;

/// How a text stands for bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Base64,
    Hex,
    /// The JSON itself, as it is written.
    Json,
}

impl Encoding {
    fn read(raw: &RawValue) -> Result<Self, String> {
        match text(raw)?.as_ref() {
            "utf8" => Ok(Self::Utf8),
            "base64" => Ok(Self::Base64),
            "hex" => Ok(Self::Hex),
            "json" => Ok(Self::Json),
            _ => Err("it is utf8, base64, hex or json".to_owned()),
        }
    }

    fn bytes<'a>(self, raw: &'a RawValue) -> Result<Cow<'a, [u8]>, String> {
        match self {
            Self::Json => Ok(Cow::Borrowed(raw.get().as_bytes())),
            Self::Utf8 => Ok(match text(raw)? {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            }),
            Self::Base64 => {
                let decoded = base64::engine::general_purpose::STANDARD.decode(text(raw)?.as_ref());
                decoded.map(Cow::Owned).map_err(|error| format!("no base64: {error}"))
            }
            Self::Hex => hex::bytes(text(raw)?.as_bytes()).map(Cow::Owned),
        }
    }
}

/// Reads the object of a line.
pub(super) fn read(line: &[u8], row: &mut Row) -> Result<(), String> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let text = std::str::from_utf8(line).map_err(|error| {
        format!("it is not in UTF-8 from byte {} on", error.valid_up_to().saturating_add(1))
    })?;
    let object: Object<'_> = serde_json::from_str(text).map_err(|error| without_line(&error))?;
    for (at, (name, _)) in object.0.iter().enumerate() {
        if object.0.iter().take(at).any(|(other, _)| other == name) {
            return Err(format!("`{}` stands there twice", crate::doctor::clean(name)));
        }
    }
    fill(&object, row)
}

fn fill(object: &Object<'_>, row: &mut Row) -> Result<(), String> {
    let key_encoding = object.encoding("key_encoding")?;
    let value_encoding = object.encoding("value_encoding")?;
    let mut has_value = false;
    for (name, raw) in &object.0 {
        let read = match name.as_ref() {
            "topic" => optional(raw, text).map(|topic| topic.iter().for_each(|t| row.set_topic(t))),
            "partition" => optional(raw, number).map(|partition| row.partition = partition),
            "timestamp" | "ts" => optional(raw, number).map(|time| row.timestamp = time),
            "key" => nullable(raw, key_encoding).map(|key| row.set_key(key.as_deref())),
            "value" | "payload" if has_value => Err("the value stands there twice".to_owned()),
            "value" | "payload" => {
                has_value = true;
                nullable(raw, value_encoding).map(|value| row.set_value(value.as_deref()))
            }
            "headers" => headers(raw, row),
            "key_encoding" | "value_encoding" => Ok(()),
            known if KNOWN.contains(&known) => Ok(()),
            _ => Err("no such name; those of a record are topic, partition, timestamp, key, \
                      value, headers, key_encoding and value_encoding"
                .to_owned()),
        };
        read.map_err(|what| format!("`{}`: {what}", crate::doctor::clean(name)))?;
    }
    if has_value {
        Ok(())
    } else {
        Err("there is no `value`; a record without one says null".to_owned())
    }
}

/// A list of objects with `key` and `value`, or, as kcat prints it, of keys and values in turn.
fn headers(raw: &RawValue, row: &mut Row) -> Result<(), String> {
    if is_null(raw) {
        return Ok(());
    }
    let list: Vec<&RawValue> = serde_json::from_str(raw.get())
        .map_err(|_| "a list of objects with `key` and `value` is wanted".to_owned())?;
    if list.first().is_some_and(|first| first.get().starts_with('{')) {
        return list.into_iter().try_for_each(|one| header(one, row));
    }
    for pair in list.chunks(2) {
        let [key, value] = pair else { return Err("the last key has no value".to_owned()) };
        row.add_header(&text(key)?, nullable(value, Encoding::Utf8)?.as_deref());
    }
    Ok(())
}

fn header(raw: &RawValue, row: &mut Row) -> Result<(), String> {
    let object: Object<'_> =
        serde_json::from_str(raw.get()).map_err(|error| without_line(&error))?;
    let encoding = object.encoding("value_encoding")?;
    let (mut key, mut value) = (None, None);
    for (name, raw) in &object.0 {
        match name.as_ref() {
            "key" if key.is_none() => key = Some(text(raw)?),
            "value" if value.is_none() => value = Some(nullable(raw, encoding)?),
            "value_encoding" => {}
            _ => return Err("a header has a `key`, a `value` and a `value_encoding`".to_owned()),
        }
    }
    let (Some(key), Some(value)) = (key, value) else {
        return Err("a header has a `key` and a `value`".to_owned());
    };
    row.add_header(&key, value.as_deref());
    Ok(())
}

fn is_null(raw: &RawValue) -> bool {
    raw.get() == "null"
}

fn optional<'a, T>(
    raw: &'a RawValue,
    read: fn(&'a RawValue) -> Result<T, String>,
) -> Result<Option<T>, String> {
    if is_null(raw) { Ok(None) } else { read(raw).map(Some) }
}

fn nullable(raw: &RawValue, encoding: Encoding) -> Result<Option<Cow<'_, [u8]>>, String> {
    if is_null(raw) { Ok(None) } else { encoding.bytes(raw).map(Some) }
}

fn number<T: for<'a> Deserialize<'a>>(raw: &RawValue) -> Result<T, String> {
    serde_json::from_str(raw.get()).map_err(|_| "no whole number that can be one".to_owned())
}

fn text(raw: &RawValue) -> Result<Cow<'_, str>, String> {
    let json = raw.get();
    // Most texts have no escape and need no copy.
    let plain = json.strip_prefix('"').and_then(|json| json.strip_suffix('"'));
    if let Some(plain) = plain.filter(|plain| !plain.contains('\\')) {
        return Ok(Cow::Borrowed(plain));
    }
    let read: Result<String, _> = serde_json::from_str(json);
    read.map(Cow::Owned).map_err(|_| match json.as_bytes().first() {
        Some(b'"') => "the text has an escape that is no character".to_owned(),
        _ => "no text; \"value_encoding\":\"json\" sends JSON as it is".to_owned(),
    })
}

/// The line of the error is always the first one, and would only mislead.
fn without_line(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    format!("{words} at byte {}", error.column())
}

/// The names and values of an object, in its order.
struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl Object<'_> {
    fn encoding(&self, name: &str) -> Result<Encoding, String> {
        let given = self.0.iter().find(|(known, _)| known == name);
        let read = given.map(|(_, raw)| Encoding::read(raw)).transpose();
        read.map(|read| read.unwrap_or(Encoding::Utf8)).map_err(|what| format!("`{name}`: {what}"))
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Names)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = map.next_key::<Name<'de>>()? {
            if names.len() == NAMES {
                return Err(serde::de::Error::custom("it has more names than any record"));
            }
            names.push((name.0, map.next_value()?));
        }
        Ok(Object(names))
    }
}

/// A name, borrowed where it has no escape.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}
