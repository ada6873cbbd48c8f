//! Certificates for tests, made from a seed, and TLS settings that show them.
//!
//! Whoever knows the seed knows the keys: these certificates protect nothing. From one seed come
//! the same keys, names, numbers and dates. The signatures alone differ each time, because the
//! library that makes them adds randomness to every one.
//!
//! The keys are on the curve P-256, which every client reads.

mod der;
mod pem;
mod server;
mod subject;
mod x509;

use std::fmt;

use graviola::hashing::Sha256;
use graviola::key_agreement::p256::StaticPrivateKey;
use graviola::signing::ecdsa::{P256, SigningKey};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

pub use server::{ClientCertificates, provider, server_config};
pub use subject::principal_of;

pub use x509::Validity;
use x509::{Issuer, Subject, Usage};

/// The names that a broker on the machine of its clients has.
pub const LOCAL_NAMES: [&str; 2] = ["localhost", "127.0.0.1"];

/// Why there are no certificates, or no settings.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsError {
    /// The processor lacks instructions that the cryptography is written in.
    Processor,
    /// A key could not be made or used.
    Key(String),
    /// A text is no certificate or no key.
    Pem(String),
    /// The TLS library does not take what it was given.
    Settings(String),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Processor => f.write_str(
                "this processor lacks instructions that TLS needs here (on x86-64: aes, ssse3, \
                 pclmulqdq, bmi1, bmi2, adx, avx2); use a listener without TLS",
            ),
            Self::Key(why) => write!(f, "the key cannot be used: {why}"),
            Self::Pem(why) => write!(f, "the PEM cannot be read: {why}"),
            Self::Settings(why) => write!(f, "the TLS settings cannot be used: {why}"),
        }
    }
}

impl std::error::Error for TlsError {}

/// A certificate authority that only tests believe.
pub struct TestCa {
    seed: u64,
    issuer: Issuer,
    certificate: CertificateDer<'static>,
}

impl TestCa {
    /// The authority of this seed.
    ///
    /// # Errors
    ///
    /// When the processor cannot do the cryptography.
    pub fn new(seed: u64) -> Result<Self, TlsError> {
        provider()?;
        let name = format!("klamm test CA {seed}");
        let issuer = Issuer::new(key(seed, "authority")?, &name)?;
        let subject =
            Subject { name: &name, serial: serial(seed, "authority"), valid: Validity::Now };
        let certificate = issuer.sign(issuer.public_key(), &subject, Usage::Authority)?.into();
        Ok(Self { seed, issuer, certificate })
    }

    /// The authority's certificate, for a client's trust store.
    #[must_use]
    pub fn pem(&self) -> String {
        pem::certificate(&self.certificate)
    }

    /// The same as bytes.
    #[must_use]
    pub fn der(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// A server with these names and addresses, [`LOCAL_NAMES`] for one.
    ///
    /// # Errors
    ///
    /// When the key cannot be used.
    pub fn server(&self, names: &[&str]) -> Result<Identity, TlsError> {
        self.server_at(names, Validity::Now)
    }

    /// A server with these names whose certificate is valid at one time and not at others.
    ///
    /// # Errors
    ///
    /// When the key cannot be used.
    pub fn server_at(&self, names: &[&str], valid: Validity) -> Result<Identity, TlsError> {
        let name = names.first().copied().unwrap_or("server");
        self.issue(name, &format!("server {}", names.join(" ")), Usage::Server(names), valid)
    }

    /// A client, of whom a broker thinks as `User:CN=name`.
    ///
    /// # Errors
    ///
    /// When the key cannot be used.
    pub fn client(&self, name: &str) -> Result<Identity, TlsError> {
        self.issue(name, &format!("client {name}"), Usage::Client, Validity::Now)
    }

    fn issue(
        &self,
        name: &str,
        label: &str,
        usage: Usage<'_>,
        valid: Validity,
    ) -> Result<Identity, TlsError> {
        let key = key(self.seed, label)?;
        let subject = Subject { name, serial: serial(self.seed, label), valid };
        let certificate = self.issuer.sign(&x509::public_key(&key)?, &subject, usage)?;
        let mut room = [0; 256];
        let pkcs8 = key.to_pkcs8_der(&mut room).map_err(key_error)?.to_vec();
        let key = PrivatePkcs8KeyDer::from(pkcs8).into();
        Ok(Identity { chain: vec![certificate.into(), self.certificate.clone()], key })
    }
}

impl fmt::Debug for TestCa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestCa").field("seed", &self.seed).finish_non_exhaustive()
    }
}

/// A certificate with those above it, and its key.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    /// Reads a chain, the own certificate first, and a key (PKCS#8, SEC1 or PKCS#1).
    ///
    /// # Errors
    ///
    /// When there is no certificate or no key, or one of them is damaged.
    pub fn from_pem(chain: &str, key: &str) -> Result<Self, TlsError> {
        let chain = CertificateDer::pem_slice_iter(chain.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| TlsError::Pem(error.to_string()))?;
        if chain.is_empty() {
            return Err(TlsError::Pem("it holds no certificate".to_owned()));
        }
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes())
            .map_err(|error| TlsError::Pem(error.to_string()))?;
        Ok(Self { chain, key })
    }

    /// The chain, the own certificate first.
    #[must_use]
    pub fn certificate_pem(&self) -> String {
        self.chain.iter().map(|certificate| pem::certificate(certificate)).collect()
    }

    /// The key, without a password.
    #[must_use]
    pub fn key_pem(&self) -> String {
        pem::key(&self.key)
    }

    /// The chain as bytes, the own certificate first.
    #[must_use]
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.chain
    }

    /// The key as bytes.
    #[must_use]
    pub fn key(&self) -> &PrivateKeyDer<'static> {
        &self.key
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("chain", &self.chain.len()).finish_non_exhaustive()
    }
}

/// The key of this seed and label.
fn key(seed: u64, label: &str) -> Result<SigningKey<P256>, TlsError> {
    // One draw in 2^32 is no scalar of the curve; the next one is as good.
    let mut draws = (0..=u8::MAX).map(|draw| derived(seed, "key", label, draw));
    let private_key = draws
        .find_map(|scalar| StaticPrivateKey::from_bytes(&scalar).ok())
        .ok_or_else(|| TlsError::Key("no scalar was drawn".to_owned()))?;
    Ok(SigningKey { private_key })
}

/// The certificate's number of this seed and label.
fn serial(seed: u64, label: &str) -> Vec<u8> {
    let mut serial = derived(seed, "serial", label, 0);
    serial.truncate(16);
    serial
}

fn derived(seed: u64, what: &str, label: &str, draw: u8) -> Vec<u8> {
    let mut mac = graviola::hashing::hmac::Hmac::<Sha256>::new(seed.to_be_bytes());
    for part in [what.as_bytes(), b" ", label.as_bytes(), &[draw]] {
        mac.update(part);
    }
    mac.finish().as_ref().to_vec()
}

fn key_error(error: graviola::Error) -> TlsError {
    TlsError::Key(format!("{error:?}"))
}

#[cfg(test)]
mod tests;
