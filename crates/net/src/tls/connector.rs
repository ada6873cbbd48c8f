//! Settings read once, and the handshakes that follow them.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use klamm_cluster::TlsFailure;
use klamm_cluster::transport::{TlsSettings, TlsVersions};
use rustls::client::WantsClientCert;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;
use rustls::time_provider::{DefaultTimeProvider, TimeProvider};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ConfigBuilder, Error, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncWrite};

use super::facts::{self, CertificateFacts};
use super::failure::{Sight, of_io};
use super::identity::{self, Identity};
use super::key_log::KeyLogFile;
use super::pem::Content;
use super::provider;
use super::roots;
use super::spy::Spy;
use super::stream::TlsStream;
use super::verify;

/// Agrees on TLS with peers, as one set of settings says. Clones are cheap and share what can be
/// resumed.
#[derive(Clone)]
pub struct Connector {
    config: Arc<ClientConfig>,
    /// Whom we believe, in words.
    roots: Arc<str>,
    /// The name to ask for instead of the one that is dialled.
    server_name: Option<Arc<str>>,
}

/// A handshake that failed, and what was seen of the peer before it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub failure: TlsFailure,
    /// What the peer's certificates say, its own first; nothing if it came to show none.
    pub chain: Vec<CertificateFacts>,
}

impl Connector {
    /// Reads the settings and the files that they name, and chooses a provider of cryptography for
    /// this machine.
    ///
    /// # Errors
    ///
    /// [`TlsFailure::NoProvider`] where there is none, [`TlsFailure::BadSettings`] where a file
    /// cannot be read or is not what it should be; the words name the file and the property.
    pub fn new(settings: &TlsSettings) -> Result<Self, TlsFailure> {
        Self::with_provider(settings, provider::choose(&provider::probe())?)
    }

    /// The same with a provider of one's own.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_provider(
        settings: &TlsSettings,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, TlsFailure> {
        Self::with_clock(settings, provider, Arc::new(DefaultTimeProvider))
    }

    /// The same with a clock of one's own: certificates are valid by it or not.
    pub(super) fn with_clock(
        settings: &TlsSettings,
        provider: Arc<CryptoProvider>,
        clock: Arc<dyn TimeProvider>,
    ) -> Result<Self, TlsFailure> {
        if let Some(name) = &settings.server_name {
            server_name(name)?;
        }
        let roots = roots::load_roots(settings)?;
        let verifier = verify::verifier(settings, roots.store, &provider)?;
        let builder = ClientConfig::builder_with_details(provider, clock)
            .with_protocol_versions(&versions(settings.versions))
            .map_err(|error| TlsFailure::NoProvider(format!("the provider cannot do it: {error}")))?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &settings.identity {
            None => builder.with_no_client_auth(),
            Some(identity) => introduced(builder, identity::load_identity(identity)?)?,
        };
        if let Some(path) = &settings.key_log {
            config.key_log = Arc::new(KeyLogFile::open(path)?);
        }
        Ok(Self {
            config: Arc::new(config),
            roots: roots.words.into(),
            server_name: settings.server_name.as_deref().map(Arc::from),
        })
    }

    /// Agrees on TLS over a stream that leads to this host, a name or an address.
    ///
    /// # Errors
    ///
    /// Why the two could not agree.
    pub async fn connect<S>(&self, host: &str, stream: S) -> Result<TlsStream<S>, TlsFailure>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        self.connect_observed(host, stream).await.map_err(|refusal| refusal.failure)
    }

    /// The same, and with a failure comes what was seen of the peer.
    ///
    /// # Errors
    ///
    /// Why the two could not agree, and the certificates that the peer had shown.
    pub async fn connect_observed<S>(
        &self,
        host: &str,
        stream: S,
    ) -> Result<TlsStream<S>, Box<Refusal>>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let host = self.server_name.as_deref().unwrap_or(host);
        let name = server_name(host)
            .map_err(|failure| Box::new(Refusal { failure, chain: Vec::new() }))?;
        let connector = tokio_rustls::TlsConnector::from(Arc::clone(&self.config));
        let mut handshake = connector.connect(name, Spy::new(stream)).into_fallible();
        let mut shown = Vec::new();
        let done = poll_fn(|cx| {
            let (polled, chain) = verify::watched(|| Pin::new(&mut handshake).poll(cx));
            shown = chain.unwrap_or_else(|| std::mem::take(&mut shown));
            polled
        });
        match done.await {
            Ok(stream) => Ok(TlsStream::new(stream)),
            Err((error, spy)) => {
                let chain = facts::of_chain(shown.iter().map(AsRef::as_ref));
                let (roots, first) = (&*self.roots, spy.first());
                let sight = Sight { expected: host, roots, first, chain: &chain };
                Err(Box::new(Refusal { failure: of_io(&error, &sight), chain }))
            }
        }
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Connector");
        shown.field("roots", &self.roots).field("server_name", &self.server_name);
        shown.finish_non_exhaustive()
    }
}

/// A name or an address as TLS asks for it; an address in brackets, or with a zone, without them.
fn server_name(host: &str) -> Result<ServerName<'static>, TlsFailure> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let bare = match bare.split_once('%') {
        Some((address, _zone)) if address.contains(':') => address,
        _ => bare,
    };
    ServerName::try_from(bare.to_owned()).map_err(|_| {
        TlsFailure::BadSettings(format!(
            "`{}` is neither a name nor an address that a certificate could be for",
            facts::shown(host)
        ))
    })
}

fn versions(versions: TlsVersions) -> Vec<&'static SupportedProtocolVersion> {
    match versions {
        TlsVersions::Both => vec![&TLS13, &TLS12],
        TlsVersions::Only12 => vec![&TLS12],
        TlsVersions::Only13 => vec![&TLS13],
    }
}

/// A configuration that shows our certificate to who asks.
fn introduced(
    builder: ConfigBuilder<ClientConfig, WantsClientCert>,
    identity: Identity,
) -> Result<ClientConfig, TlsFailure> {
    let Identity { chain, key, places: [chain_place, key_place] } = identity;
    builder.with_client_auth_cert(chain, key).map_err(|error| {
        let why = if matches!(error, Error::InconsistentKeys(_)) {
            "the key is not the one of the first certificate".to_owned()
        } else {
            format!(
                "the provider of cryptography does not take this key ({}); RSA from 2048 bits on, \
                 ECDSA on P-256 or P-384 and Ed25519 are taken by all",
                facts::shown(&error.to_string())
            )
        };
        TlsFailure::BadSettings(format!(
            "the client's certificate of {chain_place} with the key of {key_place} cannot be \
             used: {why}; see {} and {}",
            Content::Chain.property(),
            Content::Key.property()
        ))
    })
}
