//! The JSON of everything that is not a struct.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use klamm_wire::{
    EncodeError, Epoch, ErrorCode, Fixed, FixedArray, NodeId, PartitionIndex, ProducerId, TopicId,
    Uuid,
};
use serde_json::Value;

use super::{Json, JsonError};
use crate::records::Records;

impl Json for bool {
    fn to_json(&self, _version: i16) -> Result<Value, EncodeError> {
        Ok(Value::Bool(*self))
    }

    fn from_json(value: &Value, _version: i16) -> Result<Self, JsonError> {
        value.as_bool().ok_or_else(|| JsonError::expected("a bool", value))
    }
}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl Json for $integer {
            fn to_json(&self, _version: i16) -> Result<Value, EncodeError> {
                Ok(Value::from(*self))
            }

            fn from_json(value: &Value, _version: i16) -> Result<Self, JsonError> {
                let expected = concat!("an integer of type ", stringify!($integer));
                let wide = value.as_i64().ok_or_else(|| JsonError::expected(expected, value))?;
                let out_of_range = |_| JsonError::new(format!("{wide} is not {expected}"));
                Self::try_from(wide).map_err(out_of_range)
            }
        }
    )*};
}
integers!(i8, i16, u16, i32, u32, i64);

macro_rules! newtypes {
    ($($newtype:ident($inner:ty)),*) => {$(
        impl Json for $newtype {
            fn to_json(&self, version: i16) -> Result<Value, EncodeError> {
                self.0.to_json(version)
            }

            fn from_json(value: &Value, version: i16) -> Result<Self, JsonError> {
                <$inner>::from_json(value, version).map($newtype)
            }
        }
    )*};
}
newtypes!(
    NodeId(i32),
    PartitionIndex(i32),
    ProducerId(i64),
    Epoch(i16),
    ErrorCode(i16),
    TopicId(Uuid)
);

/// JSON has no number that is not finite; the reference's vectors name those.
impl Json for f64 {
    fn to_json(&self, _version: i16) -> Result<Value, EncodeError> {
        Ok(match *self {
            value if value.is_nan() => Value::from("NaN"),
            f64::INFINITY => Value::from("Infinity"),
            f64::NEG_INFINITY => Value::from("-Infinity"),
            value => Value::from(value),
        })
    }

    fn from_json(value: &Value, _version: i16) -> Result<Self, JsonError> {
        match value.as_str() {
            Some("NaN") => Ok(Self::NAN),
            Some("Infinity") => Ok(Self::INFINITY),
            Some("-Infinity") => Ok(Self::NEG_INFINITY),
            _ => value.as_f64().ok_or_else(|| JsonError::expected("a number", value)),
        }
    }
}

impl Json for Uuid {
    fn to_json(&self, _version: i16) -> Result<Value, EncodeError> {
        Ok(Value::from(self.to_string()))
    }

    fn from_json(value: &Value, _version: i16) -> Result<Self, JsonError> {
        let text = text(value)?;
        text.parse().map_err(|error| JsonError::new(format!("`{text}`: {error}")))
    }
}

impl Json for Cow<'_, str> {
    fn to_json(&self, _version: i16) -> Result<Value, EncodeError> {
        Ok(Value::from(self.as_ref()))
    }

    fn from_json(value: &Value, _version: i16) -> Result<Self, JsonError> {
        text(value).map(|text| Cow::Owned(text.to_owned()))
    }
}

impl Json for Cow<'_, [u8]> {
    fn to_json(&self, _version: i16) -> Result<Value, EncodeError> {
        Ok(Value::from(STANDARD.encode(self)))
    }

    fn from_json(value: &Value, _version: i16) -> Result<Self, JsonError> {
        base64(value).map(Cow::Owned)
    }
}

impl Json for Records<'_> {
    fn to_json(&self, _version: i16) -> Result<Value, EncodeError> {
        Ok(Value::from(STANDARD.encode(self.to_bytes())))
    }

    fn from_json(value: &Value, _version: i16) -> Result<Self, JsonError> {
        base64(value).map(|bytes| Self::from(Bytes::from(bytes)))
    }
}

impl<T: Json> Json for Option<T> {
    fn to_json(&self, version: i16) -> Result<Value, EncodeError> {
        self.as_ref().map_or(Ok(Value::Null), |some| some.to_json(version))
    }

    fn from_json(value: &Value, version: i16) -> Result<Self, JsonError> {
        if value.is_null() { Ok(None) } else { T::from_json(value, version).map(Some) }
    }
}

impl<T: Json> Json for Box<T> {
    fn to_json(&self, version: i16) -> Result<Value, EncodeError> {
        self.as_ref().to_json(version)
    }

    fn from_json(value: &Value, version: i16) -> Result<Self, JsonError> {
        T::from_json(value, version).map(Self::new)
    }
}

impl<T: Json> Json for Vec<T> {
    fn to_json(&self, version: i16) -> Result<Value, EncodeError> {
        let items: Result<Vec<Value>, _> = self.iter().map(|item| item.to_json(version)).collect();
        items.map(Value::Array)
    }

    fn from_json(value: &Value, version: i16) -> Result<Self, JsonError> {
        let Value::Array(items) = value else {
            return Err(JsonError::expected("an array", value));
        };
        let item = |(at, item)| {
            T::from_json(item, version).map_err(|error| error.within(format!("[{at}]")))
        };
        items.iter().enumerate().map(item).collect()
    }
}

impl<T: Fixed + Json> Json for FixedArray<'_, T> {
    fn to_json(&self, version: i16) -> Result<Value, EncodeError> {
        let items: Result<Vec<Value>, _> = self.iter().map(|item| item.to_json(version)).collect();
        items.map(Value::Array)
    }

    fn from_json(value: &Value, version: i16) -> Result<Self, JsonError> {
        Vec::from_json(value, version).map(Self::from)
    }
}

fn text(value: &Value) -> Result<&str, JsonError> {
    value.as_str().ok_or_else(|| JsonError::expected("a string", value))
}

fn base64(value: &Value) -> Result<Vec<u8>, JsonError> {
    STANDARD.decode(text(value)?).map_err(|error| JsonError::new(format!("base64: {error}")))
}
