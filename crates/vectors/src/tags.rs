//! The unknown tagged fields that a line lists, and messages that carry them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use klamm_protocol::catalogue::{AnyMessage, Entry};
use klamm_protocol::json::JsonError;
use klamm_wire::EncodeError;
use serde_json::{Map, Value, json};

use crate::bytewise;
use crate::fields::{Fields, Problem};

/// Where the JSON of a struct takes unknown tags, as pairs of number and base64.
const KEY: &str = "unknownTaggedFields";

/// The unknown tags of a message.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Tags {
    /// Those of the message itself.
    top: Vec<Tag>,
    /// Those of the structs in it, each with a path like `topics[0].partitions[2]`.
    nested: Vec<(String, Tag)>,
}

#[derive(Debug, PartialEq)]
struct Tag {
    tag: u32,
    data: Vec<u8>,
}

/// Why no message comes of a line.
#[derive(Debug)]
pub(crate) enum Refused {
    Json(JsonError),
    Encode(EncodeError),
    /// The message has no place for tags in any version.
    NoPlace,
    /// The line is at odds with itself.
    Line(Problem),
}

impl Tags {
    /// The tags that a message line or a refusal lists.
    pub(crate) fn of(line: Fields<'_>) -> Result<Self, Problem> {
        let mut tags = Self::of_struct(line, "unknownTags", KEY)?;
        for entry in line.entries("unknownTagsAt")? {
            let nested = entry.as_array().map(Vec::as_slice).and_then(|entry| match entry {
                [path, tag @ ..] => Some((path.as_str()?.to_owned(), Tag::of(tag)?)),
                [] => None,
            });
            let malformed = || format!("`unknownTagsAt`: {entry} is no path, tag and data");
            tags.nested.push(nested.ok_or_else(malformed)?);
        }
        Ok(tags)
    }

    /// The tags of one struct, and the mark that tells of them.
    pub(crate) fn of_struct(line: Fields<'_>, mark: &str, list: &str) -> Result<Self, Problem> {
        let tag = |entry: &Value| {
            let tag = entry.as_array().and_then(|entry| Tag::of(entry));
            tag.ok_or_else(|| format!("`{list}`: {entry} is no tag and its data"))
        };
        let top = line.entries(list)?.iter().map(tag).collect::<Result<Vec<Tag>, Problem>>()?;
        if line.mark(mark)? == top.is_empty() {
            return Err(format!("`{mark}` and `{list}` are at odds"));
        }
        Ok(Self { top, nested: Vec::new() })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.top.is_empty() && self.nested.is_empty()
    }

    /// The message of some JSON, with these tags in it.
    pub(crate) fn message(
        &self,
        entry: &Entry,
        json: &Value,
        version: i16,
    ) -> Result<Box<dyn AnyMessage>, Refused> {
        // Types without a tag section leave out of the JSON what they have no place for.
        if !self.is_empty() && entry.first_flexible.is_none() {
            return Err(Refused::NoPlace);
        }
        let mut message = if self.nested.is_empty() {
            entry.from_json(json, version).map_err(Refused::Json)?
        } else {
            let json = self.put_into(json.clone()).map_err(Refused::Line)?;
            entry.from_json(&json, version).map_err(Refused::Json)?
        };
        let has_place = self.top.iter().all(|tag| message.push_unknown_tag(tag.tag, &tag.data));
        if has_place { Ok(message) } else { Err(Refused::NoPlace) }
    }

    fn put_into(&self, mut json: Value) -> Result<Value, Problem> {
        for (path, tag) in &self.nested {
            let found = struct_at(&mut json, path);
            let found = found.ok_or_else(|| format!("`unknownTagsAt`: no struct at `{path}`"))?;
            let tags = found.entry(KEY).or_insert_with(|| json!([]));
            if let Value::Array(tags) = tags {
                tags.push(json!([tag.tag, STANDARD.encode(&tag.data)]));
            }
        }
        Ok(json)
    }
}

impl Tag {
    fn of(entry: &[Value]) -> Option<Self> {
        let [tag, data] = entry else { return None };
        let tag = u32::try_from(tag.as_u64()?).ok()?;
        Some(Self { tag, data: bytewise::from_hex(data.as_str()?).ok()? })
    }
}

