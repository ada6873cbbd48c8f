//! Where the value of each property is seen.
#![cfg(test)]

use klamm_cluster::sasl::Credentials;
use klamm_cluster::transport::{ClientIdentity, Pem, TlsSettings};

use crate::Config;
use crate::Family::{self, Java, Librdkafka};
use crate::row::{Names, Row};
use crate::token::TokenSource;

/// A value of a property, and where it is seen.
pub(super) struct Arrival {
    pub(super) name: &'static str,
    pub(super) family: Family,
    pub(super) value: &'static str,
    /// What it makes sense beside.
    pub(super) beside: Pairs,
    pub(super) seen: fn(&Config) -> String,
    pub(super) expected: &'static str,
}

impl Arrival {
    /// Whether its family reads this row.
    pub(super) fn reads(&self, row: &Row) -> bool {
        let is_theirs = self.family == Librdkafka;
        (row.names == Names::Librdkafka) == is_theirs
    }
}

pub(super) type Pairs = &'static [(&'static str, &'static str)];

pub(super) const fn at(
    family: Family,
    (name, value): (&'static str, &'static str),
    beside: Pairs,
    seen: fn(&Config) -> String,
    expected: &'static str,
) -> Arrival {
    Arrival { name, family, value, beside, seen, expected }
}

const ALONE: Pairs = &[];
const TLS: Pairs = &[("security.protocol", "SSL")];
const JAVA_STORES: Pairs =
    &[("security.protocol", "SSL"), ("ssl.truststore.type", "PEM"), ("ssl.keystore.type", "PEM")];
const TRUSTED: Pairs = &[("security.protocol", "SSL"), ("ssl.truststore.location", "/ca")];
const KEPT: Pairs = &[("security.protocol", "SSL"), ("ssl.keystore.location", "/id")];
const WITH_KEY: Pairs = &[("security.protocol", "SSL"), ("ssl.keystore.key", PEM_KEY)];
const WITH_CHAIN: Pairs =
    &[("security.protocol", "SSL"), ("ssl.keystore.certificate.chain", PEM_CHAIN)];
const WITH_BOTH: Pairs = &[
    ("security.protocol", "SSL"),
    ("ssl.keystore.key", PEM_KEY),
    ("ssl.keystore.certificate.chain", PEM_CHAIN),
];
const LIB_KEY: Pairs = &[("security.protocol", "SSL"), ("ssl.key.location", "/key")];
const LIB_CHAIN: Pairs = &[("security.protocol", "SSL"), ("ssl.certificate.location", "/chain")];
const SCRAM: Pairs = &[
    ("security.protocol", "SASL_SSL"),
    ("sasl.jaas.config", "ScramLoginModule required username=a password=b;"),
];
const PLAIN: Pairs = &[("security.protocol", "SASL_SSL"), ("sasl.mechanism", "PLAIN")];
const LIB_USER: Pairs =
    &[("security.protocol", "SASL_SSL"), ("sasl.username", "alice"), ("sasl.password", "b")];
const LIB_PLAIN_USER: Pairs =
    &[("security.protocol", "SASL_SSL"), ("sasl.mechanism", "PLAIN"), ("sasl.username", "alice")];
const LIB_PLAIN_PASSWORD: Pairs =
    &[("security.protocol", "SASL_SSL"), ("sasl.mechanism", "PLAIN"), ("sasl.password", "secret")];
const UNSECURED: Pairs = &[
    ("security.protocol", "SASL_SSL"),
    ("sasl.mechanism", "OAUTHBEARER"),
    ("enable.sasl.oauthbearer.unsecure.jwt", "true"),
];
const BEARER: Pairs = &[
    ("security.protocol", "SASL_SSL"),
    ("sasl.mechanism", "OAUTHBEARER"),
    ("sasl.oauthbearer.config", "principal=alice"),
];

const PEM_KEY: &str = "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----";
const PEM_CHAIN: &str = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----";

