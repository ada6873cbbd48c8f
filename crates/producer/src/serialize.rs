//! Values as bytes.

/// Makes bytes of values.
pub trait Serializer<T: ?Sized> {
    /// Appends the bytes of `value` to `into`; `Ok(false)` for a null.
    ///
    /// # Errors
    /// When it has no bytes.
    fn serialize(&self, value: &T, into: &mut Vec<u8>) -> Result<bool, SerializeError>;
}

/// A value that has no bytes.
#[derive(Debug)]
pub struct SerializeError(pub Box<dyn std::error::Error + Send + Sync>);
