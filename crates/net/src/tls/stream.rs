//! A stream under TLS, and what is known of the peer at its other end.

use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use rustls::ProtocolVersion;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::facts::{self, CertificateFacts};
use super::spy::Spy;

/// How many bytes may wait inside TLS to be written, unless
/// [`set_buffer_limit`](TlsStream::set_buffer_limit) says otherwise.
pub const BUFFER_LIMIT: usize = 64 << 10;

/// A stream that was agreed on with a peer.
///
/// Reads and writes are those of any stream. What was written has left only when a flush is over.
pub struct TlsStream<S> {
    inner: tokio_rustls::client::TlsStream<Spy<S>>,
}

/// What was agreed on, and with whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// `TLS 1.3`.
    pub version: String,
    /// The cipher suite, by its registered name.
    pub cipher_suite: String,
    /// What the peer's certificates say, its own first.
    pub chain: Vec<CertificateFacts>,
}

impl<S> TlsStream<S> {
    pub(super) fn new(inner: tokio_rustls::client::TlsStream<Spy<S>>) -> Self {
        let mut this = Self { inner };
        this.set_buffer_limit(Some(BUFFER_LIMIT));
        this
    }

    /// What was agreed on, and with whom.
    pub fn peer(&self) -> Peer {
        let (_, session) = self.inner.get_ref();
        let chain = session.peer_certificates().unwrap_or_default();
        let suite = session.negotiated_cipher_suite();
        Peer {
            version: session.protocol_version().map(version).unwrap_or_default(),
            cipher_suite: suite.map(|suite| format!("{:?}", suite.suite())).unwrap_or_default(),
            chain: facts::of_chain(chain.iter().map(AsRef::as_ref)),
        }
    }

    /// How many bytes may wait inside TLS to be written; `None` for as many as there are.
    pub fn set_buffer_limit(&mut self, limit: Option<usize>) {
        self.inner.get_mut().1.set_buffer_limit(limit);
    }

    /// Whether a session was resumed, for tests.
    #[cfg(test)]
    pub(super) fn handshake_kind(&self) -> Option<rustls::HandshakeKind> {
        self.inner.get_ref().1.handshake_kind()
    }

    /// The stream below.
    pub fn get_ref(&self) -> &S {
        self.inner.get_ref().0.get_ref()
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the list is open and not ours")]
fn version(version: ProtocolVersion) -> String {
    match version {
        ProtocolVersion::TLSv1_2 => "TLS 1.2".to_owned(),
        ProtocolVersion::TLSv1_3 => "TLS 1.3".to_owned(),
        other => format!("{other:?}"),
    }
}

impl<S> fmt::Debug for TlsStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsStream").field("peer", &self.peer()).finish_non_exhaustive()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for TlsStream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_read(cx, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for TlsStream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}
