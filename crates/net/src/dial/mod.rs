//! Opening connections: names, sockets and their options, proxies, TLS.

mod causes;
mod connector;
#[cfg(feature = "tls")]
mod late;
mod names;
mod proxy;
mod secure;
mod tcp;

pub(crate) use causes::cause_of;
pub use connector::{Connector, Dialled, TcpConnector, Transport};

/// Agrees on TLS over a stream, as a transport for a driver.
///
/// It keeps the promise that a [`Transport`] makes of errors, which a
/// [`TlsStream`](crate::tls::TlsStream) alone cannot keep.
///
/// # Errors
/// Why the two could not agree.
#[cfg(feature = "tls")]
pub async fn over_tls(
    tls: &crate::tls::Connector,
    host: &str,
    stream: impl Transport + 'static,
) -> Result<Box<dyn Transport>, klamm_cluster::TlsFailure> {
    let below = late::Below::new(stream);
    let half = below.half();
    let stream = tls.connect(host, below).await?;
    Ok(Box::new(half.above(stream)))
}
