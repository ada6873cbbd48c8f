//! Why a configuration is refused, in words that say what to do and hold no secret.

use std::fmt;

use crate::source::Origin;

/// How much of a value is shown.
const SHOWN_CHARS: usize = 64;

/// What is shown instead of a secret.
pub(crate) const MASK: &str = "****";

/// Why a configuration is refused.
///
/// Its text names the property, the value, where it came from and the fix, and can be shown to
/// anybody: secrets are masked in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigError {
    /// The property; `None` where a file cannot be read at all.
    pub property: Option<String>,
    /// Its value: stars for a secret, `None` where it is not set or says nothing.
    pub value: Option<String>,
    /// Where it came from; `None` where it is not set.
    pub origin: Option<Origin>,
    /// What is wrong: a sentence without its full stop.
    pub problem: Box<str>,
    /// What to do: a sentence without its full stop.
    pub fix: Box<str>,
}

/// Why a value is refused, before anybody said where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The property, where it is not the one that is being read.
    pub(crate) property: Option<&'static str>,
    /// Whether the value must not be shown, whatever the property is.
    pub(crate) hides_value: bool,
    /// What is wrong.
    pub(crate) problem: String,
    /// What to do.
    pub(crate) fix: String,
}

/// What reading a value comes to.
pub(crate) type Outcome = Result<(), Problem>;

impl Problem {
    /// A problem of the property that is being read.
    pub(crate) fn new(problem: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { property: None, hides_value: false, problem: problem.into(), fix: fix.into() }
    }

    /// The same, of this property.
    pub(crate) fn of(self, property: &'static str) -> Self {
        Self { property: Some(property), ..self }
    }

    /// The same, without showing the value.
    pub(crate) fn hidden(self) -> Self {
        Self { hides_value: true, ..self }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { property, value, origin, problem, fix } = self;
        match (property, origin) {
            (Some(property), _) => f.write_str(property)?,
            (None, Some(origin)) => write!(f, "{origin}")?,
            (None, None) => f.write_str("the configuration")?,
        }
        if let Some(value) = value {
            write!(f, "={value}")?;
        }
        if let (Some(_), Some(origin)) = (property, origin)
            && *origin != Origin::Given
        {
            write!(f, " ({origin})")?;
        }
        write!(f, ": {problem}. {fix}.")
    }
}

impl std::error::Error for ConfigError {}

/// Enough of a value to recognise it in a message.
pub(crate) fn shortened(text: &str) -> String {
    let clean = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut shown: String = text.chars().take(SHOWN_CHARS).map(clean).collect();
    if text.chars().nth(SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    shown
}
