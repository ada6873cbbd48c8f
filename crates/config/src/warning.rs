//! What is accepted, but not as somebody may have meant it.

use std::fmt;

use crate::table;

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

    /// Whether it is about producing alone, which whoever only makes connections need not hear.
    pub fn is_of_producers(&self) -> bool {
        table::is_of_producers(&self.property)
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}.", self.property, self.text)
    }
}
