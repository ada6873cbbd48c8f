//! The same for programs without an async runtime.
//!
//! Every call waits by blocking its thread, on whichever thread it is made; the producer's own
//! thread does the work. Not for the inside of async functions: they would hold up their runtime.
//!
//! ```no_run
//! use klamm::{Record, blocking};
//!
//! # fn example() -> Result<(), klamm::Error> {
//! let producer = blocking::Producer::build(klamm::Producer::builder().bootstrap("kafka:9092"))?;
//! producer.send(Record::to("orders").value(b"two of those"))?;
//! producer.close(std::time::Duration::from_secs(10))?;
//! # Ok(()) }
//! ```

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use crate::builder::Builder;
use crate::delivery::{Acked, Delivery};
use crate::error::Error;
use crate::metrics::Metrics;
use crate::producer::{Closed, Flushed, TryEnqueue};
use crate::record::Record;
use crate::topic::Topic;
use crate::transaction::{EndError, GroupMember, Offset};

/// Waits for a future by blocking the thread: for a [`Delivery`], for example.
pub fn wait<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(output) => return output,
            // A wake-up that came before this is remembered, and one for nothing costs a poll.
            Poll::Pending => thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// A producer whose calls wait by blocking the thread.
#[derive(Debug, Clone)]
pub struct Producer {
    inner: crate::Producer,
}

impl From<crate::Producer> for Producer {
    fn from(inner: crate::Producer) -> Self {
        Self { inner }
    }
}

impl Producer {
    /// Connects, as [`Builder::build`].
    ///
    /// # Errors
    /// When a setting is wrong, nobody can be reached, or we are not let in.
    pub fn build(builder: Builder) -> Result<Self, Error> {
        wait(builder.build()).map(Self::from)
    }

    /// The producer inside.
    pub fn as_async(&self) -> &crate::Producer {
        &self.inner
    }

    /// As [`Producer::topic`](crate::Producer::topic).
    ///
    /// # Errors
    /// When it is not there, or nobody could be asked in time.
    pub fn topic(&self, name: &str) -> Result<Topic, Error> {
        wait(self.inner.topic(name))
    }

    /// As [`Producer::send`](crate::Producer::send).
    ///
    /// # Errors
    /// When the record is not acknowledged.
    pub fn send(&self, record: Record<'_>) -> Result<Acked, Error> {
        wait(self.inner.send(record))
    }

    /// As [`Producer::enqueue`](crate::Producer::enqueue).
    ///
    /// # Errors
    /// When it was not taken in.
    pub fn enqueue(&self, record: Record<'_>) -> Result<Delivery, Error> {
        wait(self.inner.enqueue(record))
    }

    /// As [`Producer::try_enqueue`](crate::Producer::try_enqueue).
    ///
    /// # Errors
    /// See [`TryEnqueue`].
    #[expect(clippy::result_large_err, reason = "what comes back is the record itself")]
    pub fn try_enqueue<'a>(&self, record: Record<'a>) -> Result<Delivery, TryEnqueue<'a>> {
        self.inner.try_enqueue(record)
    }

    /// As [`Producer::send_all`](crate::Producer::send_all).
    pub fn send_all<'a>(
        &self,
        records: impl IntoIterator<Item = Record<'a>>,
    ) -> Vec<Result<Acked, Error>> {
        wait(self.inner.send_all(records))
    }

    /// As [`Producer::flush`](crate::Producer::flush).
    ///
    /// # Errors
    /// When the producer is closed.
    pub fn flush(&self) -> Result<Flushed, Error> {
        wait(self.inner.flush())
    }

    /// As [`Producer::close`](crate::Producer::close).
    ///
    /// # Errors
    /// When it was closed before.
    pub fn close(&self, timeout: Duration) -> Result<Closed, Error> {
        wait(self.inner.close(timeout))
    }

    /// As [`Producer::begin`](crate::Producer::begin).
    ///
    /// # Errors
    /// When this is no transactional producer, another transaction is open, or it was fenced.
    pub fn begin(&self) -> Result<Transaction, Error> {
        wait(self.inner.begin()).map(|inner| Transaction { inner })
    }

    /// As [`Producer::metrics`](crate::Producer::metrics).
    pub fn metrics(&self) -> Metrics {
        wait(self.inner.metrics())
    }
}

/// A transaction whose calls wait by blocking the thread. Dropping it aborts it in the background.
#[derive(Debug)]
pub struct Transaction {
    inner: crate::Transaction,
}

impl From<crate::Transaction> for Transaction {
    fn from(inner: crate::Transaction) -> Self {
        Self { inner }
    }
}

impl Transaction {
    /// As [`Transaction::send`](crate::Transaction::send).
    ///
    /// # Errors
    /// When the record is not acknowledged.
    pub fn send(&self, record: Record<'_>) -> Result<Acked, Error> {
        wait(self.inner.send(record))
    }

    /// As [`Transaction::enqueue`](crate::Transaction::enqueue).
    ///
    /// # Errors
    /// When it was not taken in.
    pub fn enqueue(&self, record: Record<'_>) -> Result<Delivery, Error> {
        wait(self.inner.enqueue(record))
    }

    /// As [`Transaction::try_enqueue`](crate::Transaction::try_enqueue).
    ///
    /// # Errors
    /// See [`TryEnqueue`].
    #[expect(clippy::result_large_err, reason = "what comes back is the record itself")]
    pub fn try_enqueue<'a>(&self, record: Record<'a>) -> Result<Delivery, TryEnqueue<'a>> {
        self.inner.try_enqueue(record)
    }

    /// As [`Transaction::send_offsets`](crate::Transaction::send_offsets).
    ///
    /// # Errors
    /// When the coordinator refuses.
    pub fn send_offsets(&self, group: &GroupMember, offsets: &[Offset]) -> Result<(), Error> {
        wait(self.inner.send_offsets(group, offsets))
    }

    /// As [`Transaction::commit`](crate::Transaction::commit).
    ///
    /// # Errors
    /// When a record failed, or the coordinator refuses, or the time is over.
    pub fn commit(self) -> Result<(), EndError> {
        wait(self.inner.commit())
    }

    /// As [`Transaction::abort`](crate::Transaction::abort).
    ///
    /// # Errors
    /// When the coordinator refuses, or the time is over.
    pub fn abort(self) -> Result<(), EndError> {
        wait(self.inner.abort())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_waits_for_what_another_one_does() {
        let (tell, told) = tokio::sync::oneshot::channel();
        let other = thread::spawn(move || tell.send(7));
        assert_eq!(wait(told), Ok(7));
        other.join().unwrap().unwrap();
    }
}
