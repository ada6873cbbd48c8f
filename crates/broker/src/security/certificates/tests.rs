//! Handshakes between a server of ours and a client of rustls, over buffers.

use std::io::{Read, Write};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::version::{TLS12, TLS13};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, Error, RootCertStore, ServerConnection,
    SupportedProtocolVersion,
};

use super::*;

/// Two ends of a connection without a network.
struct Pair {
    client: ClientConnection,
    server: ServerConnection,
}

/// Whom a client believes and calls, and how.
struct Dial<'a> {
    authority: &'a TestCa,
    name: &'static str,
    version: &'static SupportedProtocolVersion,
}

impl<'a> Dial<'a> {
    fn of(authority: &'a TestCa) -> Self {
        Self { authority, name: "localhost", version: &TLS13 }
    }

    fn client(&self, own: Option<&Identity>) -> ClientConnection {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.der().clone()).expect("an authority");
        let builder = ClientConfig::builder_with_provider(provider().expect("a processor"))
            .with_protocol_versions(&[self.version])
            .expect("a version")
            .with_root_certificates(roots);
        let config = match own {
            Some(own) => builder
                .with_client_auth_cert(own.chain().to_vec(), own.key().clone_key())
                .expect("a key"),
            None => builder.with_no_client_auth(),
        };
        let name = ServerName::try_from(self.name).expect("a name");
        ClientConnection::new(Arc::new(config), name).expect("a client")
    }

    /// Shakes hands until both have nothing to say.
    fn shake(
        &self,
        identity: &Identity,
        clients: ClientCertificates<'_>,
        own: Option<&Identity>,
    ) -> Result<Pair, Error> {
        let config = server_config(identity, clients).expect("settings");
        let server = ServerConnection::new(Arc::new(config)).expect("a server");
        let mut pair = Pair { client: self.client(own), server };
        while pair.client.wants_write() || pair.server.wants_write() {
            pair.exchange()?;
        }
        assert!(!pair.client.is_handshaking() && !pair.server.is_handshaking());
        Ok(pair)
    }
}

impl Pair {
    fn exchange(&mut self) -> Result<(), Error> {
        let mut wire = Vec::new();
        while self.client.wants_write() {
            self.client.write_tls(&mut wire).expect("a buffer");
        }
        let mut wire = wire.as_slice();
        while !wire.is_empty() {
            self.server.read_tls(&mut wire).expect("a buffer");
            self.server.process_new_packets()?;
        }
        let mut wire = Vec::new();
        while self.server.wants_write() {
            self.server.write_tls(&mut wire).expect("a buffer");
        }
        let mut wire = wire.as_slice();
        while !wire.is_empty() {
            self.client.read_tls(&mut wire).expect("a buffer");
            self.client.process_new_packets()?;
        }
        Ok(())
    }

    fn says(&mut self, text: &[u8]) -> Vec<u8> {
        self.client.writer().write_all(text).expect("a buffer");
        self.exchange().expect("no handshake");
        let mut heard = vec![0; text.len()];
        self.server.reader().read_exact(&mut heard).expect("all of it");
        heard
    }
}

fn ca() -> TestCa {
    TestCa::new(7).expect("the processor of whoever runs tests")
}

fn local(ca: &TestCa) -> Identity {
    ca.server(&LOCAL_NAMES).expect("a certificate")
}

#[test]
fn a_client_that_believes_the_authority_reaches_every_name() {
    let ca = ca();
    for version in [&TLS12, &TLS13] {
        for name in LOCAL_NAMES {
            let dial = Dial { name, version, ..Dial::of(&ca) };
            let mut pair = dial
                .shake(&local(&ca), ClientCertificates::NotAsked, None)
                .unwrap_or_else(|error| panic!("{name} {version:?}: {error}"));
            assert_eq!(pair.says(b"a frame"), b"a frame");
        }
    }
}

#[test]
fn another_authority_and_another_name_are_not_believed() {
    let (ca, other) = (ca(), TestCa::new(8).expect("an authority"));
    let refused = |dial: Dial<'_>| {
        dial.shake(&local(&ca), ClientCertificates::NotAsked, None).err().expect("a refusal")
    };
    let stranger = refused(Dial::of(&other));
    assert_eq!(stranger, Error::InvalidCertificate(CertificateError::UnknownIssuer));
    let elsewhere = refused(Dial { name: "example.org", ..Dial::of(&ca) });
    assert!(elsewhere.to_string().contains("example.org"), "{elsewhere}");
}

