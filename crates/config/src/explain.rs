//! What is known of one property, for people.

use std::fmt;

use crate::family::Family;
use crate::given::{Given, shown_value};
use crate::row::{Names, Row, Takes};
use crate::source::Origin;
use crate::table;

/// What is known of one property.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// Its name.
    pub name: &'static str,
    /// The only family with this name, or with this meaning of it; `Detect` for a name that
    /// belongs to no family, or to both with one meaning.
    pub family: Family,
    /// What it is for.
    pub doc: &'static str,
    /// What it takes, in words.
    pub takes: String,
    /// Its value, masked if it is a secret; `None` where it is not set.
    pub value: Option<String>,
    /// Where the value came from.
    pub origin: Option<Origin>,
    /// Whether it does anything here.
    pub support: Support,
    /// Our default; `None` where there is none.
    pub default: Option<&'static str>,
    /// The Java client's default; `None` where it has none, or not the name.
    pub java_default: Option<&'static str>,
    /// librdkafka's default; `None` where it has none, or not the name.
    pub librdkafka_default: Option<&'static str>,
}

/// Whether a property does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Support {
    /// It does what it says.
    Yes,
    /// It takes the value of what is done anyway, and no other.
    OneValue,
    /// It is accepted and changes nothing, which is told.
    Ignored,
    /// It is refused, for now.
    NotYet,
    /// It is refused for good.
    No,
}

/// Every property that is known, those that are refused included. A name with two meanings comes
/// twice.
pub fn all() -> impl Iterator<Item = Explanation> {
    table::rows().map(|row| explain(row, None))
}

pub(crate) fn explain(row: &Row, given: Option<&Given>) -> Explanation {
    let some = |text: &'static str| (!text.is_empty()).then_some(text);
    Explanation {
        name: row.name,
        family: match row.names {
            Names::Java => Family::Java,
            Names::Librdkafka => Family::Librdkafka,
            Names::Both | Names::Own => Family::Detect,
        },
        doc: row.doc,
        takes: takes(&row.takes),
        support: support(&row.takes),
        default: some(row.default_here()),
        value: given.and_then(|given| shown_value(row, given)),
        origin: given.map(|given| given.origin.clone()),
        java_default: some(row.java),
        librdkafka_default: some(row.librdkafka),
    }
}

const fn support(takes: &Takes) -> Support {
    match takes {
        Takes::Flag(_)
        | Takes::Millis(..)
        | Takes::Decimal(..)
        | Takes::Number(..)
        | Takes::Word(_)
        | Takes::Text(_)
        | Takes::Secret(_)
        | Takes::Path(_) => Support::Yes,
        Takes::Only(..) => Support::OneValue,
        Takes::Ignored(_) | Takes::Unless(..) => Support::Ignored,
        Takes::Later => Support::NotYet,
        Takes::Never(..) => Support::No,
    }
}

fn takes(takes: &Takes) -> String {
    match takes {
        Takes::Flag(_) => "true or false".to_owned(),
        Takes::Millis(range, _) => format!("milliseconds {}", range.in_words()),
        Takes::Decimal(range, _) => {
            format!("milliseconds {}, with or without parts", range.in_words())
        }
        Takes::Number(range, _) => format!("a number {}", range.in_words()),
        Takes::Word(words) => {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            format!("one of {words:?}")
        }
        Takes::Text(_) => "text".to_owned(),
        Takes::Secret(_) => "text that is never shown".to_owned(),
        Takes::Path(_) => "a path".to_owned(),
        Takes::Only(only, why) => format!("only {only:?}: {why}"),
        Takes::Ignored(why) => format!("anything, without effect: {why}"),
        Takes::Unless(only, why) => format!("{only:?}; anything else has no effect: {why}"),
        Takes::Later => "nothing: not supported yet".to_owned(),
        Takes::Never(why, _) => format!("nothing: {why}"),
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.name, self.doc)?;
        writeln!(f, "  takes: {}", self.takes)?;
        if let Some(value) = &self.value {
            let origin = self.origin.as_ref().map(|origin| format!("  # {origin}"));
            writeln!(f, "  value: {value}{}", origin.unwrap_or_default())?;
        }
        let default = |default: Option<&'static str>| default.unwrap_or("none");
        writeln!(f, "  default: {}", default(self.default))?;
        writeln!(f, "  default in the Java client: {}", default(self.java_default))?;
        writeln!(f, "  default in librdkafka: {}", default(self.librdkafka_default))
    }
}
