//! What to do next when TLS could not be agreed on.

use super::USE_PLAINTEXT;
use crate::failure::TlsFailure;

/// The alerts by which a peer says that it wants another certificate of ours, or one at all.
const ABOUT_OUR_CERTIFICATE: &[&str] = &[
    "access_denied",
    "bad_certificate",
    "certificate_expired",
    "certificate_required",
    "certificate_revoked",
    "certificate_unknown",
    "no_certificate",
    "unknown_ca",
    "unsupported_certificate",
];

/// The alerts by which a peer says that it speaks another TLS.
const ABOUT_VERSIONS: &[&str] =
    &["handshake_failure", "inappropriate_fallback", "insufficient_security", "protocol_version"];

/// What to do next; `None` where the words of the failure say it already.
pub(super) fn next_step(failure: &TlsFailure) -> Option<String> {
    Some(match failure {
        TlsFailure::NotTls { .. } => USE_PLAINTEXT.to_owned(),
        TlsFailure::ClosedAtOnce => format!("The port may not speak TLS. {USE_PLAINTEXT}"),
        TlsFailure::UnknownIssuer { issuer, .. } => format!(
            "Set `ssl.ca.location` (Java: `ssl.truststore.location`, with \
             `ssl.truststore.type=PEM`) to a file with the certificate of `{issuer}`. Services \
             with a private authority for each project, such as Aiven, offer it for download as \
             `ca.pem`."
        ),
        TlsFailure::WrongName { expected, presented } => wrong_name(expected, presented),
        TlsFailure::Expired { .. } => "Renew the broker's certificate; if it is still good by \
                                       another clock, set that of this machine."
            .to_owned(),
        TlsFailure::NotYetValid { .. } => "Set the clock of this machine; if it is right, the \
                                           broker's certificate was put to use too early."
            .to_owned(),
        TlsFailure::BadCertificate(_) => {
            "Have the broker's certificate made anew; `openssl s_client -connect host:port \
             -showcerts` shows the one it has."
                .to_owned()
        }
        TlsFailure::Alert(name) => alert(name),
        TlsFailure::Incompatible(_) => other_tls(),
        TlsFailure::BadSettings(_) => {
            "Check the properties whose names begin with `ssl.`, and the files they name."
                .to_owned()
        }
        TlsFailure::Other(_) => {
            "Look at the broker's log of the same time, which tells the other half.".to_owned()
        }
        TlsFailure::NoProvider(_) => return None,
    })
}

fn wrong_name(expected: &str, presented: &[String]) -> String {
    let use_one = match presented {
        [] => String::new(),
        _ => "Name the broker as its certificate does, in `bootstrap.servers` and in the broker's \
              `advertised.listeners`; or "
            .to_owned(),
    };
    let have_made = format!("have a certificate made that holds `{expected}`");
    let sentence = format!("{use_one}{have_made}.");
    let mut letters = sentence.chars();
    let sentence = letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    });
    format!(
        "{sentence} `ssl.endpoint.identification.algorithm` set to nothing (librdkafka: `none`) \
         gives the check up, and with it the protection."
    )
}

fn alert(name: &str) -> String {
    if ABOUT_OUR_CERTIFICATE.contains(&name) {
        "Set `ssl.certificate.location` and `ssl.key.location` (Java: \
         `ssl.keystore.certificate.chain` and `ssl.keystore.key`, with `ssl.keystore.type=PEM`) to \
         a certificate that the broker believes: its `ssl.client.auth` asks for one, and its \
         truststore says whose."
            .to_owned()
    } else if ABOUT_VERSIONS.contains(&name) {
        other_tls()
    } else if name == "unrecognized_name" {
        "Name the broker in `bootstrap.servers` as its certificate does: it serves no such name."
            .to_owned()
    } else {
        "Look at the broker's log of the same time, which says why it refused.".to_owned()
    }
}

fn other_tls() -> String {
    "Compare `ssl.enabled.protocols` and `ssl.cipher.suites` of the broker with what this client \
     speaks: TLS 1.2 and 1.3, with suites that keep past sessions secret."
        .to_owned()
}
