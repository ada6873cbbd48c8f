//! From the text of a spec file to [`Message`]: loose scalars, strict keys.
//!
//! Reads Kafka's own files (with comments and prose) and the normalised ones alike. Prose is
//! dropped here, so nothing behind this module can let it through.

use serde_json::{Map, Value};

use super::model::{Field, Flags, HeaderRange, Kind, Message, Struct};
use super::versions::Versions;

type Object = Map<String, Value>;

const MESSAGE_KEYS: &[&str] = &[
    "apiKey",
    "commonStructs",
    "deprecatedVersions",
    "fields",
    "flexibleVersions",
    "headerVersions",
    "latestVersionUnstable",
    "listeners",
    "name",
    "type",
    "validVersions",
];
const STRUCT_KEYS: &[&str] = &["deprecatedVersions", "fields", "name", "versions"];
const FIELD_KEYS: &[&str] = &[
    "about",
    "default",
    "entityType",
    "fields",
    "flexibleVersions",
    "ignorable",
    "mapKey",
    "name",
    "nullableVersions",
    "tag",
    "taggedVersions",
    "type",
    "versions",
    "zeroCopy",
];

/// Parses one spec file; errors name the file and the field.
pub(crate) fn message(file: &str, text: &str) -> Result<Message, String> {
    let value: Value = serde_json::from_str(&without_comments(text))
        .map_err(|error| format!("{file}: not JSON: {error}"))?;
    message_of(&value).map_err(|error| format!("{file}: {error}"))
}

fn message_of(value: &Value) -> Result<Message, String> {
    let object = Keys::of(value, MESSAGE_KEYS)?;
    let kind_name = object.text("type")?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == kind_name);
    Ok(Message {
        name: object.text("name")?,
        kind: kind.ok_or_else(|| format!("type `{kind_name}` is not known"))?,
        api_key: object.number("apiKey")?,
        listeners: object.list("listeners").map(scalar).collect::<Result<_, _>>()?,
        valid: object.versions("validVersions")?.ok_or("validVersions is missing")?,
        flexible: object.versions("flexibleVersions")?,
        latest_version_unstable: object.flag("latestVersionUnstable")?,
        header_versions: header_versions(&object)?,
        common_structs: object.list("commonStructs").map(struct_of).collect::<Result<_, _>>()?,
        fields: object.list("fields").map(field_of).collect::<Result<_, _>>()?,
    })
}

/// A map from ranges of versions to header versions; its keys come in no useful order.
fn header_versions(object: &Keys<'_>) -> Result<Vec<HeaderRange>, String> {
    let Some(value) = object.get("headerVersions") else { return Ok(Vec::new()) };
    let map = value.as_object().ok_or("headerVersions: expected an object")?;
    let ranges = map.iter().map(|(versions, header)| {
        let header = scalar(header)?;
        let number = header.trim().parse();
        Ok(HeaderRange {
            versions: some_versions(versions)?,
            header: number.map_err(|_| format!("`{header}` is not a header version"))?,
        })
    });
    let ranges: Result<Vec<HeaderRange>, String> = ranges.collect();
    let mut ranges = ranges.map_err(|error| format!("headerVersions: {error}"))?;
    ranges.sort_by_key(|range| range.versions.min);
    Ok(ranges)
}

fn some_versions(text: &str) -> Result<Versions, String> {
    let versions = Versions::parse(text)?;
    if versions.is_empty() {
        Err("`none` is no range of versions".to_owned())
    } else {
        Ok(versions)
    }
}

fn struct_of(value: &Value) -> Result<Struct, String> {
    let object = Keys::of(value, STRUCT_KEYS)?;
    let name = object.text("name")?;
    struct_from(&object).map_err(|error| format!("{name}: {error}"))
}

fn struct_from(object: &Keys<'_>) -> Result<Struct, String> {
    Ok(Struct {
        name: object.text("name")?,
        versions: object.versions("versions")?.ok_or("versions is missing")?,
        fields: object.list("fields").map(field_of).collect::<Result<_, _>>()?,
    })
}

fn field_of(value: &Value) -> Result<Field, String> {
    let name = Keys::of(value, FIELD_KEYS).and_then(|object| object.text("name"));
    let known = name.clone().unwrap_or_default();
    let within = |error: String| if known.is_empty() { error } else { format!("{known}: {error}") };
    let object = Keys::of(value, FIELD_KEYS)?;
    field_from(&object).map_err(within)
}

