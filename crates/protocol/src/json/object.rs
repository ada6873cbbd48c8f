//! Objects: written field by field, read with defaults for what may be missing.

use klamm_wire::{EncodeError, EncodeErrorKind, Field};
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
}
