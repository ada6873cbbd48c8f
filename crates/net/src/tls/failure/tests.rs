//! Every kind of error, and what is said of it.
#![cfg(test)]

use std::time::Duration;

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, InvalidMessage};

use super::*;

fn chain() -> Vec<CertificateFacts> {
    let moment = Moment::from_unix_seconds;
    let facts = |subject: &str, issuer: &str, names: &[&str], from, until| CertificateFacts {
        subject: subject.to_owned(),
        issuer: issuer.to_owned(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        not_before: moment(from),
        not_after: moment(until),
        is_ca: names.is_empty(),
    };
    vec![
        facts("CN=broker", "CN=between", &["a.test", "*.b.test"], 1_000, 9_000),
        facts("CN=between", "CN=root", &[], 2_000, 8_000),
    ]
}

fn at(seconds: u64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}

#[track_caller]
fn check(error: &Error, words: &str) {
    let chain = chain();
    let sight = Sight { expected: "c.test", roots: "2 roots", first: b"\x16\x03", chain: &chain };
    assert_eq!(of_rustls(error, &sight).to_string(), words);
    // The same through the error of a stream.
    let error = io::Error::new(io::ErrorKind::InvalidData, error.clone());
    assert_eq!(of_io(&error, &sight).to_string(), words);
    assert!(failure_of(&error).is_some());
}

#[test]
fn errors_about_certificates_name_whom_and_when() {
    use CertificateError as E;
    for (error, words) in [
        (
            E::UnknownIssuer,
            "nobody believed vouches for `CN=broker`: it was issued by `CN=root`, and 2 roots are \
             believed",
        ),
        (E::NotValidForName, "the certificate is not for `c.test` but for a.test, *.b.test"),
        (E::Expired, "the certificate of `CN=broker` was valid until 1970-01-01 02:30:00 UTC"),
        (
            E::ExpiredContext { time: at(8_500), not_after: at(8_000) },
            "the certificate of `CN=between` was valid until 1970-01-01 02:13:20 UTC",
        ),
        (
            E::ExpiredContext { time: at(8_500), not_after: at(7_999) },
            "the certificate of `CN=broker` was valid until 1970-01-01 02:13:19 UTC",
        ),
        (E::NotValidYet, "the certificate of `CN=broker` is valid from 1970-01-01 00:16:40 UTC on"),
        (
            E::NotValidYetContext { time: at(1), not_before: at(2_000) },
            "the certificate of `CN=between` is valid from 1970-01-01 00:33:20 UTC on",
        ),
        (E::BadEncoding, "the certificate is bad: its encoding is wrong"),
        (E::BadSignature, "the certificate is bad: its signature is wrong"),
        (E::Revoked, "the certificate is bad: it was revoked"),
        (E::InvalidPurpose, "the certificate is bad: it is not for servers"),
    ] {
        check(&Error::InvalidCertificate(error), words);
    }
}

#[test]
fn other_errors_say_whose_turn_it_is() {
    for (error, words) in [
        (
            Error::AlertReceived(AlertDescription::CertificateRequired),
            "the peer refused with the TLS alert `certificate_required`",
        ),
        (
            Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon),
            "the two sides have nothing in common: no cipher suite",
        ),
        (
            Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13),
            "the two sides have nothing in common: the peer speaks neither TLS 1.2 nor TLS 1.3",
        ),
        (Error::NoCertificatesPresented, "the certificate is bad: the peer showed none"),
        (Error::DecryptError, "TLS failed: cannot decrypt peer's message"),
        (
            Error::InvalidMessage(InvalidMessage::MessageTooShort),
            "TLS failed: received corrupt message of type MessageTooShort",
        ),
    ] {
        check(&error, words);
    }
}

#[test]
fn ends_of_the_stream_are_told_by_what_came_before() {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, TimedOut, UnexpectedEof};
    for (kind, first, failure) in [
        (UnexpectedEof, &b""[..], TlsFailure::ClosedAtOnce),
        (ConnectionReset, b"", TlsFailure::ClosedAtOnce),
        (BrokenPipe, b"", TlsFailure::ClosedAtOnce),
        (
            ConnectionReset,
            b"\x16\x03\x03",
            TlsFailure::Other("the peer closed in the middle of agreeing on TLS".to_owned()),
        ),
        (
            UnexpectedEof,
            b"SSH-2.0-x",
            TlsFailure::NotTls { looks_like: "SSH, `SSH-2.0-x`".to_owned() },
        ),
        (TimedOut, b"", TlsFailure::Other("TLS failed below: timed out".to_owned())),
    ] {
        let sight = Sight { first, ..NOTHING };
        assert_eq!(of_io(&kind.into(), &sight), failure, "{kind:?}");
        assert_eq!(failure_of(&kind.into()), None);
    }
}

#[test]
fn without_a_chain_names_are_unknown_but_nothing_breaks() {
    for error in [
        CertificateError::UnknownIssuer,
        CertificateError::NotValidForName,
        CertificateError::Expired,
        CertificateError::NotValidYet,
    ] {
        let words = of_rustls(&Error::InvalidCertificate(error), &NOTHING).to_string();
        assert!(words.contains("(unknown)") || words.contains("nobody"), "{words}");
    }
}
