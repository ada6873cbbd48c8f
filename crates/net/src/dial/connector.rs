//! What opens connections for a driver, and the one that does it over TCP.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use klamm_cluster::transport::AddressFamily;
use klamm_cluster::{
    Address, Cause, ConnFailure, DnsLookup, HostPort, Stage, TlsFailure, TransportSettings,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::causes::cause_of;
use super::secure::Secure;
use super::{names, proxy, tcp};
use crate::settings::BoxFuture;

/// A stream of bytes in both directions.
///
/// Beyond what the traits ask for:
///
/// - An error of `poll_write` or `poll_write_vectored` says that none of those bytes was taken. A
///   request is called unwritten because of it, so a writer that may have let some of them go says
///   how many it took, and fails the next time.
/// - `poll_flush` is ready when everything that was written has been given to the system.
/// - `poll_shutdown` says the end of the stream in order.
pub trait Transport: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + ?Sized> Transport for T {}

/// An open transport, or where and why there is none.
pub type Dialled = Result<Box<dyn Transport>, ConnFailure>;

/// What opens connections for a driver.
pub trait Connector: Send + Sync {
    /// Looks a name up. Unless it is said otherwise, the system is asked.
    fn resolve(&self, host: &HostPort, how: DnsLookup) -> BoxFuture<Result<Vec<Address>, Cause>> {
        Box::pin(names::resolve(host.clone(), how, AddressFamily::Any))
    }

    /// Opens a transport to a host at one of its addresses. Dropping the future gives it up.
    fn connect(&self, host: &HostPort, address: Address) -> BoxFuture<Dialled>;
}

/// Connects over TCP: through a proxy or not, with TLS or without.
#[derive(Clone)]
pub struct TcpConnector {
    settings: Arc<TransportSettings>,
    secure: Option<Secure>,
}

impl TcpConnector {
    /// A connector with these settings. Files that they name are read here.
    ///
    /// # Errors
    /// When they ask for TLS and it cannot be had: see [`TlsFailure::NoProvider`] and
    /// [`TlsFailure::BadSettings`].
    pub fn new(settings: TransportSettings) -> Result<Self, TlsFailure> {
        let secure = settings.tls.as_ref().map(Secure::new).transpose()?;
        Ok(Self { settings: Arc::new(settings), secure })
    }

    /// The same with TLS as somebody else has set it up, whatever the settings say of it: with
    /// another provider of cryptography, for example.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn with_tls(self, tls: crate::tls::Connector) -> Self {
        Self { secure: Some(Secure(tls)), ..self }
    }

    /// Opens the stream below TLS, through the proxy if there is one.
    ///
    /// # Errors
    /// When there is no way to the host at that address; the stage is always
    /// [`Stage::Connect`].
    pub async fn reach(&self, host: &HostPort, address: Address) -> Result<TcpStream, ConnFailure> {
        let stream = match (&self.settings.proxy, address) {
            (Some(proxy), _) => proxy::open(proxy, &self.settings.tcp, host).await,
            (None, Address::Ip(ip)) => {
                let address = SocketAddr::new(ip, host.port());
                tcp::open(address, &self.settings.tcp).await.map_err(|error| cause_of(&error))
            }
            (None, Address::ByName) => Err(Cause::Internal("a name was dialled without a proxy")),
        };
        stream.map_err(|cause| ConnFailure { stage: Stage::Connect, cause })
    }

    async fn dial(self, host: HostPort, address: Address) -> Dialled {
        let stream = self.reach(&host, address).await?;
        let Some(secure) = &self.secure else { return Ok(Box::new(stream)) };
        let agreed = secure.agree(host.host(), stream).await;
        agreed.map_err(|failure| ConnFailure { stage: Stage::Tls, cause: Cause::Tls(failure) })
    }
}

impl Connector for TcpConnector {
    fn resolve(&self, host: &HostPort, how: DnsLookup) -> BoxFuture<Result<Vec<Address>, Cause>> {
        if self.settings.proxy.is_none() {
            let family = self.settings.tcp.family;
            return Box::pin(names::resolve(host.clone(), how, family));
        }
        // The name may mean something only where the proxy stands.
        let literal = host.host().parse::<IpAddr>().ok().map(Address::Ip);
        Box::pin(std::future::ready(Ok(vec![literal.unwrap_or(Address::ByName)])))
    }

    fn connect(&self, host: &HostPort, address: Address) -> BoxFuture<Dialled> {
        Box::pin(self.clone().dial(host.clone(), address))
    }
}
