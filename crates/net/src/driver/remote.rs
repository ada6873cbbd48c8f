//! The way to a driver from other tasks and threads.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use klamm_wire::Now;
use tokio::sync::{mpsc, oneshot};

use super::signal::{Bell, Signal};

/// How many calls may wait for the driver; whoever has one more waits for room.
const CALLS: usize = 64;

/// How many calls are made in a turn.
const CALLS_PER_TURN: usize = 64;

type Call<D> = Box<dyn FnOnce(&mut D, Now) + Send>;

/// A handle to a running driver, to be cloned freely. The driver ends when all of them are gone.
pub struct Remote<D> {
    calls: mpsc::Sender<Call<D>>,
    shared: Arc<Shared>,
}

/// What both ends see.
#[derive(Default)]
struct Shared {
    bell: Arc<Bell>,
    is_woken: AtomicBool,
    is_over: AtomicBool,
}

impl<D> Clone for Remote<D> {
    fn clone(&self) -> Self {
        Self { calls: self.calls.clone(), shared: Arc::clone(&self.shared) }
    }
}

impl<D: 'static> Remote<D> {
    /// Lets a function work on the machine between two turns, and returns what it returns; `None`
    /// when the driver has ended. What the machine wants done after it is done at once.
    ///
    /// A future that is dropped may have called the function or not.
    pub fn with<T, F>(&self, work: F) -> impl Future<Output = Option<T>> + Send + 'static
    where
        T: Send + 'static,
        F: FnOnce(&mut D, Now) -> T + Send + 'static,
    {
        let calls = self.calls.clone();
        async move {
            let (tell, told) = oneshot::channel();
            let call: Call<D> = Box::new(move |drive, now| {
                // Nobody may wait for it any more.
                let _ = tell.send(work(drive, now));
            });
            calls.send(call).await.ok()?;
            told.await.ok()
        }
    }
}

/// Wakes a driver or ends it, and does not keep it running. Clones knock at the same door.
#[derive(Clone)]
pub struct Knocker(Arc<Shared>);

impl Knocker {
    /// Makes the driver hand in `Event::Woken`, from whichever thread. Several calls before the
    /// driver comes to it are one.
    pub fn wake(&self) {
        if !self.0.is_woken.swap(true, Ordering::AcqRel) {
            self.0.bell.ring();
        }
    }

    /// Ends the driver. Open connections are told so if they can be told at once.
    pub fn shut_down(&self) {
        self.0.is_over.store(true, Ordering::Release);
        self.0.bell.ring();
    }
}

impl fmt::Debug for Knocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Knocker").finish_non_exhaustive()
    }
}

impl<D> Remote<D> {
    /// What wakes the driver and ends it, for those who must not keep it running.
    pub fn knocker(&self) -> Knocker {
        Knocker(Arc::clone(&self.shared))
    }

    /// Makes the driver hand in `Event::Woken`, from whichever thread. Several calls before the
    /// driver comes to it are one.
    pub fn wake(&self) {
        self.knocker().wake();
    }

    /// Ends the driver. Open connections are told so if they can be told at once.
    pub fn shut_down(&self) {
        self.knocker().shut_down();
    }

    /// Whether the driver has ended.
    pub fn is_over(&self) -> bool {
        self.calls.is_closed()
    }
}

/// The driver's end.
pub(super) struct Mailbox<D> {
    calls: mpsc::Receiver<Call<D>>,
    signal: Signal,
    shared: Arc<Shared>,
}

/// What was in the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mail {
    /// Nothing.
    Nothing,
    /// Calls, and they were made.
    Calls,
    /// The driver is to end.
    Over,
}

impl<D> Mailbox<D> {
    /// A mailbox with the first of its remotes, and the bell that wakes its owner.
    pub(super) fn new() -> (Self, Remote<D>, Arc<Bell>) {
        let (sender, calls) = mpsc::channel(CALLS);
        let shared = Arc::new(Shared::default());
        let bell = Arc::clone(&shared.bell);
        let remote = Remote { calls: sender, shared: Arc::clone(&shared) };
        (Self { calls, signal: Signal::new(&bell), shared }, remote, bell)
    }

    /// Whether somebody outside has something to say to the machine.
    pub(super) fn take_woken(&self) -> bool {
        let is_woken = &self.shared.is_woken;
        is_woken.load(Ordering::Acquire) && is_woken.swap(false, Ordering::AcqRel)
    }

    /// Makes the calls that wait.
    pub(super) fn answer(&mut self, now: Now, drive: &mut D) -> Mail {
        if self.shared.is_over.load(Ordering::Acquire) {
            return Mail::Over;
        }
        if !self.signal.take() {
            return Mail::Nothing;
        }
        let mut cx = Context::from_waker(self.signal.waker());
        let mut mail = Mail::Nothing;
        for _ in 0..CALLS_PER_TURN {
            match self.calls.poll_recv(&mut cx) {
                Poll::Pending => return mail,
                Poll::Ready(None) => return Mail::Over,
                Poll::Ready(Some(call)) => {
                    call(drive, now);
                    mail = Mail::Calls;
                }
            }
        }
        self.signal.waker().wake_by_ref();
        mail
    }
}
