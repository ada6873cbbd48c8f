//! Each cause has a next step, word by word.

#![cfg(test)]

use klamm_protocol::api_versions::ApiVersionsResponse;
use klamm_protocol::decode_exact;
use klamm_protocol::frame::FrameError;
use klamm_protocol::negotiate::{NegotiationError, UnsupportedVersion};
use klamm_wire::{ErrorCode, NodeId};

use super::*;
use crate::failure::{Fate, TlsFailure};
use crate::sasl::{Mechanism, SaslError, TokenError};

/// Every advice that can be given, as a page to read.
const PAGE: &str = include_str!("advice.txt");

fn page() -> String {
    let mut page = String::new();
    for (title, failures) in sections() {
        page += &format!("== {title}\n");
        for failure in failures {
            let next = failure.next_step().unwrap_or_else(|| "-".to_owned());
            page += &format!("{}\n  {next}\n", failure.to_string().trim_end());
        }
    }
    page += "== codes\n";
    for row in codes::ADVICE {
        let (whose, api) = match row.api {
            Some(api) => (format!(" of {}", api.name()), api),
            None => (String::new(), ApiKey::Produce),
        };
        let sentence = next_step_for(row.code, api).unwrap();
        page += &format!("{}{whose}\n  {sentence}\n", row.code);
    }
    page
}

fn sections() -> Vec<(&'static str, Vec<ConnFailure>)> {
    vec![
        ("by stage", by_stage()),
        ("plain causes", plain_causes().into_iter().map(at(Stage::Connect)).collect()),
        ("frames", frames().into_iter().map(at(Stage::Versions)).collect()),
        ("TLS", tls_failures().into_iter().map(Cause::Tls).map(at(Stage::Tls)).collect()),
        ("SASL", sasl_errors().into_iter().map(Cause::Sasl).map(at(Stage::Authenticate)).collect()),
    ]
}

fn at(stage: Stage) -> impl Fn(Cause) -> ConnFailure {
    move |cause| ConnFailure { stage, cause }
}

fn by_stage() -> Vec<ConnFailure> {
    let causes = [Cause::TimedOut, Cause::Reset, Cause::ClosedByPeer];
    let all = causes.into_iter();
    all.flat_map(|cause| Stage::ALL.map(|stage| ConnFailure { stage, cause: cause.clone() }))
        .collect()
}

fn plain_causes() -> Vec<Cause> {
    let unsupported =
        UnsupportedVersion { key: ApiKey::Produce, ours: None, theirs: None, cap: None };
    let empty = bytes::Bytes::new();
    let wrong = decode_exact::<ApiVersionsResponse<'_>>(&empty, 0).unwrap_err();
    vec![
        Cause::NoSuchHost,
        Cause::LookupFailed("temporary failure".to_owned()),
        Cause::Refused,
        Cause::Unreachable("no route to host".to_owned()),
        Cause::Io("broken pipe".to_owned()),
        Cause::Proxy("407".to_owned()),
        Cause::Malformed(wrong),
        Cause::OutOfStep { expected: 1, got: 2 },
        Cause::Unsolicited { got: 3 },
        Cause::Negotiation(NegotiationError::Malformed(wrong)),
        Cause::Negotiation(NegotiationError::Refused(ErrorCode::UNSUPPORTED_VERSION)),
        Cause::Negotiation(NegotiationError::Refused(ErrorCode::INVALID_REQUEST)),
        Cause::Negotiation(NegotiationError::NoCommonVersion(unsupported)),
        Cause::Unsupported(unsupported),
        Cause::RequestTimedOut,
        Cause::NotFlushed,
        Cause::Idle,
        Cause::Unneeded,
        Cause::AddressChanged,
        Cause::Internal("out of names"),
    ]
}

fn frames() -> Vec<Cause> {
    let claimed = |bytes: &[u8; 4]| FrameError::TooLong {
        length: i32::from_be_bytes(*bytes),
        limit: 1 << 20,
    };
    let errors = [
        claimed(&[0x15, 3, 3, 0]),
        claimed(b"HTTP"),
        claimed(b"SSH-"),
        FrameError::NegativeLength(-5),
    ];
    errors.into_iter().map(Cause::Frame).collect()
}

