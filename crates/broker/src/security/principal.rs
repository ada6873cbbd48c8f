//! The name under which a client acts, as authentication finds it and rights are given to it.

use std::fmt;
use std::str::FromStr;

/// A kind and a name, written `User:alice`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Principal {
    kind: String,
    name: String,
}

impl Principal {
    /// The user of this name.
    #[must_use]
    pub fn user(name: impl Into<String>) -> Self {
        Self { kind: "User".to_owned(), name: name.into() }
    }

    /// Who a client is before authentication, and on a listener that asks for none.
    #[must_use]
    pub fn anonymous() -> Self {
        Self::user("ANONYMOUS")
    }

    /// `User` for everything that a broker finds by itself.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// What stands after the colon.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.name)
    }
}

/// A text that is no principal: the kind or the colon is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoPrincipal(String);

impl fmt::Display for NoPrincipal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no principal: one is written like `User:alice`", self.0)
    }
}

impl std::error::Error for NoPrincipal {}

impl FromStr for Principal {
    type Err = NoPrincipal;

    /// Reads `kind:name`; the name may hold more colons.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some((kind, name)) if !kind.is_empty() => {
                Ok(Self { kind: kind.to_owned(), name: name.to_owned() })
            }
            _ => Err(NoPrincipal(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_principal_is_read_as_it_is_written() {
        for text in ["User:alice", "User:CN=a,O=b:c", "Group:", "User:*"] {
            assert_eq!(text.parse::<Principal>().expect(text).to_string(), text);
        }
        assert_eq!("User:alice".parse(), Ok(Principal::user("alice")));
    }

    #[test]
    fn a_text_without_a_kind_is_no_principal() {
        for text in ["", "alice", ":alice"] {
            assert!(text.parse::<Principal>().is_err(), "{text}");
        }
    }
}