pub(super) const ARRIVALS: &[Arrival] = &[
    at(
        Java,
        ("bootstrap.servers", "a:1, SSL://example.invalid:2"),
        ALONE,
        bootstrap,
        "a:1 example.invalid:2",
    ),
    at(
        Librdkafka,
        ("metadata.broker.list", "a,b:2"),
        &[("bootstrap.servers", "a,b:2")],
        |c| bootstrap(c) + " " + &c.dump().contains("metadata.broker.list").to_string(),
        "a:9092 b:2 true",
    ),
    at(
        Java,
        ("client.id", " me "),
        ALONE,
        |c| debug(&c.settings().connection.client_id),
        "Some(\"me\")",
    ),
    at(
        Java,
        ("client.dns.lookup", "resolve_canonical_bootstrap_servers_only"),
        ALONE,
        |c| debug(&c.settings().dial.lookup),
        "ResolveCanonicalBootstrapServersOnly",
    ),
    at(Java, ("request.timeout.ms", "7"), ALONE, request_timeout, "7ms"),
    at(Librdkafka, ("socket.timeout.ms", "70"), ALONE, request_timeout, "70ms"),
    at(Java, ("max.in.flight.requests.per.connection", "3"), ALONE, in_flight, "3"),
    at(Librdkafka, ("max.in.flight", "4"), ALONE, in_flight, "4"),
    at(
        Librdkafka,
        ("receive.message.max.bytes", "5000"),
        ALONE,
        |c| c.settings().connection.frame_limit.receive.to_string(),
        "5000",
    ),
    at(Java, ("metadata.max.age.ms", "9"), ALONE, max_age, "9ms"),
    at(
        Librdkafka,
        ("topic.metadata.refresh.interval.ms", "8"),
        &[("metadata.max.age.ms", "9")],
        max_age,
        "8ms",
    ),
    at(
        Java,
        ("metadata.max.idle.ms", "5001"),
        ALONE,
        |c| debug(&c.settings().metadata.max_idle),
        "5.001s",
    ),
    at(
        Librdkafka,
        ("topic.metadata.propagation.max.ms", "11"),
        ALONE,
        |c| debug(&c.settings().metadata.unknown_topic_wait),
        "11ms",
    ),
    at(Librdkafka, ("topic.metadata.refresh.fast.interval.ms", "12"), ALONE, backoff, "12ms..1s"),
    at(
        Java,
        ("metadata.recovery.strategy", "NONE"),
        ALONE,
        |c| c.settings().metadata.rebootstrap.to_string(),
        "false",
    ),
    at(
        Java,
        ("metadata.recovery.rebootstrap.trigger.ms", "13"),
        ALONE,
        |c| debug(&c.settings().metadata.rebootstrap_trigger),
        "13ms",
    ),
    at(
        Java,
        ("allow.auto.create.topics", "false"),
        ALONE,
        |c| c.settings().metadata.allow_auto_create.to_string(),
        "false",
    ),
    at(Java, ("retry.backoff.ms", "14"), ALONE, backoff, "14ms..1s"),
    at(Java, ("retry.backoff.max.ms", "150"), ALONE, backoff, "100ms..150ms"),
    at(Java, ("socket.connection.setup.timeout.ms", "40000"), ALONE, setup, "40s..40s"),
    at(Librdkafka, ("socket.connection.setup.timeout.ms", "8000"), ALONE, handshake, "8s 8s..30s"),
    at(Java, ("socket.connection.setup.timeout.max.ms", "20000"), ALONE, setup, "10s..20s"),
    at(Java, ("reconnect.backoff.ms", "60"), ALONE, reconnect, "60ms..60ms"),
    at(Java, ("reconnect.backoff.max.ms", "70"), ALONE, reconnect, "50ms..70ms"),
    at(Java, ("connections.max.idle.ms", "-1"), ALONE, max_idle, "None"),
    at(Librdkafka, ("connections.max.idle.ms", "0"), ALONE, max_idle, "None"),
    at(
        Java,
        ("send.buffer.bytes", "100"),
        ALONE,
        |c| debug(&c.transport().tcp.send_buffer),
        "Some(100)",
    ),
    at(
        Librdkafka,
        ("socket.send.buffer.bytes", "101"),
        ALONE,
        |c| debug(&c.transport().tcp.send_buffer),
        "Some(101)",
    ),
    at(
        Java,
        ("receive.buffer.bytes", "102"),
        ALONE,
        |c| debug(&c.transport().tcp.receive_buffer),
        "Some(102)",
    ),
    at(
        Librdkafka,
        ("socket.receive.buffer.bytes", "103"),
        ALONE,
        |c| debug(&c.transport().tcp.receive_buffer),
        "Some(103)",
    ),
    at(
        Librdkafka,
        ("socket.keepalive.enable", "false"),
        ALONE,
        |c| debug(&c.transport().tcp.keep_alive),
        "None",
    ),
    at(
        Librdkafka,
        ("broker.address.family", "v6"),
        ALONE,
        |c| debug(&c.transport().tcp.family),
        "V6",
    ),
    at(
        Librdkafka,
        ("socket.nagle.disable", "false"),
        ALONE,
        |c| c.transport().tcp.no_delay.to_string(),
        "false",
    ),
    at(
        Java,
        ("klamm.proxy", "socks5://%61lice:p%40ss@proxy:1080"),
        ALONE,
        proxy,
        "Socks5 proxy:1080 alice p@ss",
    ),
    at(
        Java,
        ("security.protocol", "ssl"),
        ALONE,
        |c| c.transport().tls.is_some().to_string(),
        "true",
    ),
    at(Java, ("ssl.truststore.type", "PEM"), TRUSTED, roots, "/ca"),
    at(Java, ("ssl.truststore.location", "/ca"), JAVA_STORES, roots, "/ca"),
    at(Java, ("ssl.truststore.certificates", PEM_CHAIN), TLS, roots, PEM_CHAIN),
    at(Librdkafka, ("ssl.ca.location", "/ca"), TLS, roots, "/ca"),
    at(Librdkafka, ("ssl.ca.pem", PEM_CHAIN), TLS, roots, PEM_CHAIN),
    at(Java, ("ssl.keystore.type", "pem"), KEPT, |c| pem(&identity(c).key), "/id"),
    at(Java, ("ssl.keystore.location", "/id"), JAVA_STORES, |c| pem(&identity(c).chain), "/id"),
    at(
        Java,
        ("ssl.keystore.certificate.chain", PEM_CHAIN),
        WITH_KEY,
        |c| pem(&identity(c).chain),
        PEM_CHAIN,
    ),
    at(Java, ("ssl.keystore.key", PEM_KEY), WITH_CHAIN, |c| pem(&identity(c).key), PEM_KEY),
    at(
        Librdkafka,
        ("ssl.certificate.location", "/chain"),
        LIB_KEY,
        |c| pem(&identity(c).chain),
        "/chain",
    ),
    at(
        Librdkafka,
        ("ssl.certificate.pem", PEM_CHAIN),
        LIB_KEY,
        |c| pem(&identity(c).chain),
        PEM_CHAIN,
    ),
    at(Librdkafka, ("ssl.key.location", "/key"), LIB_CHAIN, |c| pem(&identity(c).key), "/key"),
    at(Librdkafka, ("ssl.key.pem", PEM_KEY), LIB_CHAIN, |c| pem(&identity(c).key), PEM_KEY),
    at(
        Java,
        ("ssl.key.password", "secret"),
        WITH_BOTH,
        |c| identity(c).password.map_or(String::new(), |p| text(p.reveal())),
        "secret",
    ),
    at(
        Java,
        ("ssl.endpoint.identification.algorithm", ""),
        TLS,
        |c| tls(c).check_name.to_string(),
        "false",
    ),
    at(
        Librdkafka,
        ("ssl.endpoint.identification.algorithm", "none"),
        TLS,
        |c| tls(c).check_name.to_string(),
        "false",
    ),
    at(
        Librdkafka,
        ("enable.ssl.certificate.verification", "false"),
        TLS,
        |c| tls(c).verify.to_string(),
        "false",
    ),
    at(Java, ("ssl.protocol", "TLSv1.2"), TLS, |c| debug(&tls(c).versions), "Only12"),
    at(Java, ("ssl.enabled.protocols", "TLSv1.3"), TLS, |c| debug(&tls(c).versions), "Only13"),
    at(
        Java,
        ("klamm.ssl.public.roots", "true"),
        &[("security.protocol", "SSL"), ("ssl.truststore.certificates", PEM_CHAIN)],
        |c| tls(c).public_roots.to_string(),
        "true",
    ),
    at(
        Java,
        ("klamm.ssl.server.name", "kafka"),
        TLS,
        |c| debug(&tls(c).server_name),
        "Some(\"kafka\")",
    ),
    at(
        Java,
        ("klamm.ssl.key.log.location", "/log"),
        TLS,
        |c| debug(&tls(c).key_log),
        "Some(\"/log\")",
    ),
    at(Java, ("sasl.mechanism", "scram-sha-512"), SCRAM, who, "SCRAM-SHA-512 a b"),
    at(Librdkafka, ("sasl.mechanisms", "SCRAM-SHA-256"), LIB_USER, who, "SCRAM-SHA-256 alice b"),
    at(Librdkafka, ("sasl.username", "alice"), LIB_PLAIN_PASSWORD, who, "PLAIN alice secret"),
    at(Librdkafka, ("sasl.password", " se cret "), LIB_PLAIN_USER, who, "PLAIN alice  se cret "),
    at(
        Java,
        ("sasl.jaas.config", "x.PlainLoginModule required username=\"a\" password=\"b\";"),
        PLAIN,
        who,
        "PLAIN a b",
    ),
    at(
        Librdkafka,
        ("enable.sasl.oauthbearer.unsecure.jwt", "true"),
        BEARER,
        claims,
        "[(\"sub\", Text(\"alice\"))]",
    ),
    at(
        Librdkafka,
        ("sasl.oauthbearer.config", "principal=al principalClaimName=azp"),
        UNSECURED,
        claims,
        "[(\"azp\", Text(\"al\"))]",
    ),
];

