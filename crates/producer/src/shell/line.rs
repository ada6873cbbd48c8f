//! The way from callers to the loop.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::Poll;

use klamm_engine::batching::Bell;
use klamm_engine::wire::{Clock as _, Now, Time};
use klamm_net::{Knocker, ShellClock};
use tokio::sync::oneshot;

use super::looper::Looper;
use super::timers::{Sleep, Timers};

/// Something for the loop to do between two turns.
pub(super) type Order = Box<dyn FnOnce(&mut Looper, Now) + Send>;

/// The callers' end of the loop.
#[derive(Clone)]
pub(crate) struct Shell {
    pub(super) line: Arc<Line>,
    pub(super) timers: Arc<Timers>,
    pub(super) clock: ShellClock,
}

/// Orders on their way, and what wakes the loop.
#[derive(Default)]
pub(crate) struct Line {
    inbox: Mutex<Inbox>,
    knocker: OnceLock<Knocker>,
}

#[derive(Default)]
struct Inbox {
    orders: Vec<Order>,
    is_over: bool,
}

impl Line {
    /// The loop is there: from now on it can be woken.
    pub(super) fn connect(&self, knocker: Knocker) {
        // There is one loop, so that nobody has been here before.
        let _ = self.knocker.set(knocker);
    }

    /// Wakes the loop.
    pub(super) fn wake(&self) {
        if let Some(knocker) = self.knocker.get() {
            knocker.wake();
        }
    }

    /// Ends the loop.
    pub(super) fn shut_down(&self) {
        if let Some(knocker) = self.knocker.get() {
            knocker.shut_down();
        }
    }

    pub(super) fn take(&self) -> Vec<Order> {
        std::mem::take(&mut self.lock().orders)
    }

    /// Nobody will carry out orders any more.
    pub(super) fn end(&self) {
        let left = {
            let mut inbox = self.lock();
            inbox.is_over = true;
            std::mem::take(&mut inbox.orders)
        };
        // Whoever waits for one of them is told by its end.
        drop(left);
    }

    fn push(&self, order: Order) -> bool {
        let mut inbox = self.lock();
        let is_open = !inbox.is_over;
        if is_open {
            inbox.orders.push(order);
        }
        is_open
    }

    fn is_over(&self) -> bool {
        self.lock().is_over
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bell for Line {
    fn ring(&self) {
        self.wake();
    }
}

impl Shell {
    /// Has the loop do something. False when the loop has ended, so that it never will.
    pub(crate) fn order(&self, order: impl FnOnce(&mut Looper, Now) + Send + 'static) -> bool {
        let is_taken = self.line.push(Box::new(order));
        if is_taken {
            self.line.wake();
        }
        is_taken
    }

    /// Has the loop do something that is answered, then or later; `None` when it never will be.
    /// Dropping the future takes nothing back.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        order: impl FnOnce(&mut Looper, Now, oneshot::Sender<T>) + Send + 'static,
    ) -> Option<T> {
        let (tell, told) = oneshot::channel();
        if !self.order(move |looper, now| order(looper, now, tell)) {
            return None;
        }
        told.await.ok()
    }

    /// The time.
    pub(crate) fn now(&self) -> Time {
        self.clock.exact().mono
    }

    /// Ends at that time, or when the loop ends.
    pub(crate) fn sleep(&self, until: Time) -> Sleep {
        Sleep::new(Arc::clone(&self.timers), Arc::clone(&self.line), until)
    }

    /// What a future gives, unless it is that time before, or the loop ends.
    pub(crate) async fn until<T>(&self, time: Time, future: impl Future<Output = T>) -> Option<T> {
        let (mut future, mut sleep) = (pin!(future), self.sleep(time));
        poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending => Pin::new(&mut sleep).poll(cx).map(|()| None),
        })
        .await
    }

    /// Whether the loop has ended.
    pub(crate) fn is_over(&self) -> bool {
        self.line.is_over()
    }
}
