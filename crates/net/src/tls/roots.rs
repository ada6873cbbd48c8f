//! Whom we believe.

use klamm_cluster::TlsFailure;
use klamm_cluster::transport::{Pem, TlsSettings};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::lines::why;
use super::pem::{Content, Loaded, load};

/// Everybody whom we believe, and the same in words for who has to find out why that was too few.
#[derive(Debug)]
pub(super) struct Roots {
    pub(super) store: RootCertStore,
    pub(super) words: String,
}

/// Reads the roots of the settings.
pub(super) fn load_roots(settings: &TlsSettings) -> Result<Roots, TlsFailure> {
    let mut store = RootCertStore::empty();
    let mut words = Vec::new();
    for pem in &settings.roots {
        let loaded = load(pem, Content::Roots)?;
        words.push(add(&mut store, &loaded, pem)?);
    }
    if settings.public_roots {
        store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        words.push(format!("the {} built-in roots", webpki_roots::TLS_SERVER_ROOTS.len()));
    }
    if store.is_empty() && settings.verify {
        let property = Content::Roots.property();
        return Err(TlsFailure::BadSettings(format!(
            "nobody is believed, so no broker can be: name its authority with {property}"
        )));
    }
    Ok(Roots { store, words: words.join(" and ") })
}

/// Adds the certificates of one PEM and says how many there were.
///
/// Bundles of systems hold a certificate now and then that no verifier of today can read; it is
/// counted and left out, unless there is no other.
fn add(store: &mut RootCertStore, loaded: &Loaded, pem: &Pem) -> Result<String, TlsFailure> {
    let mut certificates = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(loaded.text.reveal()) {
        certificates.push(certificate.map_err(|error| loaded.bad(why(&error)))?);
    }
    if certificates.is_empty() {
        return Err(loaded.lacks("`-----BEGIN CERTIFICATE-----`"));
    }
    let (added, left_out) = store.add_parsable_certificates(certificates);
    if added == 0 {
        return Err(loaded.bad("none of its certificates can be those of an authority"));
    }
    let place = match pem {
        Pem::File(path) => path.display().to_string(),
        Pem::Text(_) => "the text that was given".to_owned(),
    };
    let noun = if added == 1 { "certificate" } else { "certificates" };
    let rest = if left_out == 0 { String::new() } else { format!(" ({left_out} unreadable)") };
    Ok(format!("{added} {noun} of {place}{rest}"))
}

#[cfg(test)]
mod tests {
    use klamm_broker::security::certificates::TestCa;
    use klamm_cluster::Secret;

    use super::*;

    fn settings(texts: &[&str], public_roots: bool) -> TlsSettings {
        let roots = texts.iter().map(|text| Pem::Text(Secret::from(*text))).collect();
        TlsSettings { roots, public_roots, ..TlsSettings::default() }
    }

    #[test]
    fn roots_replace_the_public_ones_or_join_them() {
        let ca = TestCa::new(1).expect("a CA").pem();
        let public = webpki_roots::TLS_SERVER_ROOTS.len();
        for (texts, with_public, count, words) in [
            (&[][..], true, public, format!("the {public} built-in roots")),
            (&[&*ca], false, 1, "1 certificate of the text that was given".to_owned()),
            (
                &[&*ca],
                true,
                public + 1,
                format!("1 certificate of the text that was given and the {public} built-in roots"),
            ),
        ] {
            let roots = load_roots(&settings(texts, with_public)).expect("roots");
            assert_eq!((roots.store.len(), roots.words), (count, words));
        }
    }

    #[test]
    fn roots_without_certificates_are_refused() {
        let junk = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
        for (text, why) in [
            ("hello", "holds no `-----BEGIN CERTIFICATE-----`"),
            (junk, "none of its certificates"),
            ("-----BEGIN CERTIFICATE-----\n", "has no `-----END"),
        ] {
            let words = load_roots(&settings(&[text], false)).expect_err(text).to_string();
            assert!(words.contains(why) && words.contains("`ssl.ca.location`"), "{words}");
        }
    }

    #[test]
    fn roots_are_read_as_editors_leave_them() {
        let [one, other] = [1, 2].map(|seed| TestCa::new(seed).expect("a CA").pem());
        let both = format!("{one}{other}");
        for text in [
            format!("\u{feff}{both}"),
            both.replace('\n', "\r\n"),
            both.replace('\n', "\r"),
            both.lines().map(|line| format!("  {line} \n")).collect(),
            format!("Bag Attributes\n    friendlyName: one\n{one}subject=CN = other\n\n{other}"),
            both.trim_end().to_owned(),
        ] {
            let roots = load_roots(&settings(&[&text], false)).expect("roots");
            assert_eq!(roots.store.len(), 2, "{text:?}");
        }
    }

    #[test]
    fn a_key_in_the_place_of_a_certificate_is_told() {
        let key = include_str!("testdata/ec-pkcs8.key");
        let words = load_roots(&settings(&[key], false)).expect_err("a refusal").to_string();
        assert!(words.contains("`-----BEGIN CERTIFICATE-----`, but a key"), "{words}");
    }

    #[test]
    fn believing_nobody_is_refused_unless_nobody_is_checked() {
        let nobody = settings(&[], false);
        let words = load_roots(&nobody).expect_err("a refusal").to_string();
        assert!(words.contains("nobody is believed"), "{words}");
        assert!(load_roots(&TlsSettings { verify: false, ..nobody }).is_ok());
    }
}