/// The struct at a path like `topics[0].partitions[2]`.
fn struct_at<'a>(json: &'a mut Value, path: &str) -> Option<&'a mut Map<String, Value>> {
    let mut here = json;
    for step in path.split('.') {
        let mut parts = step.split('[');
        here = here.as_object_mut()?.get_mut(parts.next()?)?;
        for index in parts {
            here = here.as_array_mut()?.get_mut(index.strip_suffix(']')?.parse::<usize>().ok()?)?;
        }
    }
    here.as_object_mut()
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => write!(f, "the JSON is refused: {error}"),
            Self::Encode(error) => error.fmt(f),
            Self::NoPlace => f.write_str("the message has no place for unknown tags"),
            Self::Line(problem) => f.write_str(problem),
        }
    }
}

#[cfg(test)]
mod tests {
    use klamm_protocol::catalogue;

    use super::*;

    fn tags(line: &Value) -> Result<Tags, Problem> {
        Tags::of(Fields(line.as_object().unwrap()))
    }

    #[test]
    fn listed_tags_are_read() {
        let line = json!({"unknownTags": true, "unknownTaggedFields": [[7, "00ff"]],
            "unknownTagsAt": [["a[0].b", 8, ""]]});
        let (top, nested) = (Tag { tag: 7, data: vec![0, 255] }, Tag { tag: 8, data: vec![] });
        let nested = vec![("a[0].b".to_owned(), nested)];
        assert_eq!(tags(&line), Ok(Tags { top: vec![top], nested }));
        assert_eq!(tags(&json!({})), Ok(Tags::default()));
    }

    #[test]
    fn tags_that_are_malformed_are_problems() {
        let top = |entry| json!({"unknownTags": true, "unknownTaggedFields": [entry]});
        for entry in [json!([1]), json!([-1, ""]), json!([1, "0"]), json!(1), json!([1, "", ""])] {
            assert!(tags(&top(entry.clone())).is_err(), "{entry}");
            assert!(tags(&json!({"unknownTagsAt": [entry]})).is_err());
        }
        assert!(tags(&json!({"unknownTagsAt": [[]]})).is_err());
        assert!(tags(&json!({"unknownTagsAt": 1})).is_err());
    }

    #[test]
    fn the_mark_and_the_list_go_together() {
        assert!(tags(&json!({"unknownTags": true})).is_err());
        assert!(tags(&json!({"unknownTaggedFields": [[1, ""]]})).is_err());
        assert!(tags(&json!({"unknownTags": false})).is_ok());
    }

    #[test]
    fn nested_tags_go_where_their_path_says() {
        let line = json!({"unknownTagsAt": [["a[1].b", 8, "00"], ["a[1].b", 9, ""]]});
        let found = tags(&line).unwrap().put_into(json!({"a": [{}, {"b": {"c": 1}}]}));
        let expected = json!({"c": 1, "unknownTaggedFields": [[8, "AA=="], [9, ""]]});
        assert_eq!(found, Ok(json!({"a": [{}, {"b": expected}]})));
    }

    #[test]
    fn a_message_without_a_tag_section_takes_no_tags() {
        let entry = catalogue::by_name("OffsetDeleteRequest").unwrap();
        let value = json!({"groupId": "a", "topics": [{"name": "b", "partitions": []}]});
        assert!(Tags::default().message(entry, &value, 0).is_ok());
        let nested = json!({"unknownTagsAt": [["topics[0]", 8, "00"]]});
        let top = json!({"unknownTags": true, "unknownTaggedFields": [[7, "00ff"]]});
        for line in [nested, top] {
            let refused = tags(&line).unwrap().message(entry, &value, 0).unwrap_err();
            assert!(matches!(refused, Refused::NoPlace), "{refused}");
        }
    }

    #[test]
    fn a_path_that_leads_nowhere_is_a_problem() {
        let value = json!({"a": [{"b": 1}]});
        for path in ["", "a", "a[1]", "a[0].b", "a[0].c", "a[0", "a[x]", "b"] {
            assert!(struct_at(&mut value.clone(), path).is_none(), "{path}");
        }
        assert!(struct_at(&mut value.clone(), "a[0]").is_some());
    }
}
