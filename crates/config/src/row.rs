//! One property: a row of the table, and everything that is known about it.

use std::path::PathBuf;
use std::time::Duration;

use klamm_cluster::Secret;

use crate::draft::Draft;
use crate::error::Outcome;
use crate::table;

/// One property.
///
/// A row is the only place that knows its name: adding a property is adding a row.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) names: Names,
    /// The type, the range, and what a value does.
    pub(crate) takes: Takes,
    /// The Java client's default as one would write it; empty for none.
    pub(crate) java: &'static str,
    /// librdkafka's.
    pub(crate) librdkafka: &'static str,
    /// Ours, where it is neither the Java client's nor that of the name that this one stands for.
    pub(crate) here: Option<&'static str>,
    /// One sentence about it.
    pub(crate) doc: &'static str,
    /// What the row sets, where several names set the same.
    pub(crate) slot: &'static str,
    /// How this meaning differs from the other family's meaning of the same name.
    pub(crate) clash: Option<&'static str>,
}

/// Who has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// The Java client and librdkafka, with one meaning.
    Both,
    /// The Java client, or both with two meanings: the Java client's.
    Java,
    /// librdkafka, or both with two meanings: librdkafka's.
    Librdkafka,
    /// Nobody else.
    Own,
}

/// The numbers that a row takes, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) least: i64,
    pub(crate) most: i64,
}

/// A word and what it does.
pub(crate) type Word = (&'static str, fn(&mut Draft));

/// The type of a value, and what it does.
pub(crate) enum Takes {
    /// `true` or `false`.
    Flag(fn(&mut Draft, bool)),
    /// A time in milliseconds.
    Millis(Range, fn(&mut Draft, Duration)),
    /// A time in milliseconds and parts of them.
    Decimal(Range, fn(&mut Draft, Duration)),
    /// A number.
    Number(Range, fn(&mut Draft, i64) -> Outcome),
    /// One of some words, in any case.
    Word(&'static [Word]),
    /// Text with a syntax of its own, or none.
    Text(fn(&mut Draft, &str) -> Outcome),
    /// Text that nobody may see.
    Secret(fn(&mut Draft, Secret) -> Outcome),
    /// A file; `~` is expanded.
    Path(fn(&mut Draft, PathBuf)),
    /// One value only, since this is what is done anyway; and why.
    Only(&'static str, &'static str),
    /// Anything, without effect; and why.
    Ignored(&'static str),
    /// Anything, without effect but for one value, which is what is done anyway; and why.
    Unless(&'static str, &'static str),
    /// Nothing yet.
    Later,
    /// Nothing ever: why, and what to do.
    Never(&'static str, &'static str),
}

impl Row {
    const fn new(name: &'static str, names: Names, takes: Takes, doc: &'static str) -> Self {
        let (java, librdkafka, here, clash) = ("", "", None, None);
        Self { name, names, takes, java, librdkafka, here, doc, slot: name, clash }
    }

    /// A name of both, with one meaning.
    pub(crate) const fn both(name: &'static str, takes: Takes, doc: &'static str) -> Self {
        Self::new(name, Names::Both, takes, doc)
    }

    /// A name, or a meaning, of the Java client.
    pub(crate) const fn java(name: &'static str, takes: Takes, doc: &'static str) -> Self {
        Self::new(name, Names::Java, takes, doc)
    }

    /// A name, or a meaning, of librdkafka.
    pub(crate) const fn librdkafka(name: &'static str, takes: Takes, doc: &'static str) -> Self {
        Self::new(name, Names::Librdkafka, takes, doc)
    }

    /// A name of ours.
    pub(crate) const fn own(name: &'static str, takes: Takes, doc: &'static str) -> Self {
        Self::new(name, Names::Own, takes, doc)
    }

    /// With the defaults of the Java client and of librdkafka.
    pub(crate) const fn defaults(self, java: &'static str, librdkafka: &'static str) -> Self {
        Self { java, librdkafka, ..self }
    }

    /// With our default, where it is neither the Java client's nor that of another name.
    pub(crate) const fn here(self, here: &'static str) -> Self {
        Self { here: Some(here), ..self }
    }

    /// With the name of what it sets, where another name sets it too.
    pub(crate) const fn sets(self, slot: &'static str) -> Self {
        Self { slot, ..self }
    }

    /// With what is different in the other family.
    pub(crate) const fn clash(self, clash: &'static str) -> Self {
        Self { clash: Some(clash), ..self }
    }

    /// Our default as one would write it; empty for none.
    pub(crate) fn default_here(&self) -> &'static str {
        let of_slot = || table::rows_of(self.slot).find(|row| row.slot == row.name);
        let is_idle = self.takes.is_refused() || matches!(self.takes, Takes::Ignored(_));
        match (self.here, self.names) {
            (Some(here), _) => here,
            (None, _) if is_idle => "",
            (None, Names::Both | Names::Java | Names::Own) => self.java,
            (None, Names::Librdkafka) if self.slot == self.name => self.librdkafka,
            // A slot that is no name is set by rows without a default.
            (None, Names::Librdkafka) => of_slot().map_or("", Self::default_here),
        }
    }

    /// Whether the value is for nobody's eyes.
    pub(crate) fn is_secret(&self) -> bool {
        matches!(self.takes, Takes::Secret(_))
    }
}

impl Takes {
    /// Whether every value is refused.
    pub(crate) fn is_refused(&self) -> bool {
        matches!(self, Self::Later | Self::Never(..))
    }
}

impl Range {
    pub(crate) const fn of(least: i64, most: i64) -> Self {
        Self { least, most }
    }

    /// From this on.
    pub(crate) const fn from(least: i64) -> Self {
        Self::of(least, i64::MAX)
    }

    /// From this on, as far as 32 bits with a sign go.
    pub(crate) const fn int(least: i64) -> Self {
        Self::of(least, i32::MAX as i64)
    }

    pub(crate) fn holds(self, number: i64) -> bool {
        (self.least..=self.most).contains(&number)
    }

    /// As a sentence goes on after "a number".
    pub(crate) fn in_words(self) -> String {
        match self {
            Self { least, most: i64::MAX } => format!("from {least} on"),
            Self { least, most } => format!("from {least} to {most}"),
        }
    }
}
