//! Messages as JSON, in the shape of the reference's converter.
//!
//! Keys are field names with a small first letter; only the fields of the version are there, and
//! tagged ones only if they differ from their default. Bytes are base64, uuids 22 characters of
//! URL-safe base64. The one difference: `records` are base64 too, where the reference leaves them
//! out. Unknown tagged fields are read where a struct has them under `unknownTaggedFields`, as
//! pairs of number and base64; the reference's shape has no place for them, so none are written.

mod object;
mod scalars;

use std::fmt;

use klamm_wire::EncodeError;
use serde_json::Value;

pub use object::{Fields, Object};

/// A value with a JSON form.
pub trait Json: Sized {
    /// The JSON of the value at `version`.
    ///
    /// # Errors
    /// When `version` has no place for a field that is set.
    fn to_json(&self, version: i16) -> Result<Value, EncodeError>;

    /// The value of some JSON; it owns what it holds.
    ///
    /// A field that the version lacks is read where it is there: whether the version can carry
    /// it is for encoding to say.
    ///
    /// # Errors
    /// When a field is missing, of the wrong type or out of range.
    fn from_json(value: &Value, version: i16) -> Result<Self, JsonError>;
}

/// Why some JSON is not such a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    path: Vec<String>,
    problem: String,
}

impl JsonError {
    /// An error at the value itself; the levels above add where it stands.
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self { path: Vec::new(), problem: problem.into() }
    }

    pub(crate) fn expected(what: &str, found: &Value) -> Self {
        let kind = match found {
            Value::Null => "null",
            Value::Bool(_) => "a bool",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        Self::new(format!("expected {what}, found {kind}"))
    }

    pub(crate) fn within(mut self, place: impl Into<String>) -> Self {
        self.path.insert(0, place.into());
        self
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.join("."), self.problem)
    }
}

impl std::error::Error for JsonError {}
