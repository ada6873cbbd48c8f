//! Who we are: a certificate and the key to it.

use klamm_cluster::Secret;
use klamm_cluster::TlsFailure;
use klamm_cluster::transport::ClientIdentity;
use rustls::pki_types::pem::{Error, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::lines::why;
use super::pem::{Content, Loaded, load};

/// The label of a key under a password.
const ENCRYPTED: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";

/// The header of OpenSSL's older way to put a key under a password.
const LEGACY: &str = "Proc-Type: 4,ENCRYPTED";

/// A chain, our own certificate first, and its key.
pub(super) struct Identity {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: PrivateKeyDer<'static>,
    /// Where the two come from, for who has to look there.
    pub(super) places: [String; 2],
}

/// Reads the identity of the settings.
pub(super) fn load_identity(identity: &ClientIdentity) -> Result<Identity, TlsFailure> {
    let loaded_chain = load(&identity.chain, Content::Chain)?;
    let loaded_key = load(&identity.key, Content::Key)?;
    let chain = chain(&loaded_chain)?;
    let key = key(&loaded_key, identity.password.as_ref())?;
    Ok(Identity { chain, key, places: [loaded_chain.place, loaded_key.place] })
}

fn chain(loaded: &Loaded) -> Result<Vec<CertificateDer<'static>>, TlsFailure> {
    let certificates = CertificateDer::pem_slice_iter(loaded.text.reveal());
    let chain: Result<Vec<_>, _> = certificates.collect();
    match chain {
        Ok(chain) if chain.is_empty() => Err(loaded.lacks("`-----BEGIN CERTIFICATE-----`")),
        Ok(chain) => Ok(chain),
        Err(error) => Err(loaded.bad(why(&error))),
    }
}

fn key(loaded: &Loaded, password: Option<&Secret>) -> Result<PrivateKeyDer<'static>, TlsFailure> {
    let text = loaded.text.reveal_text().ok_or_else(|| loaded.bad("it is no text"))?;
    if text.contains(LEGACY) {
        return Err(loaded.bad(
            "its key is encrypted in OpenSSL's older form; make PKCS#8 of it with \
             `openssl pkcs8 -topk8 -in OLD -out NEW`",
        ));
    }
    if text.contains(ENCRYPTED) {
        let password = password
            .filter(|password| !password.is_empty())
            .ok_or_else(|| loaded.bad("its key is encrypted: set `ssl.key.password`"))?;
        return decrypted(loaded, text, password);
    }
    PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|error| {
        if !matches!(error, Error::NoItemsFound) {
            return loaded.bad(why(&error));
        }
        loaded.lacks(
            "key that can be read (`PRIVATE KEY`, `RSA PRIVATE KEY`, `EC PRIVATE KEY` or \
             `ENCRYPTED PRIVATE KEY`)",
        )
    })
}

#[cfg(feature = "encrypted-keys")]
fn decrypted(
    loaded: &Loaded,
    text: &str,
    password: &Secret,
) -> Result<PrivateKeyDer<'static>, TlsFailure> {
    use rustls::pki_types::PrivatePkcs8KeyDer;
    // The parser knows the label of open keys alone; the bytes between the labels are the same.
    let relabelled = Secret::new(text.replace("ENCRYPTED PRIVATE KEY-----", "PRIVATE KEY-----"));
    let encrypted = PrivatePkcs8KeyDer::from_pem_slice(relabelled.reveal())
        .map_err(|_| loaded.bad("its encrypted key is bad PEM"))?;
    super::encrypted::open(encrypted.secret_pkcs8_der(), password)
        .map(|key| PrivatePkcs8KeyDer::from(key).into())
        .map_err(|why| loaded.bad(&why))
}

#[cfg(not(feature = "encrypted-keys"))]
fn decrypted(
    loaded: &Loaded,
    _text: &str,
    _password: &Secret,
) -> Result<PrivateKeyDer<'static>, TlsFailure> {
    Err(loaded.bad(
        "its key is encrypted, and this build cannot open it: build klamm with the feature \
         `encrypted-keys`",
    ))
}
