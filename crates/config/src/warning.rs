//! What is accepted, but not as somebody may have meant it.

use std::fmt;

/// Something that is accepted, but not as somebody may have meant it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Warning {
    /// The property.
    pub property: String,
    /// What happens with it: a sentence without its full stop.
    pub text: String,
}

impl Warning {
    pub(crate) fn new(property: impl Into<String>, text: impl Into<String>) -> Self {
        Self { property: property.into(), text: text.into() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}.", self.property, self.text)
    }
}
