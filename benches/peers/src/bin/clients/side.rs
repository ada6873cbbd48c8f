//! Who takes part.

use std::fmt;

use crate::run::{Job, Measured};
use crate::sides::{deliveries, floor, klamm, rdkafka};

/// A client, or a way to use one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// klamm, with a sink that is told the number of each record.
    Klamm,
    /// klamm, with a `Delivery` of each record that is awaited.
    Deliveries,
    /// librdkafka, with a callback that is told the number of each record.
    Rdkafka,
    /// The same requests, made by hand.
    Floor,
}

impl Side {
    pub(crate) const ALL: [Self; 4] = [Self::Klamm, Self::Deliveries, Self::Rdkafka, Self::Floor];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Klamm => "klamm",
            Self::Deliveries => "klamm-deliveries",
            Self::Rdkafka => "rdkafka",
            Self::Floor => "floor",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Self, String> {
        let side = Self::ALL.into_iter().find(|side| side.name() == name);
        side.ok_or_else(|| format!("there is no side `{name}`"))
    }

    /// Does the job, in this process.
    pub(crate) fn run(self, job: &Job) -> Result<Measured, String> {
        match self {
            Self::Klamm => klamm::run(job),
            Self::Deliveries => deliveries::run(job),
            Self::Rdkafka => rdkafka::run(job),
            Self::Floor => floor::run(job),
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
