//! Values as bytes.
//!
//! ```
//! use klamm::serialize::{BigEndian, Nullable, Serializer as _, Utf8};
//!
//! let mut buffer = Vec::new();
//! assert_eq!(BigEndian.bytes(&258_u32, &mut buffer)?, Some(&[0, 0, 1, 2][..]));
//! assert_eq!(Utf8.bytes("grün", &mut buffer)?, Some("grün".as_bytes()));
//! assert_eq!(Nullable(Utf8).bytes(&None::<String>, &mut buffer)?, None);
//! # Ok::<(), klamm::serialize::SerializeError>(())
//! ```

use std::error::Error as StdError;
use std::fmt;

/// Makes bytes of values.
pub trait Serializer<T: ?Sized> {
    /// Appends the bytes of `value` to `into`; `Ok(false)` for a null.
    ///
    /// # Errors
    /// When it has no bytes.
    fn serialize(&self, value: &T, into: &mut Vec<u8>) -> Result<bool, SerializeError>;

    /// The bytes of `value` in a buffer that is used again and again; nothing for a null. What
    /// [`Record::value_or_null`](crate::Record::value_or_null) takes.
    ///
    /// # Errors
    /// When it has no bytes.
    fn bytes<'b>(
        &self,
        value: &T,
        buffer: &'b mut Vec<u8>,
    ) -> Result<Option<&'b [u8]>, SerializeError> {
        buffer.clear();
        let is_some = self.serialize(value, buffer)?;
        Ok(is_some.then_some(buffer.as_slice()))
    }
}

/// A value that has no bytes.
#[derive(Debug)]
pub struct SerializeError(pub Box<dyn StdError + Send + Sync>);

impl fmt::Display for SerializeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the value has no bytes: {}", self.0)
    }
}

impl StdError for SerializeError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0)
    }
}

/// Bytes as they are: slices, arrays, vectors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bytes;

impl<T: AsRef<[u8]> + ?Sized> Serializer<T> for Bytes {
    fn serialize(&self, value: &T, into: &mut Vec<u8>) -> Result<bool, SerializeError> {
        into.extend_from_slice(value.as_ref());
        Ok(true)
    }
}

/// Text as UTF-8, as Java's `StringSerializer` writes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Utf8;

impl<T: AsRef<str> + ?Sized> Serializer<T> for Utf8 {
    fn serialize(&self, value: &T, into: &mut Vec<u8>) -> Result<bool, SerializeError> {
        into.extend_from_slice(value.as_ref().as_bytes());
        Ok(true)
    }
}

/// Numbers with the greatest byte first, as Java's serializers of numbers write them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BigEndian;

macro_rules! big_endian {
    ($($number:ty),+) => {$(
        impl Serializer<$number> for BigEndian {
            fn serialize(
                &self,
                value: &$number,
                into: &mut Vec<u8>,
            ) -> Result<bool, SerializeError> {
                into.extend_from_slice(&value.to_be_bytes());
                Ok(true)
            }
        }
    )+};
}

big_endian!(u8, u16, u32, u64, u128, i8, i16, i32, i64, i128, f32, f64);

/// Null for `None`, and for `Some` what another serializer makes of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Nullable<S>(pub S);

impl<T, S: Serializer<T>> Serializer<Option<T>> for Nullable<S> {
    fn serialize(&self, value: &Option<T>, into: &mut Vec<u8>) -> Result<bool, SerializeError> {
        value.as_ref().map_or(Ok(false), |value| self.0.serialize(value, into))
    }
}

/// JSON, of whatever serde serializes. For compacted topics: a `null` of JSON is no null.
#[cfg(feature = "json")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Json {
    is_pretty: bool,
}

#[cfg(feature = "json")]
impl Json {
    /// Without a blank too many.
    pub const COMPACT: Self = Self { is_pretty: false };
    /// For people who read it.
    pub const PRETTY: Self = Self { is_pretty: true };
}

#[cfg(feature = "json")]
impl<T: serde::Serialize + ?Sized> Serializer<T> for Json {
    fn serialize(&self, value: &T, into: &mut Vec<u8>) -> Result<bool, SerializeError> {
        let written = if self.is_pretty {
            serde_json::to_writer_pretty(into, value)
        } else {
            serde_json::to_writer(into, value)
        };
        written.map(|()| true).map_err(|error| SerializeError(Box::new(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<T: ?Sized>(serializer: &impl Serializer<T>, value: &T) -> Option<Vec<u8>> {
        let mut buffer = b"left over".to_vec();
        serializer.bytes(value, &mut buffer).unwrap().map(<[u8]>::to_vec)
    }

    #[test]
    fn numbers_have_their_greatest_byte_first() {
        assert_eq!(bytes(&BigEndian, &0x0102_i16), Some(vec![1, 2]));
        assert_eq!(bytes(&BigEndian, &-2_i64), Some(vec![255, 255, 255, 255, 255, 255, 255, 254]));
        assert_eq!(bytes(&BigEndian, &1.5_f64), Some(1.5_f64.to_be_bytes().to_vec()));
    }

    #[test]
    fn an_empty_text_is_no_null() {
        assert_eq!(bytes(&Utf8, ""), Some(Vec::new()));
        assert_eq!(bytes(&Nullable(Utf8), &Some("a")), Some(b"a".to_vec()));
        assert_eq!(bytes(&Nullable(Utf8), &None::<String>), None);
        assert_eq!(bytes(&Bytes, &[0xff_u8, 0]), Some(vec![0xff, 0]));
    }

    #[cfg(feature = "json")]
    #[test]
    fn json_is_compact_or_pretty_and_says_what_it_cannot_write() {
        let value = std::collections::BTreeMap::from([("a", 1)]);
        assert_eq!(bytes(&Json::COMPACT, &value), Some(b"{\"a\":1}".to_vec()));
        assert_eq!(bytes(&Json::PRETTY, &value), Some(b"{\n  \"a\": 1\n}".to_vec()));
        let odd = std::collections::BTreeMap::from([((1, 2), 3)]);
        let error = Json::COMPACT.serialize(&odd, &mut Vec::new()).unwrap_err();
        assert!(error.to_string().starts_with("the value has no bytes: "), "{error}");
    }
}
