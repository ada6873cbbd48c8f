//! Connections whose outgoing bytes are heard by somebody else as well.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use klamm_cluster::{Address, HostPort};
use klamm_net::dial::Dialled;
use klamm_net::{BoxFuture, Connector, TcpConnector, Transport};
use klamm_protocol::frame::FrameDecoder;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::heard::Heard;

/// Connects over TCP, and hears what is sent.
pub(super) struct Capture {
    inner: TcpConnector,
    heard: Arc<Mutex<Heard>>,
}

impl Capture {
    pub(super) fn new(inner: TcpConnector) -> (Self, Arc<Mutex<Heard>>) {
        let heard = Arc::default();
        (Self { inner, heard: Arc::clone(&heard) }, heard)
    }
}

impl Connector for Capture {
    fn connect(&self, host: &HostPort, address: Address) -> BoxFuture<Dialled> {
        let dialling = self.inner.connect(host, address);
        let heard = Arc::clone(&self.heard);
        Box::pin(async move {
            let inner = dialling.await?;
            let frames = Some(FrameDecoder::new());
            Ok(Box::new(Tapped { inner, frames, heard }) as Box<dyn Transport>)
        })
    }
}

/// A connection that is listened to.
struct Tapped {
    inner: Box<dyn Transport>,
    /// Nothing once something was not understood.
    frames: Option<FrameDecoder>,
    heard: Arc<Mutex<Heard>>,
}

impl Tapped {
    fn hear(&mut self, bytes: &[u8]) {
        let Some(frames) = &mut self.frames else { return };
        frames.push(Bytes::copy_from_slice(bytes));
        loop {
            match frames.next_frame() {
                Ok(Some(frame)) => {
                    self.heard.lock().unwrap_or_else(PoisonError::into_inner).note(frame);
                }
                Ok(None) => break,
                Err(_) => {
                    self.frames = None;
                    break;
                }
            }
        }
    }
}

impl AsyncRead for Tapped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Tapped {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let taken = ready!(Pin::new(&mut self.inner).poll_write(cx, bytes))?;
        self.hear(bytes.get(..taken).unwrap_or_default());
        Poll::Ready(Ok(taken))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let taken = ready!(Pin::new(&mut self.inner).poll_write_vectored(cx, slices))?;
        let mut left = taken;
        for slice in slices {
            let part = left.min(slice.len());
            self.hear(slice.get(..part).unwrap_or_default());
            left = left.saturating_sub(part);
        }
        Poll::Ready(Ok(taken))
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
