//! Connections that are being closed in order, behind everybody's back.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::inlet::Inlet;
use super::signal::{Bell, Signal};
use crate::dial::Transport;

/// How many are given time at once. The oldest is dropped for another.
const MOST: usize = 32;

/// How many reads a peer may cause that goes on talking to a closed connection.
const READS: u32 = 64;

/// Connections that are being closed in order.
#[derive(Default)]
pub(crate) struct Leaving(VecDeque<Leaver>);

/// What was handed over leaves, then the end of the stream is said; then the peer's end is waited
/// for, because a system that is told to forget a connection with unread bytes resets it, and a
/// reset can overtake what was sent.
struct Leaver {
    io: Box<dyn Transport>,
    signal: Signal,
    is_shut: bool,
    reads: u32,
}

impl Leaving {
    /// Closes one more.
    pub(crate) fn push(&mut self, io: Box<dyn Transport>, bell: &Arc<Bell>) {
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(Leaver { io, signal: Signal::new(bell), is_shut: false, reads: 0 });
    }

    /// Gets on with those that can get on.
    pub(crate) fn poll(&mut self, inlet: &mut Inlet) {
        self.0.retain_mut(|leaver| !leaver.signal.take() || leaver.poll(inlet).is_pending());
    }
}

impl Leaver {
    fn poll(&mut self, inlet: &mut Inlet) -> Poll<()> {
        let mut cx = Context::from_waker(self.signal.waker());
        if !self.is_shut {
            match Pin::new(&mut *self.io).poll_shutdown(&mut cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(_)) => return Poll::Ready(()),
                Poll::Ready(Ok(())) => self.is_shut = true,
            }
        }
        while self.reads < READS {
            self.reads += 1;
            match inlet.read(&mut cx, &mut *self.io) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(bytes)) if !bytes.is_empty() => {}
                Poll::Ready(_) => return Poll::Ready(()),
            }
        }
        Poll::Ready(())
    }
}
