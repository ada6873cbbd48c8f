//! Where certificates and keys come from, and what to do when they are not PEM.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use klamm_cluster::transport::Pem;
use klamm_cluster::{Secret, TlsFailure};

use super::lines::straightened;

/// The longest file that is read: the bundles of systems have a quarter of a megabyte.
const LONGEST: u64 = 8 << 20;

/// What is to be in the PEM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Certificates of those whom we believe.
    Roots,
    /// Our own certificate and those above it.
    Chain,
    /// Our own key.
    Key,
}

impl Content {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Roots => "the authorities' certificates",
            Self::Chain => "the client's certificate",
            Self::Key => "the client's key",
        }
    }

    /// Where a user says what to read.
    pub(super) const fn property(self) -> &'static str {
        match self {
            Self::Roots => {
                "`ssl.ca.location`, or `ssl.truststore.location` with `ssl.truststore.type=PEM`"
            }
            Self::Chain => {
                "`ssl.certificate.location`, or `ssl.keystore.location` with \
                 `ssl.keystore.type=PEM`"
            }
            Self::Key => {
                "`ssl.key.location`, or `ssl.keystore.location` with `ssl.keystore.type=PEM`"
            }
        }
    }

    /// What makes PEM of a store of Java's or of PKCS#12.
    fn conversion(self, from: &str) -> String {
        match self {
            Self::Roots => format!("keytool -list -rfc -keystore {from} > ca.pem"),
            Self::Chain => format!("openssl pkcs12 -in {from} -nokeys -out certificate.pem"),
            Self::Key => format!("openssl pkcs12 -in {from} -nocerts -out key.pem"),
        }
    }

    /// What makes PEM of DER.
    fn decoding(self, from: &str) -> String {
        let tool = if self == Self::Key { "pkey" } else { "x509" };
        format!("openssl {tool} -inform DER -in {from} -out {from}.pem")
    }
}

/// A text that should be PEM, and where it comes from.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) content: Content,
    /// The file in words, or that there was none.
    pub(super) place: String,
    pub(super) text: Secret,
}

impl Loaded {
    /// That it is of no use, with the property to set.
    pub(super) fn bad(&self, why: &str) -> TlsFailure {
        bad(self.content, &self.place, why)
    }
}

impl Loaded {
    /// That what is wanted does not stand in it, and what does.
    pub(super) fn lacks(&self, label: &str) -> TlsFailure {
        let holds = |part: &[u8]| self.text.reveal().windows(part.len()).any(|found| found == part);
        let instead = match (holds(b"PRIVATE KEY-----"), holds(b"-----BEGIN CERTIFICATE-----")) {
            (true, false) => ", but a key",
            (false, true) => ", but a certificate",
            (true, true) | (false, false) => "",
        };
        self.bad(&format!("it holds no {label}{instead}"))
    }
}

/// A failure that names the place, what is wrong there and the property to set.
pub(super) fn bad(content: Content, place: &str, why: &str) -> TlsFailure {
    let (what, property) = (content.words(), content.property());
    TlsFailure::BadSettings(format!("{what} cannot be read from {place}: {why}; see {property}"))
}

/// Reads what may be PEM, and refuses what cannot be.
pub(super) fn load(pem: &Pem, content: Content) -> Result<Loaded, TlsFailure> {
    let (place, text) = match pem {
        Pem::File(path) => {
            let place = format!("`{}`", path.display());
            let text = read(path).map_err(|error| bad(content, &place, &error.to_string()))?;
            (place, text)
        }
        Pem::Text(text) => ("the text that was given".to_owned(), text.clone()),
    };
    let loaded = Loaded { content, place, text };
    match wrong_form(&loaded, pem) {
        Some(why) => Err(loaded.bad(&why)),
        None => Ok(Loaded { text: straightened(&loaded.text), ..loaded }),
    }
}

fn read(path: &Path) -> io::Result<Secret> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    // The buffer has its size from the start: growing would leave copies of a key behind.
    let mut bytes = Vec::with_capacity(usize::try_from(size.min(LONGEST)).unwrap_or(0) + 1);
    let read = (&mut file).take(LONGEST + 1).read_to_end(&mut bytes);
    let secret = Secret::new(bytes);
    read?;
    if u64::try_from(secret.reveal().len()).is_ok_and(|length| length <= LONGEST) {
        Ok(secret)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidData, "it is too long to be a certificate or key"))
    }
}

