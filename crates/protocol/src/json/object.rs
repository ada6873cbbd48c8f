//! Objects: written field by field, read with defaults for what may be missing.

use std::borrow::Cow;

use klamm_wire::{EncodeError, EncodeErrorKind, Field, UnknownTag, UnknownTags};
use serde_json::{Map, Value};

use super::{Json, JsonError};

/// An object that is being written.
#[derive(Debug)]
pub struct Object {
    version: i16,
    fields: Map<String, Value>,
}

impl Object {
    /// An empty object of a message at `version`.
    pub(crate) fn at(version: i16) -> Self {
        Self { version, fields: Map::new() }
    }

    pub(crate) fn set(&mut self, key: &str, value: &impl Json) -> Result<(), EncodeError> {
        self.fields.insert(key.to_owned(), value.to_json(self.version)?);
        Ok(())
    }

    /// The error for a field that is set although the version lacks it.
    #[cfg_attr(not(feature = "all"), allow(dead_code, reason = "not every group needs it"))]
    pub(crate) fn no_place(&self, field: Field) -> EncodeError {
        EncodeError { kind: EncodeErrorKind::FieldNotInVersion, field, version: self.version }
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object.fields)
    }
}

/// An object that is being read.
#[derive(Debug)]
pub struct Fields<'v> {
    name: &'static str,
    version: i16,
    fields: &'v Map<String, Value>,
}

impl<'v> Fields<'v> {
    pub(crate) fn of(
        name: &'static str,
        value: &'v Value,
        version: i16,
    ) -> Result<Self, JsonError> {
        let fields = value.as_object().ok_or_else(|| JsonError::expected(name, value))?;
        Ok(Self { name, version, fields })
    }

    /// The value of a field, or its default where it is missing and need not be there.
    pub(crate) fn get<T: Json>(
        &self,
        key: &str,
        mandatory: bool,
        default: impl FnOnce() -> T,
    ) -> Result<T, JsonError> {
        match self.fields.get(key) {
            Some(value) => T::from_json(value, self.version).map_err(|error| error.within(key)),
            None if !mandatory => Ok(default()),
            None => {
                let problem =
                    format!("missing, and {} has it in version {}", self.name, self.version);
                Err(JsonError::new(problem).within(key))
            }
        }
    }

    /// The tagged fields that the specs do not know: pairs of number and base64, or none.
    ///
    /// The reference's converter has no shape for them and never writes them.
    pub(crate) fn unknown_tags(&self) -> Result<UnknownTags<'static>, JsonError> {
        let Some(value) = self.fields.get(UNKNOWN_TAGS) else { return Ok(UnknownTags::new()) };
        let tags: Vec<UnknownTag<'_>> =
            Vec::from_json(value, self.version).map_err(|error| error.within(UNKNOWN_TAGS))?;
        Ok(UnknownTags::from(tags))
    }
}

impl Fields<'_> {
    /// Refuses tagged fields for a struct that has no place for them in any version.
    #[cfg_attr(not(feature = "all"), allow(dead_code, reason = "not every group needs it"))]
    pub(crate) fn no_unknown_tags(&self) -> Result<(), JsonError> {
        if self.unknown_tags()?.is_empty() {
            return Ok(());
        }
        let problem = format!("{} has no tagged fields in any version", self.name);
        Err(JsonError::new(problem).within(UNKNOWN_TAGS))
    }
}

/// The key under which a struct's unknown tagged fields are read.
const UNKNOWN_TAGS: &str = "unknownTaggedFields";

impl Json for UnknownTag<'_> {
    fn to_json(&self, version: i16) -> Result<Value, EncodeError> {
        Ok(Value::Array(vec![Value::from(self.tag), self.data.to_json(version)?]))
    }

    fn from_json(value: &Value, version: i16) -> Result<Self, JsonError> {
        let pair = value.as_array().map(Vec::as_slice);
        let Some([tag, data]) = pair else {
            return Err(JsonError::expected("a tag and its data", value));
        };
        let number = tag.as_u64().and_then(|tag| u32::try_from(tag).ok());
        let tag = number.ok_or_else(|| JsonError::expected("the number of a tag", tag))?;
        Ok(Self { tag, data: Cow::from_json(data, version)? })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn unknown_tags(value: &Value) -> Result<UnknownTags<'static>, JsonError> {
        Fields::of("S", value, 0).and_then(|fields| fields.unknown_tags())
    }

    #[test]
    fn unknown_tags_are_pairs_of_number_and_base64() {
        let mut expected = UnknownTags::new();
        expected.push(7, vec![1, 2]);
        assert_eq!(unknown_tags(&json!({"unknownTaggedFields": [[7, "AQI="]]})), Ok(expected));
        assert_eq!(unknown_tags(&json!({})), Ok(UnknownTags::new()));
    }

    #[test]
    fn malformed_unknown_tags_are_refused_with_their_place() {
        for pair in [json!(7), json!([7]), json!([-1, ""]), json!([4_294_967_296_u64, ""])] {
            let error = unknown_tags(&json!({"unknownTaggedFields": [pair]})).unwrap_err();
            assert!(error.to_string().starts_with("unknownTaggedFields.[0]: "), "{error}");
        }
    }
}
