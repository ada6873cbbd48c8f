//! A wire that is cut at a byte, and a tap that sees what a writer took.
#![cfg(test)]

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Sending,
    Receiving,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The peer ends the stream.
    End,
    /// The connection is reset.
    Reset,
    /// Nothing comes or goes any more, and nobody says so.
    Silence,
}

impl How {
    pub const ALL: [Self; 3] = [Self::End, Self::Reset, Self::Silence];
}

/// Where a connection is cut, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    pub direction: Direction,
    pub at: usize,
    pub how: How,
}

/// How many bytes passed, sent and received.
#[derive(Default)]
pub struct Passed(pub [AtomicUsize; 2]);

/// Our end of a wire.
pub struct Wire {
    pub inner: DuplexStream,
    pub cut: Option<Cut>,
    pub passed: Arc<Passed>,
    pub reader: Option<Waker>,
}

impl Wire {
    /// How many bytes may still pass, if not any number.
    fn left(&self, direction: Direction) -> usize {
        let passed = self.passed.0[direction as usize].load(Ordering::SeqCst);
        let cut = self.cut.filter(|cut| cut.direction == direction);
        cut.map_or(usize::MAX, |cut| cut.at.saturating_sub(passed))
    }

    /// How it was cut, if it was.
    fn is_cut(&self) -> Option<How> {
        let cut = self.cut?;
        (self.left(cut.direction) == 0).then_some(cut.how)
    }

    fn pass(&mut self, direction: Direction, count: usize) {
        self.passed.0[direction as usize].fetch_add(count, Ordering::SeqCst);
        if self.is_cut().is_some()
            && let Some(reader) = self.reader.take()
        {
            reader.wake();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.is_cut() {
            Some(How::End) => return Poll::Ready(Ok(())),
            Some(How::Reset) => return Poll::Ready(Err(ErrorKind::ConnectionReset.into())),
            Some(How::Silence) => return Poll::Pending,
            None => {}
        }
        self.reader = Some(cx.waker().clone());
        let mut part = vec![0; self.left(Direction::Receiving).min(buf.remaining())];
        let mut part = ReadBuf::new(&mut part);
        ready!(Pin::new(&mut self.inner).poll_read(cx, &mut part))?;
        buf.put_slice(part.filled());
        self.pass(Direction::Receiving, part.filled().len());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.is_cut() {
            Some(How::End) => return Poll::Ready(Err(ErrorKind::BrokenPipe.into())),
            Some(How::Reset) => return Poll::Ready(Err(ErrorKind::ConnectionReset.into())),
            Some(How::Silence) => return Poll::Pending,
            None => {}
        }
        let part = &buf[..self.left(Direction::Sending).min(buf.len())];
        let count = ready!(Pin::new(&mut self.inner).poll_write(cx, part))?;
        self.pass(Direction::Sending, count);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// What the writers of all connections took, in the clear.
pub type Taken = Arc<Mutex<Vec<Vec<u8>>>>;

/// A transport whose writer is looked at.
pub struct Tap<T> {
    pub inner: T,
    pub nth: usize,
    pub taken: Taken,
}

/// A transport under a tap.
pub fn tapped<T>(inner: T, taken: &Taken) -> Tap<T> {
    let mut all = taken.lock().unwrap();
    all.push(Vec::new());
    Tap { inner, nth: all.len() - 1, taken: Arc::clone(taken) }
}

/// Whether all bytes of a request of this API were taken on any connection.
pub fn was_taken(taken: &Taken, api: i16) -> bool {
    times_taken(taken, api) > 0
}

/// How many requests of this API were taken whole, on all connections.
pub fn times_taken(taken: &Taken, api: i16) -> usize {
    taken.lock().unwrap().iter().map(|stream| times(stream, api)).sum()
}

fn times(mut stream: &[u8], api: i16) -> usize {
    let mut times = 0;
    while let Some((length, rest)) = stream.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let Some((frame, rest)) = rest.split_at_checked(length) else { break };
        times += usize::from(frame.starts_with(&api.to_be_bytes()));
        stream = rest;
    }
    times
}

impl<T: AsyncRead + Unpin> AsyncRead for Tap<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Tap<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.inner).poll_write_vectored(cx, bufs))?;
        let bytes = bufs.iter().flat_map(|buf| buf.iter().copied()).take(count);
        self.taken.lock().unwrap()[self.nth].extend(bytes);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
