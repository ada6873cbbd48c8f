//! One open connection: what it reads and writes in a turn.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use klamm_cluster::{Cause, ConnId, Drive, Event};
use klamm_wire::Now;

use super::inlet::Inlet;
use super::signal::{Bell, Signal};
use crate::dial::{Transport, cause_of};

/// How often a connection may read in a turn, a block at a time.
const READS: usize = 4;

/// How often a connection may write in a turn.
const WRITES: usize = 8;

/// How many slices are written at once.
const SLICES: usize = 64;

/// For how many turns a connection that cannot be written any more is read to its end: more than
/// any buffer of the system holds, and an end for a peer that has none.
const LAST_READS: u32 = 64;

/// One open connection.
pub(crate) struct Conn {
    id: ConnId,
    io: Box<dyn Transport>,
    signal: Signal,
    /// The machine has bytes that it wants written.
    wants_write: bool,
    /// Bytes were handed over of which nobody knows that they left the writer.
    is_unflushed: bool,
    /// Reading may get something; otherwise the signal will say when.
    may_read: bool,
    /// Writing may get on; otherwise the signal will say when.
    may_write: bool,
    broken: Option<Broken>,
}

/// Why nothing can be written any more. What the peer said before that is still to be read.
struct Broken {
    cause: Cause,
    turns: u32,
}

/// What a turn did to a connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Did {
    /// Nothing.
    Nothing,
    /// Something was reported.
    Moved,
    /// Nothing is left of it.
    End(Cause),
}

impl Conn {
    pub(crate) fn new(id: ConnId, io: Box<dyn Transport>, bell: &Arc<Bell>) -> Self {
        Self {
            id,
            io,
            signal: Signal::new(bell),
            wants_write: false,
            is_unflushed: false,
            may_read: true,
            may_write: true,
            broken: None,
        }
    }

    /// The machine has bytes to write.
    pub(crate) fn want_write(&mut self) {
        self.wants_write = self.broken.is_none();
    }

    /// Gives the transport away, so that it can be closed in order.
    pub(crate) fn into_transport(self) -> Box<dyn Transport> {
        self.io
    }

    /// Whether there is more to do without anything being woken first.
    pub(crate) fn is_busy(&self) -> bool {
        self.may_read || self.can_write()
    }

    /// Whether bytes are known to be left in it that were not reported.
    pub(crate) fn has_unread(&self) -> bool {
        self.may_read
    }

    fn can_write(&self) -> bool {
        self.may_write && (self.wants_write || self.is_unflushed)
    }

    /// Reports bytes that came.
    pub(crate) fn read<D: Drive>(&mut self, now: Now, drive: &mut D, inlet: &mut Inlet) -> Did {
        if self.signal.take() {
            (self.may_read, self.may_write) = (true, true);
        }
        if !self.may_read {
            return Did::Nothing;
        }
        let mut cx = Context::from_waker(self.signal.waker());
        let mut did = Did::Nothing;
        for _ in 0..READS {
            match inlet.read(&mut cx, &mut *self.io) {
                Poll::Pending => {
                    self.may_read = false;
                    return self.broken.take().map_or(did, |broken| Did::End(broken.cause));
                }
                Poll::Ready(Ok(bytes)) if bytes.is_empty() => {
                    let broken = self.broken.take();
                    return Did::End(broken.map_or(Cause::ClosedByPeer, |broken| broken.cause));
                }
                Poll::Ready(Ok(bytes)) => {
                    drive.handle(now, Event::Received { conn: self.id, bytes });
                    did = Did::Moved;
                }
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                // It may be an alert of TLS, which says more than the failure to write.
                Poll::Ready(Err(error)) => return Did::End(cause_of(&error)),
            }
        }
        self.count_last_reads().map_or(did, Did::End)
    }

    fn count_last_reads(&mut self) -> Option<Cause> {
        self.broken.as_mut()?.turns += 1;
        self.broken.take_if(|broken| broken.turns >= LAST_READS).map(|broken| broken.cause)
    }

    /// Writes what the machine shows, and reports how much of it was taken and what has left.
    pub(crate) fn write<D: Drive>(&mut self, now: Now, drive: &mut D) -> bool {
        if !self.can_write() {
            return false;
        }
        let mut moved = false;
        for _ in 0..WRITES {
            match self.write_once(&*drive) {
                Ok(0) => break,
                Ok(count) => {
                    self.is_unflushed = true;
                    moved = true;
                    drive.handle(now, Event::Handed { conn: self.id, count });
                }
                Err(error) => return self.break_off(&error),
            }
        }
        moved | self.flush(now, drive)
    }

    /// How many bytes were taken; none if the machine has none to write or the writer no room.
    fn write_once<D: Drive>(&mut self, drive: &D) -> io::Result<usize> {
        let mut slices = [IoSlice::new(&[]); SLICES];
        let shown = drive.chunks(self.id, &mut slices).min(SLICES);
        let (shown, _) = slices.split_at(shown);
        if shown.iter().all(|slice| slice.is_empty()) {
            self.wants_write = false;
            return Ok(0);
        }
        let mut cx = Context::from_waker(self.signal.waker());
        match Pin::new(&mut *self.io).poll_write_vectored(&mut cx, shown) {
            Poll::Ready(Ok(0)) => Err(io::ErrorKind::WriteZero.into()),
            Poll::Ready(taken) => taken,
            Poll::Pending => {
                self.may_write = false;
                Ok(0)
            }
        }
    }

    fn flush<D: Drive>(&mut self, now: Now, drive: &mut D) -> bool {
        if !self.is_unflushed {
            return false;
        }
        let mut cx = Context::from_waker(self.signal.waker());
        match Pin::new(&mut *self.io).poll_flush(&mut cx) {
            Poll::Pending => {
                self.may_write = false;
                false
            }
            Poll::Ready(Ok(())) => {
                self.is_unflushed = false;
                drive.handle(now, Event::Flushed { conn: self.id });
                true
            }
            Poll::Ready(Err(error)) => self.break_off(&error),
        }
    }

    fn break_off(&mut self, error: &io::Error) -> bool {
        self.broken = Some(Broken { cause: cause_of(error), turns: 0 });
        (self.wants_write, self.is_unflushed, self.may_read) = (false, false, true);
        true
    }
}
