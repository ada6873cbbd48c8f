//! What has been read so far: settings that are finished, and parts that only make sense together.

use std::path::PathBuf;
use std::time::Duration;

use klamm_cluster::sasl::Mechanism;
use klamm_cluster::transport::{Pem, TlsSettings, TlsVersions, TransportSettings};
use klamm_cluster::{Secret, Settings};
use klamm_records::{Codec, Compression};

use crate::config::Options;
use crate::family::Decided;
use crate::jaas::Jaas;
use crate::producing::Producing;
use crate::profile::Profile;
use crate::token::UnsecuredToken;
use crate::warning::Warning;

/// What has been read so far.
pub(crate) struct Draft {
    pub(crate) settings: Settings,
    pub(crate) transport: TransportSettings,
    pub(crate) is_librdkafka: bool,
    /// The name that made it librdkafka's.
    pub(crate) family_by: Option<&'static str>,
    pub(crate) home: Option<PathBuf>,
    pub(crate) profile: Option<Profile>,
    pub(crate) security: Security,
    pub(crate) tls: TlsDraft,
    pub(crate) sasl: SaslDraft,
    pub(crate) paces: Paces,
    pub(crate) producing: ProducingDraft,
    pub(crate) warnings: Vec<Warning>,
}

/// `security.protocol`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Security {
    pub(crate) tls: bool,
    pub(crate) sasl: bool,
}

/// Waits that grow: each from a first to a longest.
#[derive(Debug, Default)]
pub(crate) struct Paces {
    pub(crate) retry: Pace,
    pub(crate) reconnect: Pace,
    pub(crate) setup: Pace,
    /// For versions and SASL, where that is set by itself.
    pub(crate) handshake: Option<Duration>,
    /// Between looking for a leader, where that is set by itself.
    pub(crate) leader: Option<Duration>,
}

/// A wait that grows, as far as it is given.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) first: Option<Duration>,
    pub(crate) longest: Option<Duration>,
}

/// TLS, as far as it is given.
#[derive(Debug, Default)]
pub(crate) struct TlsDraft {
    /// What needs nothing else.
    pub(crate) base: TlsSettings,
    pub(crate) truststore: Store,
    pub(crate) keystore: Store,
    pub(crate) roots: Option<Pem>,
    pub(crate) public_roots: Option<bool>,
    pub(crate) chain: Option<Pem>,
    pub(crate) key: Option<Pem>,
    pub(crate) key_password: Option<Secret>,
    /// `ssl.protocol`, where it rules out a version.
    pub(crate) protocol: Option<TlsVersions>,
    pub(crate) enabled: Option<TlsVersions>,
}

/// A store of the Java client: a file and what is in it.
#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) location: Option<PathBuf>,
    pub(crate) is_pem: bool,
}

/// SASL, as far as it is given.
#[derive(Debug, Default)]
pub(crate) struct SaslDraft {
    pub(crate) mechanism: Option<Mechanism>,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<Secret>,
    pub(crate) jaas: Option<Jaas>,
    /// Of `sasl.oauthbearer.config`.
    pub(crate) token: Option<UnsecuredToken>,
    pub(crate) allows_unsecured: bool,
}

/// What a batch waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acks {
    None,
    Leader,
    All,
}

/// What producers are told, as far as it is given.
#[derive(Debug, Default)]
pub(crate) struct ProducingDraft {
    /// What needs nothing else.
    pub(crate) settings: Producing,
    pub(crate) acks: Option<Acks>,
    pub(crate) idempotence: Option<bool>,
    pub(crate) retries: Option<i64>,
    /// The time until a record is given up, and the name that says it.
    pub(crate) delivery: Option<(&'static str, Duration)>,
    pub(crate) broker_timeout: Option<Duration>,
    pub(crate) codec: Codec,
    /// Of the codecs that have one.
    pub(crate) levels: Vec<Compression>,
    /// librdkafka's, of whichever codec is used.
    pub(crate) level: Option<i32>,
    pub(crate) partitioner: Option<&'static str>,
    pub(crate) ignores_keys: bool,
    /// Whether each record without a key has a partition drawn for it.
    pub(crate) draws_each: bool,
}

impl Draft {
    pub(crate) fn new(family: Decided, options: &Options) -> Self {
        Self {
            settings: Settings::new(Vec::new()),
            transport: TransportSettings::default(),
            is_librdkafka: family.is_librdkafka,
            family_by: family.by,
            home: options.home.clone(),
            profile: options.profile,
            security: Security::default(),
            tls: TlsDraft::default(),
            sasl: SaslDraft::default(),
            paces: Paces::default(),
            producing: ProducingDraft::default(),
            warnings: Vec::new(),
        }
    }

    pub(crate) fn warn(&mut self, property: &str, text: impl Into<String>) {
        self.warnings.push(Warning::new(property, text));
    }
}
