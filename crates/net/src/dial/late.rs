//! Errors of writing below TLS that are told late, so that nothing taken is called untaken.
//!
//! A writer of TLS takes bytes in the clear, makes records of them and writes those. When that
//! fails at the second record, the first may have arrived; but all that the writer says is that it
//! failed, and the bytes of both would count as never handed over. A request that the broker has
//! carried out would then be called unwritten. So the failure is kept from the writer of TLS, which
//! says how much it took, and told afterwards.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The failure on its way from below to above.
#[derive(Clone, Default)]
struct Failure(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Until TLS is agreed on, failures are told at once.
    is_agreed: bool,
    kept: Option<io::Error>,
}

impl Failure {
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Below: a failure becomes a writer without room.
    fn keep<T>(&self, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        let Poll::Ready(Err(error)) = polled else { return polled };
        self.with(|state| {
            if !state.is_agreed {
                return Poll::Ready(Err(error));
            }
            state.kept = Some(error);
            Poll::Pending
        })
    }

    /// Above: who waits in vain is told why.
    fn tell<T>(&self, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            return polled;
        }
        self.with(|state| state.kept.take()).map_or(Poll::Pending, |error| Poll::Ready(Err(error)))
    }
}

/// What stands below TLS.
pub(super) struct Below<S> {
    io: S,
    failure: Failure,
}

/// What stands above it.
pub(super) struct Above<S> {
    io: S,
    failure: Failure,
}

impl<S> Below<S> {
    pub(super) fn new(io: S) -> Self {
        Self { io, failure: Failure::default() }
    }

    /// What makes the other half, when TLS is agreed on.
    pub(super) fn half(&self) -> Half {
        Half(self.failure.clone())
    }
}

/// What makes the upper half.
pub(super) struct Half(Failure);

impl Half {
    pub(super) fn above<S>(self, io: S) -> Above<S> {
        self.0.with(|state| state.is_agreed = true);
        Above { io, failure: self.0 }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Below<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Below<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.io).poll_write(cx, buf);
        self.failure.keep(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.io).poll_write_vectored(cx, bufs);
        self.failure.keep(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.io).poll_flush(cx);
        self.failure.keep(polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.io).poll_shutdown(cx);
        self.failure.keep(polled)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Above<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.io).poll_read(cx, buf);
        self.failure.tell(polled)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Above<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.io).poll_write(cx, buf);
        self.failure.tell(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.io).poll_write_vectored(cx, bufs);
        self.failure.tell(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.io).poll_flush(cx);
        self.failure.tell(polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.io).poll_shutdown(cx);
        self.failure.tell(polled)
    }
}
