//! The producer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use klamm_engine::call::Call;
use klamm_engine::engine::Abandoned;
use klamm_engine::idempotence::{Done, Fate};

use crate::builder::Builder;
use crate::delivery::{Acked, Delivery};
use crate::error::{Asked, Error, ErrorKind};
use crate::inner::Inner;
use crate::metrics::Metrics;
use crate::record::Record;
use crate::topic::Topic;
use crate::transaction::Transaction;

/// A producer. Clones are handles to the same one, for any number of tasks and threads.
///
/// Dropping the last handle never waits: records that have not left are given up, as not written,
/// and the others as unknown. [`close`](Self::close) waits.
#[derive(Clone)]
pub struct Producer {
    pub(crate) inner: Arc<Inner>,
}

impl fmt::Debug for Producer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Producer").field("id", &self.inner.id).finish_non_exhaustive()
    }
}

/// What a flush found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Flushed {
    /// Records that were acknowledged, of those that had not ended at the call; whatever joined
    /// their batches afterwards counts with them.
    pub acked: u64,
    /// Those that failed.
    pub failed: u64,
}

/// How a producer was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Closed {
    /// Records that are not in the log because the time was over.
    pub not_written: u64,
    /// Records that may be in the log.
    pub unknown: u64,
}

/// Why a record was not taken at once, and the record.
#[derive(Debug)]
#[non_exhaustive]
pub enum TryEnqueue<'a> {
    /// The topic is not known yet; it is being looked up.
    NoMetadata(Record<'a>),
    /// There is no memory left.
    Full(Record<'a>),
    /// It cannot be sent.
    Failed(Error),
}

impl fmt::Display for TryEnqueue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMetadata(_) => f.write_str("the topic is being looked up; try again"),
            Self::Full(_) => f.write_str("there is no memory left; try again"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for TryEnqueue<'_> {}

impl Producer {
    /// A producer to be described.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// A topic, as soon as the cluster has said that it is there; `max.block.ms` at most.
    ///
    /// # Errors
    /// When it is not there, or nobody could be asked in time.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost by dropping the future; the topic may be found for the next call.
    pub async fn topic(&self, name: &str) -> Result<Topic, Error> {
        let deadline = self.inner.deadline();
        self.inner.find(name, deadline).await
    }

    /// Sends a record and waits until it is acknowledged.
    ///
    /// # Errors
    /// When it is not; [`Error::fate`] says what may be believed.
    ///
    /// # Cancel safety
    ///
    /// A future that is dropped before it was polled, or while it waits for the topic or for
    /// memory, has sent nothing. Dropped later it changes nothing: the record goes its way, once,
    /// and nobody is told. Sent again after that, the record may be there twice.
    pub async fn send(&self, record: Record<'_>) -> Result<Acked, Error> {
        self.enqueue(record).await?.await
    }

    /// Takes a record in, waiting for memory if there is none, `max.block.ms` at most. The order of
    /// a partition is the order in which these calls returned.
    ///
    /// # Errors
    /// When it was not taken in; then it is not written.
    ///
    /// # Cancel safety
    ///
    /// A future that is dropped before it has ended has taken nothing in, and gives up its place
    /// among those who wait for memory.
    #[expect(clippy::manual_async_fn, reason = "an async fn moves its arguments once more")]
    pub fn enqueue(&self, mut record: Record<'_>) -> impl Future<Output = Result<Delivery, Error>> {
        async move {
            match self.inner.attempt(&mut record, None) {
                Ok(delivery) => Ok(delivery),
                Err(stop) => self.inner.wait(record, stop).await,
            }
        }
    }

    /// Takes a record in at once or gives it back.
    ///
    /// # Errors
    /// See [`TryEnqueue`].
    #[expect(clippy::result_large_err, reason = "what comes back is the record itself")]
    pub fn try_enqueue<'a>(&self, record: Record<'a>) -> Result<Delivery, TryEnqueue<'a>> {
        self.inner.try_enqueue(record, None)
    }

    /// Takes records in, in this order, until one cannot be.
    ///
    /// # Errors
    /// Of the first that was not taken in, beside those that were.
    ///
    /// # Cancel safety
    ///
    /// Dropped, those that were taken in by then go their way, and nobody is told which.
    pub async fn enqueue_all<'a>(
        &self,
        records: impl IntoIterator<Item = Record<'a>>,
    ) -> (Vec<Delivery>, Result<(), Error>) {
        let mut deliveries = Vec::new();
        for record in records {
            match self.enqueue(record).await {
                Ok(delivery) => deliveries.push(delivery),
                Err(error) => return (deliveries, Err(error)),
            }
        }
        (deliveries, Ok(()))
    }

    /// Sends records and waits for all of them; the results are in the order of the records. One
    /// that fails stops none of the others.
    ///
    /// # Cancel safety
    ///
    /// Dropped, those that were taken in by then go their way, and nobody is told which.
    pub async fn send_all<'a>(
        &self,
        records: impl IntoIterator<Item = Record<'a>>,
    ) -> Vec<Result<Acked, Error>> {
        let mut deliveries = Vec::new();
        for record in records {
            deliveries.push(self.enqueue(record).await);
        }
        ends(deliveries).await
    }

    /// Waits until every record that was taken in before has ended. Others go on sending. It ends
    /// when the last of those records does, at its delivery deadline at the latest.
    ///
    /// # Errors
    /// When the producer is closed.
    ///
    /// # Cancel safety
    ///
    /// Dropped, what was hurried along stays so; nothing is lost.
    pub async fn flush(&self) -> Result<Flushed, Error> {
        // Every record has a deadline of its own, so that this one only stands guard.
        let timeout = self.inner.accumulator.settings().delivery_timeout;
        let deadline = self.inner.deadline().saturating_add(timeout);
        let done = self.inner.call(Call::Flush, Asked::Flush, deadline).await?;
        let Done::Flushed { acked, failed } = done else { return Err(unexpected(done)) };
        Ok(Flushed { acked, failed })
    }

    /// Takes no more records and waits until all have ended, `timeout` at most; what is left then
    /// fails. Says how many that were.
    ///
    /// # Errors
    /// When it was closed before.
    ///
    /// # Cancel safety
    ///
    /// Dropped after it was polled, the closing goes on without anybody waiting for it.
    pub async fn close(&self, timeout: Duration) -> Result<Closed, Error> {
        let deadline = self.inner.shell.now().saturating_add(timeout);
        let closed = self.inner.shell.ask(move |looper, now, tell| {
            looper.close(now, deadline, tell);
        });
        let Abandoned { not_written, unknown } = closed.await.ok_or_else(Error::closed)?;
        Ok(Closed { not_written, unknown })
    }

    /// Begins a transaction, when the one before has ended.
    ///
    /// # Errors
    /// When this is no transactional producer, another transaction is open, or it was fenced.
    ///
    /// # Cancel safety
    ///
    /// Dropped, a transaction that has begun all the same is aborted in the background.
    pub async fn begin(&self) -> Result<Transaction, Error> {
        Transaction::begin(self).await
    }

    /// What happened so far; zeros once the producer is closed.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost by dropping the future.
    pub async fn metrics(&self) -> Metrics {
        let order =
            |looper: &mut crate::shell::Looper, _, tell: tokio::sync::oneshot::Sender<_>| {
                drop(tell.send(looper.engine.metrics()));
            };
        let mut metrics: Metrics = self.inner.shell.ask(order).await.unwrap_or_default();
        self.inner.waits.tell(&mut metrics.memory);
        metrics
    }

    /// How many delivery callbacks have panicked.
    pub fn callback_panics(&self) -> u64 {
        self.inner.courier.panics()
    }

    /// How many bytes of its memory are in use.
    pub fn memory_used(&self) -> usize {
        self.inner.accumulator.budget().used()
    }
}

/// Waits for the end of each, in order.
pub(crate) async fn ends(deliveries: Vec<Result<Delivery, Error>>) -> Vec<Result<Acked, Error>> {
    let mut results = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        results.push(match delivery {
            Ok(delivery) => delivery.await,
            Err(error) => Err(error),
        });
    }
    results
}

/// An answer to another call than was made.
pub(crate) fn unexpected(done: Done) -> Error {
    let text = format!("the producer answered {done:?} to another call");
    Error::new(ErrorKind::Internal, Fate::Unknown, text)
}
