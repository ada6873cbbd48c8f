//! What must never be seen: overwritten when dropped, masked wherever it is printed.

use std::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Bytes that nobody may print: a password, a token, a key.
///
/// They are overwritten when the last copy of the value is dropped, and `Debug` shows stars whose
/// number says nothing. [`reveal`](Self::reveal) is the only way to them, so that a search for it
/// finds every place where a secret is used.
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// A secret of these bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// The bytes themselves.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as text, if they are text.
    pub fn reveal_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// Whether there is nothing to hide.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

/// Takes as long for unequal bytes as for equal ones.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.reveal().ct_eq(other.reveal()).into()
    }
}

impl Eq for Secret {}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_as_stars_of_no_meaning() {
        assert_eq!(format!("{:?} {:?}", Secret::from("hunter2"), Secret::default()), "**** ****");
    }

    #[test]
    fn secrets_are_equal_by_their_bytes() {
        assert_eq!(Secret::from("a"), Secret::new(*b"a"));
        assert_ne!(Secret::from("a"), Secret::from("ab"));
    }
}