pub(super) fn debug(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn bootstrap(c: &Config) -> String {
    let servers: Vec<String> = c.settings().bootstrap.iter().map(ToString::to_string).collect();
    servers.join(" ")
}

fn request_timeout(c: &Config) -> String {
    debug(&c.settings().connection.request_timeout)
}

fn in_flight(c: &Config) -> String {
    c.settings().connection.max_in_flight.to_string()
}

fn max_age(c: &Config) -> String {
    debug(&c.settings().metadata.max_age)
}

fn backoff(c: &Config) -> String {
    let metadata = c.settings().metadata;
    format!("{:?}..{:?}", metadata.backoff, metadata.backoff_max)
}

fn setup(c: &Config) -> String {
    let dial = c.settings().dial;
    format!("{:?}..{:?}", dial.setup_timeout, dial.setup_timeout_max)
}

fn handshake(c: &Config) -> String {
    format!("{:?} {}", c.settings().connection.handshake_timeout, setup(c))
}

fn reconnect(c: &Config) -> String {
    let dial = c.settings().dial;
    format!("{:?}..{:?}", dial.backoff, dial.backoff_max)
}

fn max_idle(c: &Config) -> String {
    debug(&c.settings().dial.max_idle)
}

fn proxy(c: &Config) -> String {
    c.transport().proxy.map_or(String::new(), |proxy| {
        let (name, password) = proxy.credentials.unwrap();
        format!("{:?} {} {name} {}", proxy.kind, proxy.at, text(password.reveal()))
    })
}

fn tls(c: &Config) -> TlsSettings {
    c.transport().tls.unwrap()
}

fn roots(c: &Config) -> String {
    tls(c).roots.iter().map(pem).collect()
}

fn identity(c: &Config) -> ClientIdentity {
    tls(c).identity.unwrap_or(ClientIdentity {
        chain: Pem::Text("none".into()),
        key: Pem::Text("none".into()),
        password: None,
    })
}

fn pem(pem: &Pem) -> String {
    match pem {
        Pem::File(path) => path.display().to_string(),
        Pem::Text(secret) => text(secret.reveal()),
    }
}

fn who(c: &Config) -> String {
    match c.credentials().unwrap() {
        Credentials::Plain { username, password }
        | Credentials::Scram { username, password, .. } => {
            let mechanism = c.credentials().unwrap().mechanism();
            format!("{mechanism} {username} {}", text(password.reveal()))
        }
        Credentials::OAuthBearer => "a token".to_owned(),
    }
}

fn claims(c: &Config) -> String {
    match c.tokens() {
        TokenSource::Unsecured(token) => debug(&token.claims()),
        TokenSource::None => "none".to_owned(),
    }
}
