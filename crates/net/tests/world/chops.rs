//! Transports that take and give little at a time, fail, or never end.
#![cfg(test)]

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};

/// What a test does to a transport.
pub struct Chops {
    /// The most that is read or written at once.
    size: usize,
    /// Whether every other call says that there is no room at the moment.
    stutters: bool,
    gate: Mutex<Option<Waker>>,
    pub is_shut: AtomicBool,
    holds_flush: AtomicBool,
    fails_write: AtomicBool,
    /// Reads and writes, counted apart.
    calls: [AtomicUsize; 2],
}

impl Chops {
    pub fn hold_flush(&self) {
        self.holds_flush.store(true, Ordering::SeqCst);
    }

    pub fn let_flush(&self) {
        self.holds_flush.store(false, Ordering::SeqCst);
        if let Some(waker) = self.gate.lock().unwrap().take() {
            waker.wake();
        }
    }

    pub fn fail_writes(&self) {
        self.fails_write.store(true, Ordering::SeqCst);
    }

    fn stutter(&self, cx: &Context<'_>, writes: bool) -> Poll<()> {
        let calls = &self.calls[usize::from(writes)];
        if self.stutters && calls.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    }
}

/// One end of a pipe that gives and takes at most `size` bytes at once, and the other end.
pub fn chopped(size: usize, stutters: bool) -> (Chopped, Arc<Chops>, DuplexStream) {
    let (ours, theirs) = duplex(1 << 10);
    let chops = Arc::new(Chops {
        size,
        stutters,
        gate: Mutex::default(),
        is_shut: AtomicBool::default(),
        holds_flush: AtomicBool::default(),
        fails_write: AtomicBool::default(),
        calls: <[AtomicUsize; 2]>::default(),
    });
    (Chopped { inner: ours, chops: Arc::clone(&chops) }, chops, theirs)
}

pub struct Chopped {
    inner: DuplexStream,
    chops: Arc<Chops>,
}

impl AsyncRead for Chopped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.chops.stutter(cx, false));
        let mut small = vec![0; self.chops.size.min(buf.remaining())];
        let mut part = ReadBuf::new(&mut small);
        ready!(Pin::new(&mut self.inner).poll_read(cx, &mut part))?;
        buf.put_slice(part.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Chopped {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.chops.fails_write.load(Ordering::SeqCst) {
            return Poll::Ready(Err(ErrorKind::ConnectionReset.into()));
        }
        ready!(self.chops.stutter(cx, true));
        let part = &buf[..self.chops.size.min(buf.len())];
        Pin::new(&mut self.inner).poll_write(cx, part)
    }

    /// Across slices, as the system does.
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let whole: Vec<u8> = bufs.iter().flat_map(|buf| buf.iter().copied()).collect();
        self.poll_write(cx, &whole)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.chops.holds_flush.load(Ordering::SeqCst) {
            *self.chops.gate.lock().unwrap() = Some(cx.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.chops.is_shut.store(true, Ordering::SeqCst);
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// Gives bytes for ever, takes any, and never ends.
pub struct Endless;

impl AsyncRead for Endless {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let count = buf.remaining().min(4096);
        buf.put_slice(&vec![7; count]);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Endless {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(ErrorKind::BrokenPipe.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
