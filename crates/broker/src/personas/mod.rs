//! Whose versions and habits a cluster has.
//!
//! One file per persona holds what is known of it as data: the versions that it advertises of the
//! APIs that this cluster has, its features, and its `Habits`. No other place of the broker knows
//! who is played. A version that a persona advertises and that today's message definitions have no
//! more, such as Produce 0 to 2, ends the connection.

mod apache_0_11;
mod apache_1_0;
mod apache_2_8;
mod apache_3_9;
mod apache_4_3;
mod event_hubs;
mod habits;
mod redpanda;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use klamm_protocol::{ApiKey, VersionRange};

pub(crate) use habits::{Habits, Refusal, Sequences, Unknown};

/// A broker, or a service, that clients meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Persona {
    /// Apache Kafka 4.3, the newest.
    #[default]
    Apache43,
    /// Apache Kafka 3.9, the last before the second generation of transactions.
    Apache39,
    /// Apache Kafka 2.8 with ZooKeeper.
    Apache28,
    /// Apache Kafka 1.0.0, which has errors for producers that no later one has.
    Apache10,
    /// Apache Kafka 0.11, the first with producers that number their batches.
    Apache011,
    /// Azure Event Hubs by its Kafka endpoint.
    EventHubs,
    /// Redpanda 24.3.
    Redpanda,
}

/// All that is known of a persona.
struct Profile {
    /// The name by which the command line knows it.
    name: &'static str,
    /// The first and the last version of each API.
    versions: &'static [(ApiKey, i16, i16)],
    features: Features,
    habits: Habits,
}

/// What an answer to ApiVersions tells of features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Features {
    /// The generation of what is finalized; −1 where nobody finalizes.
    pub(crate) epoch: i64,
    pub(crate) all: &'static [Feature],
}

/// One feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Feature {
    pub(crate) name: &'static str,
    /// The smallest level that is supported.
    pub(crate) min: i16,
    /// The greatest level that is supported.
    pub(crate) max: i16,
    /// The level that holds in a fresh cluster; 0 for none.
    pub(crate) finalized: i16,
}

impl Features {
    /// Those of a broker that does not know of features.
    const NONE: Self = Self { epoch: -1, all: &[] };
}

/// A name that no persona has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownPersona(pub String);

impl fmt::Display for UnknownPersona {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no persona `{}`", self.0)
    }
}

impl std::error::Error for UnknownPersona {}

impl FromStr for Persona {
    type Err = UnknownPersona;

    fn from_str(name: &str) -> Result<Self, UnknownPersona> {
        let found = Self::ALL.iter().copied().find(|persona| persona.name() == name);
        found.ok_or_else(|| UnknownPersona(name.to_owned()))
    }
}

impl Persona {
    /// Every persona.
    pub const ALL: &'static [Self] = &[
        Self::Apache43,
        Self::Apache39,
        Self::Apache28,
        Self::Apache10,
        Self::Apache011,
        Self::EventHubs,
        Self::Redpanda,
    ];

    /// The name by which the command line knows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.profile().name
    }

    /// The versions of an API that this broker advertises to clients; `None` where it has none.
    #[must_use]
    pub fn versions(self, api: ApiKey) -> Option<VersionRange> {
        let (_, min, max) = self.profile().versions.iter().find(|(served, ..)| *served == api)?;
        Some(VersionRange::new(*min, *max))
    }

    /// What it tells of features.
    pub(crate) fn features(self) -> Features {
        self.profile().features
    }

    /// What it does that not all do.
    pub(crate) fn habits(self) -> &'static Habits {
        &self.profile().habits
    }

    const fn profile(self) -> &'static Profile {
        match self {
            Self::Apache43 => &apache_4_3::PROFILE,
            Self::Apache39 => &apache_3_9::PROFILE,
            Self::Apache28 => &apache_2_8::PROFILE,
            Self::Apache10 => &apache_1_0::PROFILE,
            Self::Apache011 => &apache_0_11::PROFILE,
            Self::EventHubs => &event_hubs::PROFILE,
            Self::Redpanda => &redpanda::PROFILE,
        }
    }
}
