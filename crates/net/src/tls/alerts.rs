//! The names of alerts, and what the peer that sends one is saying.

use klamm_cluster::TlsFailure;
use rustls::AlertDescription;

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// What we showed of ourselves, or what we asked for.
    Us,
    /// What both sides can do.
    Abilities,
    /// Something between the two programs that nobody can set.
    Programs,
}

/// Every alert by its name (RFC 8446, section 6; the older ones of RFC 5246).
const ALERTS: &[(AlertDescription, &str, About)] = &[
    (AlertDescription::CloseNotify, "close_notify", About::Programs),
    (AlertDescription::UnexpectedMessage, "unexpected_message", About::Programs),
    (AlertDescription::BadRecordMac, "bad_record_mac", About::Programs),
    (AlertDescription::DecryptionFailed, "decryption_failed", About::Programs),
    (AlertDescription::RecordOverflow, "record_overflow", About::Programs),
    (AlertDescription::DecompressionFailure, "decompression_failure", About::Programs),
    (AlertDescription::HandshakeFailure, "handshake_failure", About::Us),
    (AlertDescription::NoCertificate, "no_certificate", About::Us),
    (AlertDescription::BadCertificate, "bad_certificate", About::Us),
    (AlertDescription::UnsupportedCertificate, "unsupported_certificate", About::Us),
    (AlertDescription::CertificateRevoked, "certificate_revoked", About::Us),
    (AlertDescription::CertificateExpired, "certificate_expired", About::Us),
    (AlertDescription::CertificateUnknown, "certificate_unknown", About::Us),
    (AlertDescription::IllegalParameter, "illegal_parameter", About::Programs),
    (AlertDescription::UnknownCA, "unknown_ca", About::Us),
    (AlertDescription::AccessDenied, "access_denied", About::Us),
    (AlertDescription::DecodeError, "decode_error", About::Programs),
    (AlertDescription::DecryptError, "decrypt_error", About::Us),
    (AlertDescription::ExportRestriction, "export_restriction", About::Abilities),
    (AlertDescription::ProtocolVersion, "protocol_version", About::Abilities),
    (AlertDescription::InsufficientSecurity, "insufficient_security", About::Abilities),
    (AlertDescription::InternalError, "internal_error", About::Programs),
    (AlertDescription::InappropriateFallback, "inappropriate_fallback", About::Abilities),
    (AlertDescription::UserCanceled, "user_canceled", About::Programs),
    (AlertDescription::NoRenegotiation, "no_renegotiation", About::Programs),
    (AlertDescription::MissingExtension, "missing_extension", About::Abilities),
    (AlertDescription::UnsupportedExtension, "unsupported_extension", About::Abilities),
    (AlertDescription::CertificateUnobtainable, "certificate_unobtainable", About::Us),
    (AlertDescription::UnrecognisedName, "unrecognized_name", About::Us),
    (AlertDescription::BadCertificateStatusResponse, "bad_certificate_status_response", About::Us),
    (AlertDescription::BadCertificateHashValue, "bad_certificate_hash_value", About::Us),
    (AlertDescription::UnknownPSKIdentity, "unknown_psk_identity", About::Programs),
    (AlertDescription::CertificateRequired, "certificate_required", About::Us),
    (AlertDescription::NoApplicationProtocol, "no_application_protocol", About::Abilities),
    (AlertDescription::EncryptedClientHelloRequired, "ech_required", About::Abilities),
];

/// What it means that the peer sent this alert.
pub(super) fn failure(alert: AlertDescription) -> TlsFailure {
    let known = ALERTS.iter().find(|(known, _, _)| *known == alert);
    let (name, about) = match known {
        Some((_, name, about)) => ((*name).to_owned(), *about),
        None => (format!("number {}", u8::from(alert)), About::Programs),
    };
    match about {
        About::Us => TlsFailure::Alert(name),
        About::Abilities => TlsFailure::Incompatible(format!("the peer sent the alert `{name}`")),
        About::Programs => {
            TlsFailure::Other(format!("the peer broke TLS off with the alert `{name}`"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_bear_their_names_and_blame_who_can_do_something() {
        for (number, words) in [
            (40, "the peer refused with the TLS alert `handshake_failure`"),
            (42, "the peer refused with the TLS alert `bad_certificate`"),
            (48, "the peer refused with the TLS alert `unknown_ca`"),
            (116, "the peer refused with the TLS alert `certificate_required`"),
            (
                70,
                "the two sides have nothing in common: the peer sent the alert `protocol_version`",
            ),
            (80, "the peer broke TLS off with the alert `internal_error`"),
            (200, "the peer broke TLS off with the alert `number 200`"),
        ] {
            assert_eq!(failure(AlertDescription::from(number)).to_string(), words);
        }
    }
}