fn tls_failures() -> Vec<TlsFailure> {
    let text = str::to_owned;
    vec![
        TlsFailure::NotTls { looks_like: text("a frame of Kafka") },
        TlsFailure::ClosedAtOnce,
        TlsFailure::UnknownIssuer {
            subject: text("broker-1"),
            issuer: text("Project CA"),
            roots: text("the 145 built-in roots"),
        },
        TlsFailure::WrongName { expected: text("kafka"), presented: vec![text("broker-1")] },
        TlsFailure::WrongName { expected: text("kafka"), presented: vec![] },
        TlsFailure::Expired { subject: text("broker-1"), until: text("2020-01-01") },
        TlsFailure::NotYetValid { subject: text("broker-1"), from: text("2040-01-01") },
        TlsFailure::BadCertificate(text("its signature is wrong")),
        TlsFailure::Alert(text("certificate_required")),
        TlsFailure::Alert(text("protocol_version")),
        TlsFailure::Alert(text("unrecognized_name")),
        TlsFailure::Alert(text("internal_error")),
        TlsFailure::Incompatible(text("no suite")),
        TlsFailure::NoProvider(text("this processor lacks avx2")),
        TlsFailure::BadSettings(text("ca.pem holds no certificate")),
        TlsFailure::Other(text("something else")),
    ]
}

fn sasl_errors() -> Vec<SaslError> {
    let offered = |names: &[&str]| SaslError::UnsupportedMechanism {
        asked: Mechanism::Plain,
        offered: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    let refused = |mechanism, username: Option<&str>| SaslError::Refused {
        mechanism,
        username: username.map(str::to_owned),
        code: Some(ErrorCode::SASL_AUTHENTICATION_FAILED),
        message: "Authentication failed".to_owned(),
    };
    vec![
        offered(&["GSSAPI"]),
        offered(&["SCRAM-SHA-512", "GSSAPI"]),
        offered(&["SCRAM-SHA-256", "SCRAM-SHA-512"]),
        refused(Mechanism::Plain, Some("alice")),
        refused(Mechanism::Plain, Some("$ConnectionString")),
        refused(Mechanism::Plain, Some("")),
        refused(Mechanism::OAuthBearer, None),
        SaslError::Refused {
            mechanism: Mechanism::Plain,
            username: Some("alice".to_owned()),
            code: Some(ErrorCode::ILLEGAL_SASL_STATE),
            message: String::new(),
        },
        SaslError::Misbehaved("it does not know the password"),
        SaslError::Unsafe("5 iterations".to_owned()),
        SaslError::Unprepared("the password holds a zero byte"),
        SaslError::NoToken(TokenError("the issuer is silent".to_owned())),
        SaslError::NoCredentials,
        SaslError::OutOfTurn("nobody asked for a hash"),
    ]
}

#[test]
fn every_failure_has_the_next_step_that_the_page_shows() {
    let page = page();
    if page != PAGE {
        let at = concat!(env!("CARGO_MANIFEST_DIR"), "/src/failure/advice/advice.txt");
        if std::env::var_os("KLAMM_BLESS").is_some() {
            std::fs::write(at, &page).unwrap();
        }
    }
    assert_eq!(page, PAGE, "set KLAMM_BLESS to write the page anew");
}

#[test]
fn a_request_is_advised_by_what_became_of_its_connection() {
    let lost = ConnFailure { stage: Stage::Connect, cause: Cause::Refused };
    let step = |reason| RequestFailure { reason, fate: Fate::NotWritten }.next_step();
    let wanted = lost.next_step();
    assert_eq!(step(Reason::Lost(lost.clone())), wanted);
    assert_eq!(step(Reason::NotAccepted(lost.clone())), wanted);
    assert_eq!(step(Reason::DeadlinePassed(Some(lost))), wanted);
    assert!(step(Reason::DeadlinePassed(None)).unwrap().contains("request.timeout.ms"));
    assert!(step(Reason::NoSuchNode(NodeId(7))).unwrap().contains("broker is back"));
    let refused = Reason::CoordinatorRefused(ErrorCode::GROUP_AUTHORIZATION_FAILED);
    assert!(step(refused).unwrap().contains("Read on the group"));
    assert_eq!(step(Reason::Closed), None);
}

#[test]
fn the_right_to_write_idempotently_is_another_than_that_to_look() {
    let code = ErrorCode::CLUSTER_AUTHORIZATION_FAILED;
    let writing = next_step_for(code, ApiKey::InitProducerId).unwrap();
    assert!(writing.contains("IdempotentWrite") && writing.contains("enable.idempotence=false"));
    assert!(!next_step_for(code, ApiKey::Metadata).unwrap().contains("IdempotentWrite"));
    assert_eq!(next_step_for(ErrorCode::NONE, ApiKey::Metadata), None);
}
