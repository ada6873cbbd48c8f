//! The cells of the matrix.

use super::cell::{Cell, Client, Expected, Listener, Mechanism, Whose};

/// All of them, each with a name of its own.
pub(in crate::kafka) fn all() -> Vec<Cell> {
    let mut cells = good();
    cells.extend(Mechanism::ALL.map(|mechanism| {
        let name = format!("SASL_SSL {} for 45 s", mechanism.name());
        cell(name, Listener::SaslSsl, with(Listener::SaslSsl, mechanism), Expected::Renewed)
    }));
    cells.extend(Mechanism::ALL.map(|mechanism| {
        let client = Client { has_right_password: false, ..with(Listener::SaslSsl, mechanism) };
        let name = format!("SASL_SSL {}, wrong password", mechanism.name());
        cell(name, Listener::SaslSsl, client, Expected::Fails("SASL", 3))
    }));
    cells.extend(disbelieved());
    cells.extend(misunderstood());
    cells
}

fn cell(name: impl Into<String>, listener: Listener, client: Client, expected: Expected) -> Cell {
    Cell { name: name.into(), listener, client, expected }
}

/// A client that does everything right at a listener.
fn with(listener: Listener, mechanism: Mechanism) -> Client {
    Client::of(listener.protocol(), mechanism)
}

/// The same, where the mechanism is no matter.
fn right(listener: Listener) -> Client {
    with(listener, Mechanism::Plain)
}

fn good() -> Vec<Cell> {
    use Listener::{Mtls, Plain, PlainOnly, SaslPlain, SaslSsl, Ssl};
    let certified = Client { certificate: Some(Whose::Ours), ..right(Mtls) };
    let mut cells = vec![
        cell("PLAINTEXT", Plain, right(Plain), Expected::Good),
        cell("SSL", Ssl, right(Ssl), Expected::Good),
        cell("mTLS", Mtls, certified, Expected::Good),
        cell("SASL_SSL PLAIN, no other offered", PlainOnly, right(PlainOnly), Expected::Good),
    ];
    for (protocol, listener) in [("SASL_PLAINTEXT", SaslPlain), ("SASL_SSL", SaslSsl)] {
        cells.extend(Mechanism::ALL.map(|mechanism| {
            let name = format!("{protocol} {}", mechanism.name());
            cell(name, listener, with(listener, mechanism), Expected::Good)
        }));
    }
    cells
}

/// One of the two does not believe the other.
fn disbelieved() -> Vec<Cell> {
    use Listener::{Mtls, PlainOnly, SaslSsl, Ssl};
    let misled = |listener| Client { trusts: Whose::Strangers, ..right(listener) };
    let elsewhere = Client { expects: Some("elsewhere.test"), ..right(Ssl) };
    let stranger = Client { certificate: Some(Whose::Strangers), ..right(Mtls) };
    let unsupported = with(PlainOnly, Mechanism::Scram256);
    let (tls, sasl) = (Expected::Fails("TLS", 3), Expected::Fails("SASL", 3));
    vec![
        cell("SSL, another authority", Ssl, misled(Ssl), tls),
        cell("SASL_SSL PLAIN, another authority", SaslSsl, misled(SaslSsl), tls),
        cell("SSL, another name", Ssl, elsewhere, tls),
        cell("mTLS, no certificate", Mtls, right(Mtls), Expected::Fails("ApiVersions", 3)),
        cell("mTLS, a stranger's certificate", Mtls, stranger, Expected::Fails("ApiVersions", 3)),
        cell("SASL_SSL SCRAM-SHA-256, not offered", PlainOnly, unsupported, sasl),
    ]
}

/// Each speaks a protocol that the other does not expect.
fn misunderstood() -> Vec<Cell> {
    use Listener::{Plain, SaslPlain, SaslSsl, Ssl};
    let fails = Expected::Fails;
    vec![
        cell("PLAINTEXT to an SSL port", Ssl, right(Plain), fails("ApiVersions", 3)),
        cell("SASL_PLAINTEXT to SASL_SSL", SaslSsl, right(SaslPlain), fails("ApiVersions", 3)),
        cell("SSL to a PLAINTEXT port", Plain, right(Ssl), fails("TLS", 3)),
        cell("SASL_SSL to SASL_PLAINTEXT", SaslPlain, right(SaslSsl), fails("TLS", 3)),
        cell("PLAINTEXT to SASL_PLAINTEXT", SaslPlain, right(Plain), fails("cluster", 3)),
        cell("SASL_PLAINTEXT to PLAINTEXT", Plain, right(SaslPlain), fails("SASL", 3)),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::kafka::tls::Certificates;

    #[test]
    fn every_cell_has_a_name_of_its_own_for_files_too() {
        let cells = all();
        let names: BTreeSet<String> = cells.iter().map(Cell::file_name).collect();
        assert_eq!(names.len(), cells.len());
    }

    #[test]
    fn every_mechanism_is_believed_renewed_and_disbelieved() {
        for mechanism in Mechanism::ALL {
            let ends = all().into_iter().filter(|cell| {
                cell.client.mechanism == mechanism && cell.listener == Listener::SaslSsl
            });
            let ends: Vec<Expected> = ends.map(|cell| cell.expected).collect();
            for end in [Expected::Good, Expected::Renewed, Expected::Fails("SASL", 3)] {
                assert!(ends.contains(&end), "{} {end:?}", mechanism.name());
            }
        }
    }

    #[test]
    fn a_client_is_told_what_its_cell_says() {
        let certificates = Certificates::below(Path::new("c"));
        let of = |name: &str| {
            let cell = all().into_iter().find(|cell| cell.name == name);
            cell.unwrap().properties(&certificates)
        };
        assert_eq!(of("PLAINTEXT"), "security.protocol=PLAINTEXT\n");
        assert!(of("SSL, another authority").contains("truststore.location=c/stranger.pem\n"));
        assert!(of("mTLS").contains("ssl.keystore.location=c/client.pem\n"));
        let scram = of("SASL_SSL SCRAM-SHA-512");
        assert!(scram.contains("\nsasl.mechanism=SCRAM-SHA-512\n"), "{scram}");
        assert!(scram.contains("password=\"alice-secret\";\n"), "{scram}");
        assert!(!of("SASL_SSL PLAIN, wrong password").contains("alice-secret"));
        assert!(!of("SASL_SSL OAUTHBEARER, wrong password").contains("Claim_sub"));
    }
}
