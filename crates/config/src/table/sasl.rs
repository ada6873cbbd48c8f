//! SASL: who we say we are.

use klamm_cluster::sasl::Mechanism;

use crate::assemble::unsecured;
use crate::draft::Draft;
use crate::error::{Outcome, Problem};
use crate::jaas;
use crate::row::Row;
use crate::row::Takes::{Flag, Later, Never, Only, Secret, Text};

pub(crate) static ROWS: &[Row] = &[
    Row::both("sasl.mechanism", Text(mechanism), MECHANISM).here("").defaults("GSSAPI", "GSSAPI"),
    Row::librdkafka("sasl.mechanisms", Text(mechanism), "Another name for `sasl.mechanism`.")
        .sets("sasl.mechanism")
        .defaults("", "GSSAPI"),
    Row::librdkafka(
        "sasl.username",
        Text(|d, name| {
            d.sasl.username = Some(name.to_owned());
            Ok(())
        }),
        "The name, for PLAIN and SCRAM.",
    ),
    Row::librdkafka(
        "sasl.password",
        Secret(|d, password| {
            d.sasl.password = Some(password);
            Ok(())
        }),
        "The password, for PLAIN and SCRAM.",
    ),
    Row::java(
        "sasl.jaas.config",
        Secret(|d, text| {
            d.sasl.jaas = Some(jaas::parse(&text)?);
            Ok(())
        }),
        "A login module of Kafka with its options: name and password, or what a token claims.",
    ),
    Row::librdkafka(
        "enable.sasl.oauthbearer.unsecure.jwt",
        Flag(|d, yes| d.sasl.allows_unsecured = yes),
        "Whether tokens for OAUTHBEARER are made up without a signature, for tests.",
    )
    .defaults("", "false"),
    Row::librdkafka(
        "sasl.oauthbearer.config",
        Secret(|d, text| {
            d.sasl.token = Some(unsecured::of_librdkafka(&text)?);
            Ok(())
        }),
        "What such a token claims: `principal=NAME`, `scope=…`, `lifeSeconds=…`, `extension_…=…`.",
    ),
    Row::librdkafka(
        "sasl.oauthbearer.method",
        Only("default", "fetching tokens from an identity provider is not supported yet"),
        "Where tokens come from.",
    )
    .defaults("", "default"),
];

const MECHANISM: &str =
    "How we say who we are: `PLAIN`, `SCRAM-SHA-256`, `SCRAM-SHA-512` or `OAUTHBEARER`.";

/// What to use instead of a mechanism that is not offered.
pub(crate) const MECHANISMS: &str = "Use PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER";

fn mechanism(d: &mut Draft, text: &str) -> Outcome {
    d.sasl.mechanism = Some(Mechanism::from_name(text).ok_or_else(|| not_offered(text))?);
    Ok(())
}

fn not_offered(text: &str) -> Problem {
    match text.to_ascii_uppercase().as_str() {
        "GSSAPI" => Problem::new("Kerberos (GSSAPI) is not offered", MECHANISMS),
        "AWS_MSK_IAM" => Problem::new(
            "this mechanism of Amazon MSK is not offered",
            "Use OAUTHBEARER with a token signed for IAM, or SCRAM-SHA-512",
        ),
        _ if text.contains(',') => Problem::new("there is more than one mechanism", MECHANISMS),
        _ => Problem::new("this mechanism is not offered", MECHANISMS),
    }
}

const KERBEROS: &str = "Kerberos (GSSAPI) is not offered";
const JAVAS: &str = "it names a class of Java, and there is no Java here";
const ABOUT_TOKENS: &str = "A part of fetching tokens from an identity provider.";

const fn kerberos(name: &'static str) -> Row {
    Row::both(name, Never(KERBEROS, MECHANISMS), "A part of Kerberos.")
}

const fn class(name: &'static str) -> Row {
    Row::java(name, Never(JAVAS, "Leave it out"), "A class of Java.")
}

