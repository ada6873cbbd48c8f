//! What must never be seen: overwritten when dropped, masked wherever it is printed.

use std::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

/// Bytes that nobody may print: a password, a token, a key.
///
/// They are overwritten when the last copy of the value is dropped, and `Debug` shows stars whose
/// number says nothing. [`reveal`](Self::reveal) is the only way to them, so that a search for it
/// finds every place where a secret is used.
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// A secret of these bytes.
    ///
    /// A `Vec` or `String` is taken over and leaves no copy; what is borrowed stays as it is, and
    /// is its owner's to overwrite.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// The parts, one after the other, written into one allocation that never moves.
    pub fn concat(parts: &[&[u8]]) -> Self {
        let len = parts.iter().fold(0_usize, |sum, part| sum.saturating_add(part.len()));
        let mut whole = Zeroizing::new(Vec::with_capacity(len));
        for part in parts {
            whole.extend_from_slice(part);
        }
        Self(whole)
    }

    /// Copies the bytes and overwrites where they came from.
    pub fn taken_from(bytes: &mut [u8]) -> Self {
        let taken = Self::new(&*bytes);
        bytes.zeroize();
        taken
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

/// The bytes are in a [`Zeroizing`], which overwrites the whole of its buffer.
impl ZeroizeOnDrop for Secret {}

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

    #[test]
    fn parts_are_put_together_without_moving() {
        let whole = Secret::concat(&[b"a", b"", b"bc"]);
        assert_eq!(whole, Secret::from("abc"));
        assert_eq!(whole.0.capacity(), 3);
    }

    #[test]
    fn what_a_secret_was_taken_from_is_overwritten() {
        let mut bytes = *b"hunter2";
        assert_eq!(Secret::taken_from(&mut bytes), Secret::from("hunter2"));
        assert_eq!(bytes, [0; 7]);
    }

    #[test]
    fn a_secret_is_overwritten_when_dropped() {
        fn overwritten<T: ZeroizeOnDrop>(_: &T) {}
        let secret = Secret::from("hunter2");
        overwritten(&secret);
        overwritten(&secret.0);
    }
}
