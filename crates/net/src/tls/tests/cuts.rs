//! Streams that end in the middle of ciphertext: a failure or an end, never a hang.
#![cfg(test)]

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use klamm_cluster::transport::TlsVersions;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::*;

/// A stream of which so many bytes arrive; then it ends, in order or not.
struct Cut {
    io: DuplexStream,
    left: usize,
    reset: bool,
}

impl AsyncRead for Cut {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.left == 0 {
            let reset = Err(io::ErrorKind::ConnectionReset.into());
            return Poll::Ready(if this.reset { reset } else { Ok(()) });
        }
        let mut room = buffer.take(this.left);
        let polled = Pin::new(&mut this.io).poll_read(cx, &mut room);
        let read = room.filled().len();
        let bytes = room.filled().to_vec();
        buffer.put_slice(&bytes);
        this.left -= read;
        polled
    }
}

impl AsyncWrite for Cut {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().io).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}

/// How a connection ended of which so many bytes arrived at most.
async fn cut_at(
    connector: &Connector,
    server: &Arc<ServerConfig>,
    left: usize,
    reset: bool,
) -> &'static str {
    let (ours, theirs) = duplex(ROOM);
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::clone(server));
    tokio::spawn(async move {
        let mut stream = acceptor.accept(theirs).await?;
        let mut bytes = [0; 4];
        stream.read_exact(&mut bytes).await?;
        stream.write_all(&bytes).await?;
        stream.shutdown().await
    });
    match connector.connect("a.test", Cut { io: ours, left, reset }).await {
        Err(TlsFailure::ClosedAtOnce) => "closed at once",
        Err(TlsFailure::Other(_)) => "closed in the handshake",
        Err(other) => panic!("cut at {left}: {other}"),
        Ok(mut stream) => {
            let _ = stream.write_all(b"ping").await;
            let _ = stream.flush().await;
            let mut bytes = [0; 4];
            match stream.read_exact(&mut bytes).await {
                Ok(_) => "answered",
                Err(error) if super::super::failure_of(&error).is_none() => "closed later",
                Err(error) => panic!("cut at {left}: {error}"),
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_cut_ends_in_a_failure_or_an_end() {
    let ca = ca();
    let server = server(&ca, &["a.test"]);
    for versions in [TlsVersions::Only12, TlsVersions::Only13] {
        let settings = TlsSettings { versions, ..believing(&ca) };
        let mut ends = std::collections::BTreeMap::new();
        for (index, left) in (0..3_000).step_by(13).enumerate() {
            // A connector that has met the server before would resume.
            let connector = connector(&settings);
            let cut = cut_at(&connector, &server, left, index % 2 == 1);
            let end = tokio::time::timeout(std::time::Duration::from_secs(60), cut).await;
            *ends.entry(end.expect("no hang")).or_insert(0) += 1;
            if ends.get("answered").is_some_and(|answered| *answered > 2) {
                break;
            }
        }
        println!("{versions:?}: {ends:?}");
        assert_eq!(ends.get("answered"), Some(&3), "{ends:?}");
        assert!(ends["closed at once"] == 1 && ends["closed in the handshake"] > 50, "{ends:?}");
        assert!(ends["closed later"] > 0, "{ends:?}");
    }
}
