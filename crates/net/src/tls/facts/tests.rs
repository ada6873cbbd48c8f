//! Certificates that were made for tests, and bytes that are none.
#![cfg(test)]

use std::sync::LazyLock;

use klamm_broker::security::certificates::TestCa;
use proptest::prelude::*;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::*;

const BY_OPENSSL: &str = include_str!("../testdata/rsa.pem");

fn by_openssl() -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(BY_OPENSSL.as_bytes()).expect("PEM")
}

fn by_us() -> CertificateDer<'static> {
    static MADE: LazyLock<CertificateDer<'static>> = LazyLock::new(|| {
        let ca = TestCa::new(1).expect("a CA");
        ca.server(&["a.test", "10.0.0.1"]).expect("an identity").chain()[0].clone()
    });
    MADE.clone()
}

/// A value with a short length.
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, u8::try_from(content.len()).expect("a short one")], content].concat()
}

/// A name of one attribute.
fn name(id: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
    let attribute = tagged(SEQUENCE, &[tagged(OID, id), tagged(tag, value)].concat());
    tagged(SET, &attribute)
}

#[test]
fn a_certificate_of_openssl_is_read() {
    let facts = CertificateFacts::read(&by_openssl());
    assert_eq!(facts.subject, "O=klamm, CN=rsa");
    assert_eq!(facts.issuer, "CN=klamm fixture CA");
    assert_eq!(facts.names, Vec::<String>::new());
    assert!(!facts.is_ca);
    assert!(facts.not_before < facts.not_after, "{facts:?}");
}

#[test]
fn names_are_read_in_every_kind_of_text() {
    for (id, tag, value, text) in [
        (&[0x55, 4, 3][..], 0x0c, "Zoë".as_bytes(), "CN=Zoë"),
        (&[0x55, 4, 6], 0x13, b"CH", "C=CH"),
        (&[0x55, 4, 10], 0x14, b"Zo\xeb", "O=Zoë"),
        (&[0x55, 4, 11], 0x1e, &[0, b'Z', 0x26, 0x3a], "OU=Z☺"),
        (&[0x55, 4, 99], 0x0c, b"x", "OID#550463=x"),
        (&[0x55, 4, 3], 0x04, &[1, 0xab], "CN=#01ab"),
        (&[0x55, 4, 3], 0x0c, b"a\x1b[2J\r\nb", "CN=a\u{fffd}[2J\u{fffd}\u{fffd}b"),
        (&[0x55, 4, 3], 0x0c, "a\u{202e}b".as_bytes(), "CN=a\u{fffd}b"),
        (&[0x55, 4, 3], 0x0c, "a\u{61c}b".as_bytes(), "CN=a\u{fffd}b"),
    ] {
        assert_eq!(distinguished(&name(id, tag, value)), text);
    }
}

#[test]
fn names_are_bounded_in_length_and_number() {
    let many: Vec<u8> =
        std::iter::repeat_n(name(&[0x55, 4, 3], 0x0c, &[b'a'; 90]), 5_000).flatten().collect();
    assert_eq!(distinguished(&many).chars().count(), LONGEST + 1);
    let names: Vec<u8> = std::iter::repeat_n(tagged(0x82, b"a.test"), 5_000).flatten().collect();
    assert_eq!(alternative_names(&names).len(), MOST_NAMES);
    assert_eq!(of_chain(std::iter::repeat_n(&[][..], 5_000)).len(), MOST_CERTIFICATES);
}

#[test]
fn every_beginning_of_a_certificate_is_read_or_said_to_be_unreadable() {
    let whole = by_us();
    let unreadable = CertificateFacts::read(&[]);
    assert_eq!(unreadable.subject, "(a certificate that cannot be read)");
    for end in 0..whole.len() {
        assert_eq!(CertificateFacts::read(&whole[..end]), unreadable, "{end}");
    }
    assert_eq!(CertificateFacts::read(&whole).names, ["a.test", "10.0.0.1"]);
}

/// That nothing of it is longer than it may be or moves a cursor.
fn check(facts: &CertificateFacts) {
    assert!(facts.names.len() <= MOST_NAMES);
    for text in facts.names.iter().chain([&facts.subject, &facts.issuer]) {
        assert!(text.chars().count() <= LONGEST + 1, "{text:?}");
        assert!(!text.chars().any(char::is_control), "{text:?}");
    }
    assert!(facts.not_after.to_string().ends_with(" UTC"));
}

proptest! {
    #[test]
    fn bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        check(&CertificateFacts::read(&bytes));
    }

    #[test]
    fn certificates_with_changed_bytes_are_read_without_harm(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        ours in any::<bool>(),
    ) {
        let mut bytes = if ours { by_us() } else { by_openssl() }.to_vec();
        for (at, byte) in changes {
            *at.get_mut(&mut bytes) = byte;
        }
        check(&CertificateFacts::read(&bytes));
    }
}
