//! What a case is, and how it can end.

use std::fmt;

use crate::run::Run;

/// One conversation with an id, written once and held with any broker.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The id, `GROUP-NN`; never given to another case.
    pub id: &'static str,
    /// How binding the rule is.
    pub level: Level,
    /// A few words.
    pub title: &'static str,
    /// The rule, in our words.
    pub rule: &'static str,
    /// Where the rule stands: the keys of the README.
    pub sources: &'static [&'static str],
    /// What the target or the machine must have.
    pub needs: &'static [Need],
    /// Holds the conversation.
    pub run: fn(&mut Run) -> Outcome,
}

impl Case {
    /// A case of a written promise, or of safety.
    #[must_use]
    pub const fn must(
        id: &'static str,
        title: &'static str,
        rule: &'static str,
        sources: &'static [&'static str],
        run: fn(&mut Run) -> Outcome,
    ) -> Self {
        Self { id, level: Level::Must, title, rule, sources, needs: &[], run }
    }

    /// The same, of how the reference behaves.
    #[must_use]
    pub const fn reference(self) -> Self {
        Self { level: Level::Reference, ..self }
    }

    /// The same, of a quirk: recorded and not judged.
    #[must_use]
    pub const fn quirk(self) -> Self {
        Self { level: Level::Quirk, ..self }
    }

    /// The same, with needs.
    #[must_use]
    pub const fn needing(self, needs: &'static [Need]) -> Self {
        Self { needs, ..self }
    }
}

/// What a case returns: its verdict comes from what it expected on the way.
pub type Outcome = Result<(), Stop>;

/// How binding a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// A written promise, or safety.
    Must,
    /// How the reference behaves.
    Reference,
    /// A quirk: what comes is recorded and judged by nobody.
    Quirk,
}

impl Level {
    /// The letter in the tables.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Must => "M",
            Self::Reference => "S",
            Self::Quirk => "Q",
        }
    }
}

/// What a case needs beyond one plain address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A listener with SASL, and a user on it.
    Sasl,
    /// A cluster of one broker.
    OneNode,
    /// A cluster with partitions led by different brokers.
    ManyNodes,
    /// No other case at its side.
    Alone,
    /// More time than one has when nobody asked for it.
    Slow,
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sasl => "sasl",
            Self::OneNode => "one-node",
            Self::ManyNodes => "many-nodes",
            Self::Alone => "alone",
            Self::Slow => "slow",
        })
    }
}

/// Why a case ends before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The target lacks something that the case needs.
    Skipped(String),
    /// What came makes the rest pointless.
    Failed(String),
    /// Nothing came in time.
    Hang(String),
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As the rule says.
    Pass,
    /// Against the rule.
    Fail,
    /// In another way that is allowed and has a name.
    Differs(String),
    /// Nothing came in time.
    Hang,
    /// Not held, for a reason.
    Skipped(String),
    /// Recorded.
    Info,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pass => f.write_str("PASS"),
            Self::Fail => f.write_str("FAIL"),
            Self::Differs(name) => write!(f, "DIFFERS({name})"),
            Self::Hang => f.write_str("HANG"),
            Self::Skipped(reason) => write!(f, "SKIPPED({reason})"),
            Self::Info => f.write_str("INFO"),
        }
    }
}