/// Why bytes that begin like this cannot be PEM, with what would make PEM of them.
fn wrong_form(loaded: &Loaded, pem: &Pem) -> Option<String> {
    let from = match pem {
        Pem::File(path) => path.display().to_string(),
        Pem::Text(_) => "FILE".to_owned(),
    };
    match loaded.text.reveal() {
        [] => Some("it is empty".to_owned()),
        [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..] => Some(java(loaded, &from)),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("it is UTF-16; save it as UTF-8".to_owned()),
        [0x30, rest @ ..] if is_pkcs12(rest) => Some(format!(
            "it is a PKCS#12 store; make PEM of it with `{}`",
            loaded.content.conversion(&from)
        )),
        [0x30, second, ..] if *second >= 0x80 => {
            Some(format!("it is DER; make PEM of it with `{}`", loaded.content.decoding(&from)))
        }
        _ => None,
    }
}

/// Only `keytool` opens a store of Java's; a key leaves it through PKCS#12 alone.
fn java(loaded: &Loaded, from: &str) -> String {
    let between = format!("{from}.p12");
    let conversion = match loaded.content {
        Content::Roots => loaded.content.conversion(from),
        Content::Chain | Content::Key => format!(
            "keytool -importkeystore -srckeystore {from} -destkeystore {between} \
             -deststoretype PKCS12` and `{}",
            loaded.content.conversion(&between)
        ),
    };
    format!("it is a Java key store (JKS); make PEM of it with `{conversion}`")
}

/// Whether a sequence begins with its length and the number 3, as stores of PKCS#12 do.
fn is_pkcs12(after_tag: &[u8]) -> bool {
    let digits = match after_tag.first() {
        Some(first) if *first >= 0x80 => usize::from(first & 0x7f),
        _ => 0,
    };
    after_tag.get(digits.saturating_add(1)..).is_some_and(|rest| rest.starts_with(&[2, 1, 3]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(bytes: &[u8], content: Content) -> String {
        load(&Pem::Text(Secret::new(bytes)), content).expect_err("a refusal").to_string()
    }

    #[test]
    fn stores_of_other_forms_are_refused_with_the_line_that_makes_pem() {
        let jks = [0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2];
        let p12 = [0x30, 0x82, 0x0a, 0x1f, 0x02, 0x01, 0x03, 0x30];
        for (bytes, content, line) in [
            (&jks[..], Content::Roots, "`keytool -list -rfc -keystore FILE > ca.pem`"),
            (&jks, Content::Key, "`openssl pkcs12 -in FILE.p12 -nocerts -out key.pem`"),
            (&jks, Content::Chain, "`keytool -importkeystore -srckeystore FILE "),
            (&p12, Content::Chain, "`openssl pkcs12 -in FILE -nokeys -out certificate.pem`"),
            (&p12, Content::Roots, "keytool -list -rfc"),
            (&[0x30, 0x82, 1, 1, 0x30], Content::Key, "`openssl pkey -inform DER -in FILE "),
            (&[0x30, 0x82, 1, 1, 0x30], Content::Roots, "`openssl x509 -inform DER -in FILE "),
            (&[0xff, 0xfe, b'-', 0], Content::Roots, "save it as UTF-8"),
            (&[], Content::Roots, "it is empty"),
        ] {
            let words = refused(bytes, content);
            assert!(words.contains(line), "{words}");
            assert!(words.contains(content.property()), "{words}");
        }
    }

    #[test]
    fn a_file_that_is_missing_is_named_with_the_property_to_set() {
        let missing = Pem::File("no/such/ca.pem".into());
        let words = load(&missing, Content::Roots).expect_err("a refusal").to_string();
        assert!(words.contains("`no/such/ca.pem`"), "{words}");
        assert!(words.contains("`ssl.ca.location`"), "{words}");
        assert!(words.contains("`ssl.truststore.location`"), "{words}");
    }
}
