//! Errors of the TLS library and of the stream below it, as failures that say what to look at.
#![expect(clippy::wildcard_enum_match_arm, reason = "the lists are open and not ours")]

use std::io;

use klamm_cluster::TlsFailure;
use rustls::{CertificateError, Error, PeerIncompatible};

use super::facts::{CertificateFacts, shown};
use super::moment::Moment;
use super::{alerts, looks};

/// What is known of a handshake that failed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight<'a> {
    /// The name or address that was asked for.
    pub(super) expected: &'a str,
    /// Whom we believe, in words.
    pub(super) roots: &'a str,
    /// The first bytes that the peer sent.
    pub(super) first: &'a [u8],
    /// The chain that the peer showed.
    pub(super) chain: &'a [CertificateFacts],
}

/// What is known once the handshake is over.
const NOTHING: Sight<'static> = Sight { expected: "", roots: "", first: &[], chain: &[] };

/// The failure of TLS that an error of a stream stands for, if it stands for one.
///
/// With TLS 1.3 a peer that refuses our certificate says so after the handshake, so that the first
/// read fails.
pub fn failure_of(error: &io::Error) -> Option<TlsFailure> {
    inner(error).map(|error| of_rustls(error, &NOTHING))
}

fn inner(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

/// Why a handshake failed.
pub(super) fn of_io(error: &io::Error, sight: &Sight<'_>) -> TlsFailure {
    if let Some(looks_like) = looks::looks_like(sight.first) {
        return TlsFailure::NotTls { looks_like };
    }
    if let Some(error) = inner(error) {
        return of_rustls(error, sight);
    }
    if !is_end(error.kind()) {
        TlsFailure::Other(format!("TLS failed below: {error}"))
    } else if sight.first.is_empty() {
        TlsFailure::ClosedAtOnce
    } else {
        TlsFailure::Other("the peer closed in the middle of agreeing on TLS".to_owned())
    }
}

fn is_end(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof, WriteZero,
    };
    [UnexpectedEof, ConnectionReset, ConnectionAborted, BrokenPipe, NotConnected, WriteZero]
        .contains(&kind)
}

/// What an error of the TLS library means.
pub(super) fn of_rustls(error: &Error, sight: &Sight<'_>) -> TlsFailure {
    match error {
        Error::InvalidCertificate(error) => of_certificate(error, sight),
        Error::AlertReceived(alert) => alerts::failure(*alert),
        Error::PeerIncompatible(error) => TlsFailure::Incompatible(incompatible(error)),
        Error::NoCertificatesPresented => {
            TlsFailure::BadCertificate("the peer showed none".to_owned())
        }
        Error::FailedToGetCurrentTime | Error::FailedToGetRandomBytes => {
            TlsFailure::NoProvider(format!("this machine cannot do TLS: {error}"))
        }
        // The library's list is open, and the rest of it names what a program did wrong.
        other => TlsFailure::Other(format!("TLS failed: {}", shown(&other.to_string()))),
    }
}

fn of_certificate(error: &CertificateError, sight: &Sight<'_>) -> TlsFailure {
    use CertificateError as E;
    match error {
        E::UnknownIssuer => unknown_issuer(sight),
        E::NotValidForName | E::NotValidForNameContext { .. } => wrong_name(sight),
        E::ExpiredContext { not_after, .. } => expired(sight, Some(moment(not_after.as_secs()))),
        E::Expired => expired(sight, None),
        E::NotValidYetContext { not_before, .. } => {
            not_yet_valid(sight, Some(moment(not_before.as_secs())))
        }
        E::NotValidYet => not_yet_valid(sight, None),
        other => TlsFailure::BadCertificate(bad_certificate(other, sight)),
    }
}

fn moment(seconds: u64) -> Moment {
    Moment::from_unix_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}

fn unknown_issuer(sight: &Sight<'_>) -> TlsFailure {
    TlsFailure::UnknownIssuer {
        subject: subject(sight.chain.first()),
        issuer: sight.chain.last().map_or_else(unnamed, |facts| facts.issuer.clone()),
        roots: sight.roots.to_owned(),
    }
}

fn wrong_name(sight: &Sight<'_>) -> TlsFailure {
    let names = sight.chain.first().map(|facts| facts.names.clone()).unwrap_or_default();
    let presented = if names.is_empty() {
        vec!["nobody: it has no alternative names, and a common name is no name".to_owned()]
    } else {
        names
    };
    TlsFailure::WrongName { expected: sight.expected.to_owned(), presented }
}

fn expired(sight: &Sight<'_>, until: Option<Moment>) -> TlsFailure {
    let whose = until.and_then(|end| sight.chain.iter().find(|facts| facts.not_after == end));
    let until = until.or_else(|| sight.chain.first().map(|facts| facts.not_after));
    TlsFailure::Expired {
        subject: subject(whose.or(sight.chain.first())),
        until: until.map_or_else(unnamed, |moment| moment.to_string()),
    }
}

fn not_yet_valid(sight: &Sight<'_>, from: Option<Moment>) -> TlsFailure {
    let whose = from.and_then(|start| sight.chain.iter().find(|facts| facts.not_before == start));
    let from = from.or_else(|| sight.chain.first().map(|facts| facts.not_before));
    TlsFailure::NotYetValid {
        subject: subject(whose.or(sight.chain.first())),
        from: from.map_or_else(unnamed, |moment| moment.to_string()),
    }
}

fn subject(facts: Option<&CertificateFacts>) -> String {
    facts.map_or_else(unnamed, |facts| facts.subject.clone())
}

fn unnamed() -> String {
    "(unknown)".to_owned()
}

fn bad_certificate(error: &CertificateError, sight: &Sight<'_>) -> String {
    use CertificateError as E;
    let known = match error {
        E::BadEncoding => "its encoding is wrong",
        E::BadSignature => "its signature is wrong",
        E::Revoked => "it was revoked",
        E::InvalidPurpose | E::InvalidPurposeContext { .. } => "it is not for servers",
        E::UnhandledCriticalExtension => "it asks for a check that is not known here",
        other => return other_words(&other.to_string(), sight),
    };
    known.to_owned()
}

/// What the verifier says in types that are not the library's own.
fn other_words(words: &str, sight: &Sight<'_>) -> String {
    if words.contains("CaUsedAsEndEntity") {
        let subject = subject(sight.chain.first());
        return format!(
            "`{subject}` is an authority's own certificate, which cannot be a server's: have the \
             authority issue one for the server"
        );
    }
    shown(words)
}

fn incompatible(error: &PeerIncompatible) -> String {
    use PeerIncompatible as E;
    match error {
        E::ServerDoesNotSupportTls12Or13 => {
            "the peer speaks neither TLS 1.2 nor TLS 1.3".to_owned()
        }
        E::ServerTlsVersionIsDisabledByOurConfig => {
            "the peer chose a version of TLS that is switched off here: see \
             `ssl.enabled.protocols`"
                .to_owned()
        }
        E::NoCipherSuitesInCommon => "no cipher suite".to_owned(),
        E::NoKxGroupsInCommon => "no group for the exchange of keys".to_owned(),
        E::NoSignatureSchemesInCommon | E::NoCertificateRequestSignatureSchemesInCommon => {
            "no way to sign that fits the certificate".to_owned()
        }
        other => shown(&format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests;
