//! Going through somebody: SOCKS version 5 and the CONNECT of HTTP.
//!
//! Both are a short conversation of bounded length before the stream is the broker's. How long it
//! may take is decided by whoever dials, and gives up by dropping the future.

mod http;
mod socks5;

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};

use klamm_cluster::transport::{Proxy, ProxyKind, TcpSettings};
use klamm_cluster::{Cause, HostPort, Secret};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, lookup_host};

use super::causes::{cause_of, words};
use super::tcp;

/// Why a proxy did not let us through, in words that hold no secret.
#[derive(Debug, PartialEq, Eq)]
struct Refusal(String);

impl Refusal {
    fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name and a password for the proxy.
type Credentials = Option<(String, Secret)>;

/// Opens a stream to `host` through a proxy.
pub(super) async fn open(
    proxy: &Proxy,
    settings: &TcpSettings,
    host: &HostPort,
) -> Result<TcpStream, Cause> {
    let refused = |refusal: Refusal| Cause::Proxy(format!("{}: {refusal}", proxy.at));
    let mut stream = reach(&proxy.at, settings).await.map_err(refused)?;
    agree(proxy.kind, &mut stream, host, &proxy.credentials).await.map_err(refused)?;
    Ok(stream)
}

async fn agree<S: AsyncRead + AsyncWrite + Unpin>(
    kind: ProxyKind,
    stream: &mut S,
    host: &HostPort,
    credentials: &Credentials,
) -> Result<(), Refusal> {
    match kind {
        ProxyKind::Socks5 => socks5::agree(stream, host, credentials).await,
        ProxyKind::HttpConnect => http::agree(stream, host, credentials).await,
    }
}

/// Opens a connection to the proxy itself, at the first of its addresses that answers.
async fn reach(at: &HostPort, settings: &TcpSettings) -> Result<TcpStream, Refusal> {
    let unresolved = |error: io::Error| Refusal::new(words(&error));
    let addresses: Vec<SocketAddr> = match at.host().parse::<IpAddr>() {
        Ok(ip) => vec![SocketAddr::new(ip, at.port())],
        Err(_) => lookup_host((at.host(), at.port())).await.map_err(unresolved)?.collect(),
    };
    let mut last = Refusal::new("its name has no address");
    for address in addresses {
        match tcp::open(address, settings).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = Refusal::new(cause_of(&error).to_string()),
        }
    }
    Err(last)
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, words: &Secret) -> Result<(), Refusal> {
    let lost = |error: io::Error| Refusal::new(cause_of(&error).to_string());
    stream.write_all(words.reveal()).await.map_err(lost)?;
    stream.flush().await.map_err(lost)
}

/// Exactly so many bytes: what follows them belongs to the broker.
async fn hear<S: AsyncRead + Unpin, const N: usize>(stream: &mut S) -> Result<[u8; N], Refusal> {
    let mut heard = [0; N];
    match stream.read_exact(&mut heard).await {
        Ok(_) => Ok(heard),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Err(Refusal::new("it closed the connection before its answer was complete"))
        }
        Err(error) => Err(Refusal::new(cause_of(&error).to_string())),
    }
}
