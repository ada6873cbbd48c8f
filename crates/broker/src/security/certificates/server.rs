//! The settings of a TLS server over cryptography that needs no C.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};

use super::{Identity, TlsError};

/// Whether clients must show certificates (`ssl.client.auth`).
#[derive(Debug, Clone, Copy)]
pub enum ClientCertificates<'a> {
    /// They are not asked (`none`).
    NotAsked,
    /// They are asked, and may have none; one that they show must be of these authorities
    /// (`requested`).
    Requested(&'a [CertificateDer<'static>]),
    /// Without one of these authorities nobody gets in (`required`).
    Required(&'a [CertificateDer<'static>]),
}

/// The cryptography for TLS, or an error where the processor cannot do it.
///
/// # Errors
///
/// [`TlsError::Processor`].
pub fn provider() -> Result<Arc<CryptoProvider>, TlsError> {
    if graviola::util::is_cpu_supported() {
        Ok(Arc::new(rustls_graviola::default_provider()))
    } else {
        Err(TlsError::Processor)
    }
}

/// The settings of a server that shows this certificate, for TLS 1.2 and 1.3.
///
/// # Errors
///
/// When the processor cannot do the cryptography, the key is not the certificate's, or there is
/// no authority to believe clients by.
pub fn server_config(
    identity: &Identity,
    clients: ClientCertificates<'_>,
) -> Result<ServerConfig, TlsError> {
    let provider = provider()?;
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(settings)?;
    let builder = match clients {
        ClientCertificates::NotAsked => builder.with_no_client_auth(),
        ClientCertificates::Requested(authorities) => {
            builder.with_client_cert_verifier(verifier(authorities, provider, true)?)
        }
        ClientCertificates::Required(authorities) => {
            builder.with_client_cert_verifier(verifier(authorities, provider, false)?)
        }
    };
    builder
        .with_single_cert(identity.chain().to_vec(), identity.key().clone_key())
        .map_err(settings)
}

fn verifier(
    authorities: &[CertificateDer<'static>],
    provider: Arc<CryptoProvider>,
    optional: bool,
) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        roots.add(authority.clone()).map_err(settings)?;
    }
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    let builder = if optional { builder.allow_unauthenticated() } else { builder };
    builder.build().map_err(settings)
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
fn settings(error: impl ToString) -> TlsError {
    TlsError::Settings(error.to_string())
}
