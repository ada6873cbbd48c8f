//! How a shell is to open connections: plain data, filled in from settings and read by the shell.

use std::path::PathBuf;
use std::time::Duration;

use crate::address::HostPort;
use crate::secret::Secret;

/// How connections are opened.
#[derive(Debug, Clone, Default)]
pub struct TransportSettings {
    /// TLS; `None` for plaintext.
    pub tls: Option<TlsSettings>,
    /// The socket itself.
    pub tcp: TcpSettings,
    /// Somebody to go through.
    pub proxy: Option<Proxy>,
}

/// The options of a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TcpSettings {
    /// Small pieces leave at once: `socket.nagle.disable`. On by default.
    pub no_delay: bool,
    /// After how long a silence the system asks whether the peer is alive, if it does:
    /// `socket.keepalive.enable`. A minute by default, since what stands on the way (load
    /// balancers, NAT) forgets connections that are silent for some minutes.
    pub keep_alive: Option<Duration>,
    /// Which versions of IP are used: `broker.address.family`.
    pub family: AddressFamily,
    /// `send.buffer.bytes`; `None` for what the system finds right.
    pub send_buffer: Option<u32>,
    /// `receive.buffer.bytes`; `None` for what the system finds right.
    pub receive_buffer: Option<u32>,
}

/// Which versions of IP are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AddressFamily {
    /// Both.
    #[default]
    Any,
    /// IPv4 alone.
    V4,
    /// IPv6 alone.
    V6,
}

impl Default for TcpSettings {
    fn default() -> Self {
        Self {
            no_delay: true,
            keep_alive: Some(Duration::from_secs(60)),
            family: AddressFamily::Any,
            send_buffer: None,
            receive_buffer: None,
        }
    }
}

/// Whom to believe, and who we are, in TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSettings {
    /// Certificates of those whom we believe, each as PEM of one or more.
    pub roots: Vec<Pem>,
    /// Whether the public authorities are believed as well. By default they are exactly when
    /// `roots` is empty.
    pub public_roots: bool,
    /// Who we are.
    pub identity: Option<ClientIdentity>,
    /// Whether the name in the certificate must be the one that was dialled.
    pub check_name: bool,
    /// Whether the certificate is looked at at all: without it, anybody can pose as the broker.
    pub verify: bool,
    /// The name to ask for and check instead of the one that was dialled.
    pub server_name: Option<String>,
    /// The oldest and the newest version to speak.
    pub versions: TlsVersions,
    /// A file to which the keys of sessions are appended, so that somebody can read the traffic.
    pub key_log: Option<PathBuf>,
}

/// The versions of TLS that are spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TlsVersions {
    /// 1.2 and 1.3.
    #[default]
    Both,
    /// 1.2 alone.
    Only12,
    /// 1.3 alone.
    Only13,
}

/// A certificate and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientIdentity {
    /// The certificate, and those that vouch for it.
    pub chain: Pem,
    /// The key: PKCS#8, encrypted or not, PKCS#1 or SEC1.
    pub key: Pem,
    /// The password of an encrypted key.
    pub password: Option<Secret>,
}

/// Something in PEM, or where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pem {
    /// A file.
    File(PathBuf),
    /// The text itself. A key is as secret as a password, so all of them are.
    Text(Secret),
}

/// Somebody to go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// What it speaks.
    pub kind: ProxyKind,
    /// Where it is.
    pub at: HostPort,
    /// A name and a password for it.
    pub credentials: Option<(String, Secret)>,
}

/// What a proxy speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProxyKind {
    /// SOCKS version 5; names are resolved by the proxy.
    Socks5,
    /// The CONNECT of HTTP/1.1.
    HttpConnect,
}

impl Default for TlsSettings {
    fn default() -> Self {
        Self {
            roots: Vec::new(),
            public_roots: true,
            identity: None,
            check_name: true,
            verify: true,
            server_name: None,
            versions: TlsVersions::Both,
            key_log: None,
        }
    }
}