const fn token(name: &'static str) -> Row {
    Row::both(name, Later, ABOUT_TOKENS)
}

const fn token_of_java(name: &'static str) -> Row {
    Row::java(name, Later, ABOUT_TOKENS)
}

const fn token_of_librdkafka(name: &'static str) -> Row {
    Row::librdkafka(name, Later, ABOUT_TOKENS)
}

/// What is known of SASL and refused.
pub(crate) static UNSUPPORTED: &[Row] = &[
    kerberos("sasl.kerberos.service.name"),
    kerberos("sasl.kerberos.kinit.cmd"),
    kerberos("sasl.kerberos.min.time.before.relogin"),
    kerberos("sasl.kerberos.ticket.renew.jitter"),
    kerberos("sasl.kerberos.ticket.renew.window.factor"),
    kerberos("sasl.kerberos.principal"),
    kerberos("sasl.kerberos.keytab"),
    class("sasl.client.callback.handler.class"),
    class("sasl.login.callback.handler.class"),
    class("sasl.login.class"),
    class("sasl.oauthbearer.jwt.retriever.class"),
    class("sasl.oauthbearer.jwt.validator.class"),
    token_of_java("sasl.login.connect.timeout.ms"),
    token_of_java("sasl.login.read.timeout.ms"),
    token_of_java("sasl.login.refresh.buffer.seconds"),
    token_of_java("sasl.login.refresh.min.period.seconds"),
    token_of_java("sasl.login.refresh.window.factor"),
    token_of_java("sasl.login.refresh.window.jitter"),
    token_of_java("sasl.login.retry.backoff.max.ms"),
    token_of_java("sasl.login.retry.backoff.ms"),
    token_of_java("sasl.oauthbearer.assertion.template.file"),
    token_of_java("sasl.oauthbearer.clock.skew.seconds"),
    token_of_java("sasl.oauthbearer.expected.audience"),
    token_of_java("sasl.oauthbearer.expected.issuer"),
    token_of_java("sasl.oauthbearer.header.urlencode"),
    token_of_java("sasl.oauthbearer.jwks.endpoint.refresh.ms"),
    token_of_java("sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms"),
    token_of_java("sasl.oauthbearer.jwks.endpoint.retry.backoff.ms"),
    token_of_java("sasl.oauthbearer.jwks.endpoint.url"),
    token_of_java("sasl.oauthbearer.scope.claim.name"),
    token_of_java("sasl.oauthbearer.sub.claim.name"),
    token("sasl.oauthbearer.assertion.algorithm"),
    token("sasl.oauthbearer.assertion.claim.aud"),
    token("sasl.oauthbearer.assertion.claim.exp.seconds"),
    token("sasl.oauthbearer.assertion.claim.iss"),
    token("sasl.oauthbearer.assertion.claim.jti.include"),
    token("sasl.oauthbearer.assertion.claim.nbf.seconds"),
    token("sasl.oauthbearer.assertion.claim.sub"),
    token("sasl.oauthbearer.assertion.file"),
    token("sasl.oauthbearer.assertion.private.key.file"),
    token("sasl.oauthbearer.assertion.private.key.passphrase"),
    token("sasl.oauthbearer.client.credentials.client.id"),
    token("sasl.oauthbearer.client.credentials.client.secret"),
    token("sasl.oauthbearer.scope"),
    token("sasl.oauthbearer.token.endpoint.url"),
    token_of_librdkafka("sasl.oauthbearer.assertion.jwt.template.file"),
    token_of_librdkafka("sasl.oauthbearer.assertion.private.key.pem"),
    token_of_librdkafka("sasl.oauthbearer.client.id"),
    token_of_librdkafka("sasl.oauthbearer.client.secret"),
    token_of_librdkafka("sasl.oauthbearer.extensions"),
    token_of_librdkafka("sasl.oauthbearer.grant.type"),
    token_of_librdkafka("sasl.oauthbearer.metadata.authentication.type"),
];
