//! What a user can set, as the machines read it.

use std::time::Duration;

use klamm_protocol::frame::DEFAULT_LIMIT;

use crate::address::HostPort;
use crate::drive::DnsLookup;
use crate::sasl::Credentials;

/// Everything that a user can set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to begin; without one, nothing can be reached.
    pub bootstrap: Vec<HostPort>,
    /// How a connection behaves.
    pub connection: ConnectionSettings,
    /// How connections are made and kept.
    pub dial: DialSettings,
    /// How the picture of the cluster is kept.
    pub metadata: MetadataSettings,
    /// Who we are; `None` where nobody asks.
    pub sasl: Option<Credentials>,
    /// From which waits are spread.
    pub seed: u64,
}

/// How a connection behaves.
#[derive(Debug, Clone)]
pub struct ConnectionSettings {
    /// What the client calls itself: `client.id`.
    pub client_id: Option<String>,
    /// The name and version that ApiVersions tells the broker.
    pub software: (String, String),
    /// The longest answer that is accepted, and the longest request that is sent.
    pub frame_limit: FrameLimits,
    /// How many requests may wait for answers: `max.in.flight.requests.per.connection` for all
    /// that are not Produce too.
    pub max_in_flight: usize,
    /// How many bytes of requests may wait for the writer and for answers.
    pub max_in_flight_bytes: usize,
    /// From the time that a request left until its answer; also from the time that it was handed
    /// to the connection until it left: `request.timeout.ms`.
    pub request_timeout: Duration,
    /// How long versions and the saying of who we are may take together, from the open transport
    /// on.
    pub handshake_timeout: Duration,
}

/// The longest frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameLimits {
    /// The longest that is accepted.
    pub receive: usize,
    /// The longest that is sent.
    pub send: usize,
}

/// How connections are made and kept.
#[derive(Debug, Clone)]
pub struct DialSettings {
    /// `socket.connection.setup.timeout.ms`; doubles with each failure in a row.
    pub setup_timeout: Duration,
    /// `socket.connection.setup.timeout.max.ms`.
    pub setup_timeout_max: Duration,
    /// `reconnect.backoff.ms`; doubles with each failure in a row.
    pub backoff: Duration,
    /// `reconnect.backoff.max.ms`.
    pub backoff_max: Duration,
    /// `connections.max.idle.ms`; `None` for ever.
    pub max_idle: Option<Duration>,
    /// `client.dns.lookup`.
    pub lookup: DnsLookup,
}

/// How the picture of the cluster is kept.
#[derive(Debug, Clone)]
pub struct MetadataSettings {
    /// `metadata.max.age.ms`.
    pub max_age: Duration,
    /// `metadata.max.idle.ms`: a topic that nobody used for so long is forgotten.
    pub max_idle: Duration,
    /// `retry.backoff.ms`, between refreshes as well.
    pub backoff: Duration,
    /// `retry.backoff.max.ms`.
    pub backoff_max: Duration,
    /// How long a topic may be unknown before who waits for it is told.
    pub unknown_topic_wait: Duration,
    /// Whether a topic that does not exist may be created by being asked for.
    pub allow_auto_create: bool,
    /// `metadata.recovery.strategy`: whether to begin again from the bootstrap servers when no
    /// broker can be reached.
    pub rebootstrap: bool,
    /// `metadata.recovery.rebootstrap.trigger.ms`.
    pub rebootstrap_trigger: Duration,
}

impl Settings {
    /// Java's defaults (4.3) for these servers, without saying who we are.
    pub fn new(bootstrap: Vec<HostPort>) -> Self {
        Self {
            bootstrap,
            connection: ConnectionSettings::default(),
            dial: DialSettings::default(),
            metadata: MetadataSettings::default(),
            sasl: None,
            seed: 0,
        }
    }
}

impl Default for ConnectionSettings {
    fn default() -> Self {
        let software = (env!("CARGO_PKG_NAME").to_owned(), env!("CARGO_PKG_VERSION").to_owned());
        Self {
            client_id: None,
            software,
            frame_limit: FrameLimits { receive: DEFAULT_LIMIT, send: DEFAULT_LIMIT },
            max_in_flight: 5,
            max_in_flight_bytes: 64 << 20,
            request_timeout: Duration::from_secs(30),
            handshake_timeout: Duration::from_secs(30),
        }
    }
}

impl Default for DialSettings {
    fn default() -> Self {
        Self {
            setup_timeout: Duration::from_secs(10),
            setup_timeout_max: Duration::from_secs(30),
            backoff: Duration::from_millis(50),
            backoff_max: Duration::from_secs(1),
            max_idle: Some(Duration::from_secs(9 * 60)),
            lookup: DnsLookup::UseAllDnsIps,
        }
    }
}

impl Default for MetadataSettings {
    fn default() -> Self {
        Self {
            max_age: Duration::from_secs(5 * 60),
            max_idle: Duration::from_secs(5 * 60),
            backoff: Duration::from_millis(100),
            backoff_max: Duration::from_secs(1),
            unknown_topic_wait: Duration::from_secs(60),
            allow_auto_create: true,
            rebootstrap: true,
            rebootstrap_trigger: Duration::from_secs(5 * 60),
        }
    }
}