#[test]
fn a_demanded_certificate_is_shown_or_nobody_gets_in() {
    let ca = ca();
    let authorities = [ca.der().clone()];
    let alice = ca.client("alice").expect("a certificate");
    for version in [&TLS12, &TLS13] {
        let dial = Dial { version, ..Dial::of(&ca) };
        let demand = ClientCertificates::Required(&authorities);
        let pair = dial.shake(&local(&ca), demand, Some(&alice)).expect("alice gets in");
        let shown = pair.server.peer_certificates().expect("a certificate");
        assert_eq!(shown.first(), alice.chain().first());
        let refusal = dial.shake(&local(&ca), demand, None).err().expect("nobody gets in");
        assert_eq!(refusal, Error::NoCertificatesPresented);
    }
}

#[test]
fn a_requested_certificate_may_be_missing_but_not_a_strangers() {
    let (ca, other) = (ca(), TestCa::new(8).expect("an authority"));
    let authorities = [ca.der().clone()];
    let ask = ClientCertificates::Requested(&authorities);
    let dial = Dial::of(&ca);
    let pair = dial.shake(&local(&ca), ask, None).expect("without one");
    assert_eq!(pair.server.peer_certificates(), None);
    let mallory = other.client("mallory").expect("a certificate");
    assert!(dial.shake(&local(&ca), ask, Some(&mallory)).is_err());
    // A server's certificate is none of a client, whoever signed it.
    assert!(dial.shake(&local(&ca), ask, Some(&local(&ca))).is_err());
}

#[test]
fn what_is_written_as_pem_is_read_again() {
    let ca = ca();
    let written = local(&ca);
    let read = Identity::from_pem(&written.certificate_pem(), &written.key_pem()).expect("PEM");
    assert_eq!(read.chain(), written.chain());
    assert_eq!(read.key(), written.key());
    assert!(written.certificate_pem().ends_with(&ca.pem()), "the authority comes last");
    assert!(written.certificate_pem().lines().all(|line| line.len() <= 64));
    Dial::of(&ca).shake(&read, ClientCertificates::NotAsked, None).expect("a handshake");
    for (chain, key) in [("", written.key_pem()), (&*written.certificate_pem(), String::new())] {
        assert!(matches!(Identity::from_pem(chain, &key), Err(TlsError::Pem(_))));
    }
}

#[test]
fn a_seed_gives_the_same_keys_and_another_one_does_not() {
    let key = |seed| TestCa::new(seed).and_then(|ca| ca.client("a")).expect("one").key_pem();
    assert_eq!(key(1), key(1));
    assert_ne!(key(1), key(2));
    let ca = ca();
    let of = |name| ca.client(name).expect("one").key_pem();
    assert_ne!(of("alice"), of("bob"));
    assert!(!format!("{ca:?} {:?}", local(&ca)).contains("key"));
}

#[test]
fn a_certificate_with_another_ones_key_is_refused() {
    let ca = ca();
    let alice = ca.client("alice").expect("one");
    let mixed = Identity::from_pem(&local(&ca).certificate_pem(), &alice.key_pem()).expect("PEM");
    let refused = server_config(&mixed, ClientCertificates::NotAsked).expect_err("a refusal");
    assert!(matches!(refused, TlsError::Settings(_)), "{refused}");
    let nobody = server_config(&local(&ca), ClientCertificates::Required(&[]));
    assert!(matches!(nobody.err(), Some(TlsError::Settings(_))));
}

#[test]
fn a_certificate_of_another_time_is_refused() {
    let ca = TestCa::new(1).expect("a processor");
    for (valid, refused) in [
        (Validity::Now, None),
        (Validity::Expired, Some("expired")),
        (Validity::NotYet, Some("not valid yet")),
    ] {
        let identity = ca.server_at(&LOCAL_NAMES, valid).expect("a key");
        let shaken = Dial::of(&ca).shake(&identity, ClientCertificates::NotAsked, None);
        let said = shaken.err().map(|error| error.to_string());
        match (said, refused) {
            (None, None) => {}
            (Some(said), Some(refused)) => assert!(said.contains(refused), "{said}"),
            (said, refused) => panic!("{valid:?}: {said:?}, {refused:?}"),
        }
    }
}
