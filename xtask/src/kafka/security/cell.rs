//! One cell of the matrix: a listener, a client with its settings, and how it must end.

use crate::kafka::settings::USERS;
use crate::kafka::tls::Certificates;

/// How long a connection is watched: two sessions of twenty seconds and a bit.
pub(in crate::kafka) const WATCHED_SECONDS: &str = "45";

/// As many times a client says again who it is while it is watched, at the least.
pub(in crate::kafka) const RENEWALS_MIN: u64 = 2;

/// What a client says that guesses.
pub(in crate::kafka) const WRONG_PASSWORD: &str = "not-the-secret-of-alice";

/// A listener of a secure cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kafka) enum Listener {
    Plain,
    Ssl,
    SaslPlain,
    SaslSsl,
    /// TLS with certificates on both sides.
    Mtls,
    /// SASL over TLS that knows no mechanism but PLAIN.
    PlainOnly,
}

impl Listener {
    /// The variable that holds its address.
    pub(in crate::kafka) const fn variable(self) -> &'static str {
        match self {
            Self::Plain => "KAFKA_BOOTSTRAP",
            Self::Ssl => "KAFKA_BOOTSTRAP_SSL",
            Self::SaslPlain => "KAFKA_BOOTSTRAP_SASL_PLAINTEXT",
            Self::SaslSsl => "KAFKA_BOOTSTRAP_SASL_SSL",
            Self::Mtls => "KAFKA_BOOTSTRAP_MTLS",
            Self::PlainOnly => "KAFKA_BOOTSTRAP_PLAIN_ONLY",
        }
    }

    /// What a client must speak there.
    pub(in crate::kafka) const fn protocol(self) -> Protocol {
        match self {
            Self::Plain => Protocol { tls: false, sasl: false },
            Self::Ssl | Self::Mtls => Protocol { tls: true, sasl: false },
            Self::SaslPlain => Protocol { tls: false, sasl: true },
            Self::SaslSsl | Self::PlainOnly => Protocol { tls: true, sasl: true },
        }
    }
}

/// A security protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kafka) struct Protocol {
    pub(in crate::kafka) tls: bool,
    pub(in crate::kafka) sasl: bool,
}

impl Protocol {
    const fn name(self) -> &'static str {
        match (self.tls, self.sasl) {
            (false, false) => "PLAINTEXT",
            (true, false) => "SSL",
            (false, true) => "SASL_PLAINTEXT",
            (true, true) => "SASL_SSL",
        }
    }
}

/// A mechanism of SASL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kafka) enum Mechanism {
    Plain,
    Scram256,
    Scram512,
    OauthBearer,
}

impl Mechanism {
    pub(in crate::kafka) const ALL: [Self; 4] =
        [Self::Plain, Self::Scram256, Self::Scram512, Self::OauthBearer];

    pub(in crate::kafka) const fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Scram256 => "SCRAM-SHA-256",
            Self::Scram512 => "SCRAM-SHA-512",
            Self::OauthBearer => "OAUTHBEARER",
        }
    }

    /// The login module with its options. A token that is not right names no subject.
    fn module(self, is_right: bool) -> String {
        let (name, password) = USERS[0];
        let password = if is_right { password } else { WRONG_PASSWORD };
        let package = "org.apache.kafka.common.security";
        let pair = format!("username=\"{name}\" password=\"{password}\"");
        match self {
            Self::Plain => format!("{package}.plain.PlainLoginModule required {pair};"),
            Self::Scram256 | Self::Scram512 => {
                format!("{package}.scram.ScramLoginModule required {pair};")
            }
            Self::OauthBearer => {
                let claims = if is_right {
                    format!("unsecuredLoginStringClaim_sub=\"{name}\"")
                } else {
                    format!(
                        "unsecuredLoginPrincipalClaimName=\"name\" \
                         unsecuredLoginStringClaim_name=\"{name}\""
                    )
                };
                format!("{package}.oauthbearer.OAuthBearerLoginModule required {claims};")
            }
        }
    }
}

/// Whose certificate it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kafka) enum Whose {
    /// That of somebody whom the cluster's authority vouches for, or the authority itself.
    Ours,
    Strangers,
}

/// A client, as its settings have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kafka) struct Client {
    pub(in crate::kafka) protocol: Protocol,
    pub(in crate::kafka) trusts: Whose,
    pub(in crate::kafka) certificate: Option<Whose>,
    /// A name that the broker's certificate must have instead of its address.
    pub(in crate::kafka) expects: Option<&'static str>,
    pub(in crate::kafka) mechanism: Mechanism,
    pub(in crate::kafka) has_right_password: bool,
}

impl Client {
    /// One that does everything right with a protocol and a mechanism, if that has one.
    pub(in crate::kafka) const fn of(protocol: Protocol, mechanism: Mechanism) -> Self {
        Self {
            protocol,
            trusts: Whose::Ours,
            certificate: None,
            expects: None,
            mechanism,
            has_right_password: true,
        }
    }
}

/// A stage of the doctor's report.
pub(in crate::kafka) type Stage = &'static str;

/// How the doctor must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kafka) enum Expected {
    /// Every stage is good.
    Good,
    /// The same, and sessions end and go on while it is watched.
    Renewed,
    /// It gets as far as this stage, and ends with this code.
    Fails(Stage, i32),
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::kafka) struct Cell {
    pub(in crate::kafka) name: String,
    pub(in crate::kafka) listener: Listener,
    pub(in crate::kafka) client: Client,
    pub(in crate::kafka) expected: Expected,
}

impl Cell {
    /// Whether it takes as long as a connection is watched.
    pub(in crate::kafka) fn is_slow(&self) -> bool {
        self.expected == Expected::Renewed
    }

    /// A name for files.
    pub(in crate::kafka) fn file_name(&self) -> String {
        let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
        self.name.chars().map(plain).collect()
    }

    /// The client's settings, in the names of Java's client: it reads the same file.
    pub(in crate::kafka) fn properties(&self, certificates: &Certificates) -> String {
        let mut lines = vec![format!("security.protocol={}", self.client.protocol.name())];
        let mut set = |name: &str, value: &str| lines.push(format!("{name}={value}"));
        if self.client.protocol.tls {
            let trusted = match self.client.trusts {
                Whose::Ours => &certificates.authority,
                Whose::Strangers => &certificates.stranger,
            };
            set("ssl.truststore.type", "PEM");
            set("ssl.truststore.location", &trusted.display().to_string());
        }
        if let Some(whose) = self.client.certificate {
            let shown = match whose {
                Whose::Ours => &certificates.client,
                Whose::Strangers => &certificates.stranger,
            };
            set("ssl.keystore.type", "PEM");
            set("ssl.keystore.location", &shown.display().to_string());
        }
        if let Some(name) = self.client.expects {
            set("klamm.ssl.server.name", name);
        }
        if self.client.protocol.sasl {
            set("sasl.mechanism", self.client.mechanism.name());
            let module = self.client.mechanism.module(self.client.has_right_password);
            set("sasl.jaas.config", &module);
        }
        lines.push(String::new());
        lines.join("\n")
    }
}