fn field_from(object: &Keys<'_>) -> Result<Field, String> {
    let fields = match object.get("fields") {
        None => None,
        Some(_) => Some(object.list("fields").map(field_of).collect::<Result<_, _>>()?),
    };
    Ok(Field {
        name: object.text("name")?,
        type_name: object.text("type")?.trim().to_owned(),
        versions: object.versions("versions")?,
        nullable: object.versions("nullableVersions")?,
        tag: object.number("tag")?,
        tagged: object.versions("taggedVersions")?,
        flexible: object.versions("flexibleVersions")?,
        default: object.get("default").map(scalar).transpose()?,
        entity_type: object.get("entityType").map(scalar).transpose()?,
        flags: Flags {
            ignorable: object.flag("ignorable")?,
            map_key: object.flag("mapKey")?,
            zero_copy: object.flag("zeroCopy")?,
        },
        fields,
    })
}

/// An object whose keys are all known; values come out coerced, as Kafka's own parser does.
struct Keys<'a>(&'a Object);

impl<'a> Keys<'a> {
    fn of(value: &'a Value, known: &[&str]) -> Result<Self, String> {
        let object =
            value.as_object().ok_or_else(|| format!("expected an object, found {value}"))?;
        match object.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(Self(object)),
            Some(key) => {
                let name = object.get("name").map(|name| scalar(name).unwrap_or_default());
                let place = name.map_or_else(String::new, |name| format!("{name}: "));
                Err(format!("{place}key `{key}` is not known"))
            }
        }
    }

    /// A JSON `null` is the same as an absent key (a default of null is the *text* `null`).
    fn get(&self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    fn text(&self, key: &str) -> Result<String, String> {
        self.get(key).map(scalar).ok_or_else(|| format!("{key} is missing"))?
    }

    fn number<N: std::str::FromStr>(&self, key: &str) -> Result<Option<N>, String> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let text = scalar(value)?;
        text.trim().parse().map(Some).map_err(|_| format!("{key} `{text}` is out of range"))
    }

    fn flag(&self, key: &str) -> Result<bool, String> {
        let text = self.get(key).map(scalar).transpose()?;
        match text.as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(format!("{key} is `{other}`, not true or false")),
        }
    }

    fn versions(&self, key: &str) -> Result<Option<Versions>, String> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let text = scalar(value)?;
        if text.trim().is_empty() {
            return Ok(None);
        }
        Versions::parse(&text).map(Some).map_err(|error| format!("{key}: {error}"))
    }

    /// The elements of an array; a single value stands for an array of one.
    fn list(&self, key: &str) -> impl Iterator<Item = &'a Value> {
        match self.get(key) {
            None => [].iter(),
            Some(Value::Array(values)) => values.iter(),
            Some(value) => std::slice::from_ref(value).iter(),
        }
    }
}

fn scalar(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(format!("`{value}` is no scalar")),
    }
}

/// Replaces `//` and `/* */` comments by spaces; what stands inside a string is left alone.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['"', '/']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let (kept, length) = match from {
            _ if from.starts_with('"') => {
                let end = string_end(from);
                (from.get(..end).unwrap_or(from), end)
            }
            _ if from.starts_with("//") => (" ", from.find('\n').unwrap_or(from.len())),
            _ if from.starts_with("/*") => {
                (" ", from.find("*/").map_or(from.len(), |end| end.saturating_add(2)))
            }
            _ => ("/", 1),
        };
        out.push_str(kept);
        rest = from.get(length..).unwrap_or_default();
    }
    out + rest
}

/// The length of the string literal that `text` begins with, both quotes included.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at.saturating_add(1),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{message, without_comments};

    #[test]
    fn comments_go_and_strings_stay() {
        let text = "// top\n{ \"a\": \"x // y /* z */ \\\" //\", /* gone */ \"b\": 1 // end\n}";
        let value: serde_json::Value = serde_json::from_str(&without_comments(text)).unwrap();
        assert_eq!(value, serde_json::json!({ "a": "x // y /* z */ \" //", "b": 1 }));
    }

    #[test]
    fn scalars_of_any_kind_are_coerced() {
        let text = r#"{ "type": "request", "name": "ARequest", "apiKey": "7", "validVersions": "0",
            "flexibleVersions": "none", "listeners": "broker",
            "fields": [{ "name": "F", "type": " int32 ", "versions": "0+", "default": 5 }] }"#;
        let message = message("A.json", text).unwrap();
        assert_eq!(message.api_key, Some(7));
        assert_eq!(message.listeners, ["broker"]);
        let field = &message.fields[0];
        assert_eq!((field.type_name.as_str(), field.default.as_deref()), ("int32", Some("5")));
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_file_and_field() {
        let text = r#"{ "type": "data", "name": "A", "validVersions": "0",
            "flexibleVersions": "none",
            "fields": [{ "name": "F", "type": "int32", "versions": "0+", "nulable": "0+" }] }"#;
        assert_eq!(message("A.json", text).unwrap_err(), "A.json: F: key `nulable` is not known");
    }

    #[test]
    fn trailing_text_and_missing_keys_are_errors() {
        assert!(message("A.json", "{} {}").unwrap_err().starts_with("A.json: not JSON"));
        assert_eq!(message("A.json", "{}").unwrap_err(), "A.json: type is missing");
    }
}
