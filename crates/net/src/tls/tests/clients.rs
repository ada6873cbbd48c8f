//! Who we are: certificates and keys of every form, and what servers say of them.
#![cfg(test)]

use std::path::Path;

use klamm_cluster::transport::{ClientIdentity, TlsVersions};

use super::*;

fn file(name: &str) -> Pem {
    Pem::File(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tls/testdata").join(name))
}

fn as_client(identity: &Identity) -> ClientIdentity {
    let (chain, key) = (text(identity.certificate_pem()), text(identity.key_pem()));
    ClientIdentity { chain, key, password: None }
}

/// Settings that show a certificate and a key of the files.
fn with_files(chain: &str, key: &str, password: Option<&str>) -> Result<Connector, TlsFailure> {
    let password = password.map(Secret::from);
    let identity = ClientIdentity { chain: file(chain), key: file(key), password };
    Connector::new(&TlsSettings { identity: Some(identity), ..TlsSettings::default() })
}

fn asking(ca: &TestCa, believed: &TestCa) -> Arc<ServerConfig> {
    let authorities = [believed.der().clone()];
    let identity = ca.server(&["a.test"]).expect("an identity");
    showing(&identity, ClientCertificates::Required(&authorities))
}

/// What comes of it when this client meets a server that asks for certificates.
async fn introduced(settings: TlsSettings, server: Arc<ServerConfig>) -> Result<(), TlsFailure> {
    match shake(&connector(&settings), "a.test", server).await {
        Ok(stream) => match echoed(stream).await {
            Ok(()) => Ok(()),
            Err(error) => Err(super::super::failure_of(&error).expect("a failure of TLS")),
        },
        Err(refusal) => Err(refusal.failure),
    }
}

const VERSIONS: [TlsVersions; 2] = [TlsVersions::Only12, TlsVersions::Only13];

#[tokio::test]
async fn a_client_shows_its_certificate_to_who_asks() {
    let ca = ca();
    let identity = Some(as_client(&ca.client("alice").expect("one")));
    for versions in VERSIONS {
        let settings = TlsSettings { identity: identity.clone(), versions, ..believing(&ca) };
        assert_eq!(introduced(settings, asking(&ca, &ca)).await, Ok(()), "{versions:?}");
    }
}

#[tokio::test]
async fn a_server_that_misses_a_certificate_says_so() {
    let ca = ca();
    for (versions, name) in VERSIONS.into_iter().zip(["handshake_failure", "certificate_required"])
    {
        let settings = TlsSettings { versions, ..believing(&ca) };
        let refused = introduced(settings, asking(&ca, &ca)).await.expect_err("a refusal");
        let TlsFailure::Alert(alert) = refused else { panic!("{refused}") };
        assert!([name, "certificate_required"].contains(&&*alert), "{versions:?}: {alert}");
    }
}

#[tokio::test]
async fn a_client_of_another_authority_hears_that_it_is_unknown() {
    let (ca, stranger) = (ca(), TestCa::new(2).expect("a CA"));
    let identity = Some(as_client(&stranger.client("alice").expect("one")));
    for versions in VERSIONS {
        let settings = TlsSettings { identity: identity.clone(), versions, ..believing(&ca) };
        let refused = introduced(settings, asking(&ca, &ca)).await;
        assert_eq!(refused, Err(TlsFailure::Alert("unknown_ca".to_owned())), "{versions:?}");
    }
}

#[test]
fn keys_of_every_form_are_read() {
    for (chain, key) in
        [("ec.pem", "ec-sec1.key"), ("ec.pem", "ec-pkcs8.key"), ("rsa.pem", "rsa-pkcs1.key")]
    {
        with_files(chain, key, None).expect(key);
        with_files(chain, key, Some("for nothing")).expect(key);
    }
}

#[cfg(feature = "encrypted-keys")]
#[test]
fn encrypted_keys_open_with_their_password_alone() {
    for (chain, key) in [
        ("ec.pem", "ec-aes256.key"),
        ("ec.pem", "ec-scrypt.key"),
        ("ec.pem", "ec-sha1.key"),
        ("ec.pem", "ec-des3.key"),
        ("rsa.pem", "rsa-aes256.key"),
    ] {
        with_files(chain, key, Some("marker-password")).expect(key);
    }
    for (password, why) in [
        (Some("another"), "does not open with `ssl.key.password`"),
        (Some(""), "set `ssl.key.password`"),
        (None, "set `ssl.key.password`"),
    ] {
        let words = with_files("ec.pem", "ec-aes256.key", password).expect_err("one").to_string();
        assert!(words.contains(why) && words.contains("ec-aes256.key`"), "{words}");
    }
}

#[test]
fn keys_of_old_forms_are_refused_with_the_line_that_helps() {
    for (key, line) in [
        ("ec-legacy.key", "`openssl pkcs8 -topk8 -in OLD -out NEW`"),
        ("ec-pbes1.key", "`openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW`"),
        ("ec.pem", "it holds no key"),
    ] {
        let refused = with_files("ec.pem", key, Some("marker-password")).expect_err(key);
        assert!(refused.to_string().contains(line), "{refused}");
    }
}

#[test]
fn a_key_that_is_too_weak_is_told_with_those_that_are_taken() {
    let words = with_files("rsa-1024.pem", "rsa-1024.key", None).expect_err("one").to_string();
    assert!(words.contains("does not take this key") && words.contains("RSA from 2048"), "{words}");
}

#[test]
fn a_key_of_another_certificate_is_noticed_at_once() {
    for (chain, key) in [("ec.pem", "rsa-pkcs1.key"), ("rsa.pem", "ec-sec1.key")] {
        let words = with_files(chain, key, None).expect_err("a refusal").to_string();
        for part in ["not the one of the first certificate", chain, key, "`ssl.key.location`"] {
            assert!(words.contains(part), "{words}");
        }
    }
    let words = with_files("ec-sec1.key", "ec-sec1.key", None).expect_err("one").to_string();
    assert!(words.contains("holds no `-----BEGIN CERTIFICATE-----`"), "{words}");
}
