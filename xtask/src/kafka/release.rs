//! The releases of Kafka that are started here, and how they differ.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::maven;
use crate::support::Outcome;

/// A release that stands for an era.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Release {
    /// The newest one: KRaft alone, both generations of transactions.
    V4_3,
    /// The last one of the first generation of transactions, here with KRaft.
    V3_9,
    /// An old one with ZooKeeper.
    V2_8,
}

/// What a broker writes beside its log.
const LOGGER: &str = "org.slf4j:slf4j-simple:1.7.36";

impl Release {
    pub(crate) const ALL: [Self; 3] = [Self::V4_3, Self::V3_9, Self::V2_8];

    pub(crate) const fn version(self) -> &'static str {
        match self {
            Self::V4_3 => "4.3.1",
            Self::V3_9 => "3.9.1",
            Self::V2_8 => "2.8.2",
        }
    }

    pub(super) fn of(version: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|release| release.version() == version)
    }

    const fn artifacts(self) -> &'static [&'static str] {
        match self {
            Self::V4_3 => {
                &["org.apache.kafka:kafka_2.13:4.3.1", "org.apache.kafka:kafka-tools:4.3.1", LOGGER]
            }
            Self::V3_9 => &["org.apache.kafka:kafka_2.13:3.9.1", LOGGER],
            Self::V2_8 => &["org.apache.kafka:kafka_2.13:2.8.2", LOGGER],
        }
    }

    /// Whether its brokers keep their metadata in ZooKeeper.
    pub(super) const fn needs_zookeeper(self) -> bool {
        match self {
            Self::V4_3 | Self::V3_9 => false,
            Self::V2_8 => true,
        }
    }

    /// Whether a cluster can be told which generation of transactions it speaks.
    pub(super) const fn has_two_generations(self) -> bool {
        match self {
            Self::V4_3 => true,
            Self::V3_9 | Self::V2_8 => false,
        }
    }

    /// Fetches the jars, unless they are there.
    pub(super) fn fetch(self, home: &Path) -> Outcome {
        maven::fetch(self.artifacts(), &self.jars(home))
    }

    fn jars(self, home: &Path) -> PathBuf {
        home.join(self.version()).join("jars")
    }

    /// A Java program of this release, with a limit of memory in mebibytes.
    pub(super) fn java(self, home: &Path, memory: u32, class: &str) -> Command {
        let mut java = Command::new("java");
        java.arg(format!("-Xmx{memory}m")).arg("-XX:+UseSerialGC");
        if self.needs_zookeeper() {
            // Written for a Java that did not hide its inner parts yet.
            for package in ["java.lang", "java.nio", "sun.nio.ch"] {
                java.arg("--add-opens").arg(format!("java.base/{package}=ALL-UNNAMED"));
            }
        }
        java.arg("-cp").arg(self.jars(home).join("*")).arg(class);
        java
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_known_by_its_version() {
        for release in Release::ALL {
            assert_eq!(Release::of(release.version()), Some(release));
        }
        assert_eq!(Release::of("4.3"), None);
    }

    #[test]
    fn the_jars_of_a_release_are_those_of_its_version() {
        for release in Release::ALL {
            let server = format!("org.apache.kafka:kafka_2.13:{}", release.version());
            assert!(release.artifacts().contains(&server.as_str()));
        }
    }
}
