//! What has been read so far: settings that are finished, and parts that only make sense together.

use std::path::PathBuf;
use std::time::Duration;

use klamm_cluster::sasl::Mechanism;
use klamm_cluster::transport::{Pem, TlsSettings, TlsVersions, TransportSettings};
use klamm_cluster::{Secret, Settings};

use crate::config::{Later, Options};
use crate::jaas::Jaas;
use crate::token::UnsecuredToken;
use crate::warning::Warning;

/// What has been read so far.
pub(crate) struct Draft {
    pub(crate) settings: Settings,
    pub(crate) transport: TransportSettings,
    pub(crate) is_librdkafka: bool,
    pub(crate) home: Option<PathBuf>,
    pub(crate) later: Later,
    pub(crate) security: Security,
    pub(crate) tls: TlsDraft,
    pub(crate) sasl: SaslDraft,
    pub(crate) paces: Paces,
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

impl Draft {
    pub(crate) fn new(is_librdkafka: bool, options: &Options) -> Self {
        Self {
            settings: Settings::new(Vec::new()),
            transport: TransportSettings::default(),
            is_librdkafka,
            home: options.home.clone(),
            later: options.later,
            security: Security::default(),
            tls: TlsDraft::default(),
            sasl: SaslDraft::default(),
            paces: Paces::default(),
            warnings: Vec::new(),
        }
    }

    pub(crate) fn warn(&mut self, property: &str, text: impl Into<String>) {
        self.warnings.push(Warning::new(property, text));
    }
}
