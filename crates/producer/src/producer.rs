//! The producer.

use std::time::Duration;

use crate::builder::Builder;
use crate::delivery::{Acked, Delivery};
use crate::error::{Error, ErrorKind, Fate};
use crate::metrics::Metrics;
use crate::record::Record;
use crate::topic::Topic;
use crate::transaction::Transaction;

/// A producer. Clones are handles to the same one, for any number of tasks and threads.
#[derive(Debug, Clone)]
pub struct Producer {}

/// What a flush found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Flushed {
    /// Batches that were acknowledged since the call, of those that were open at the call.
    pub acked: u64,
    /// Those that were not, at least in part.
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

fn stub<T>() -> Result<T, Error> {
    Err(Error::new(ErrorKind::Internal, Fate::NotWritten, "not there yet"))
}

impl Producer {
    /// A producer to be described.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// A topic, as soon as the cluster has said that it is there; `max.block.ms` at most.
    ///
    /// # Errors
    /// When it is not there, or nobody could be asked in time.
    pub async fn topic(&self, name: &str) -> Result<Topic, Error> {
        let _ = name;
        stub()
    }

    /// Sends a record and waits until it is acknowledged.
    ///
    /// # Errors
    /// When it is not; [`Error::fate`] says what may be believed.
    pub async fn send(&self, record: Record<'_>) -> Result<Acked, Error> {
        self.enqueue(record).await?.await
    }

    /// Takes a record in, waiting for memory if there is none, `max.block.ms` at most. The order of
    /// a partition is the order in which these calls returned, or began on one task.
    ///
    /// # Errors
    /// When it was not taken in; then it is not written.
    pub async fn enqueue(&self, record: Record<'_>) -> Result<Delivery, Error> {
        let _ = record;
        stub()
    }

    /// Takes a record in at once or gives it back.
    ///
    /// # Errors
    /// See [`TryEnqueue`].
    pub fn try_enqueue<'a>(&self, record: Record<'a>) -> Result<Delivery, TryEnqueue<'a>> {
        Err(TryEnqueue::Full(record))
    }

    /// Sends records and waits for all of them; the results are in the order of the records.
    pub async fn send_all<'a>(
        &self,
        records: impl IntoIterator<Item = Record<'a>>,
    ) -> Vec<Result<Acked, Error>> {
        records.into_iter().map(|_| stub()).collect()
    }

    /// Waits until every record that was taken in before has ended. Others go on sending.
    ///
    /// # Errors
    /// When the producer is closed.
    pub async fn flush(&self) -> Result<Flushed, Error> {
        stub()
    }

    /// Takes no more records and waits until all have ended, `timeout` at most; what is left then
    /// fails.
    ///
    /// # Errors
    /// When it was closed before.
    pub async fn close(&self, timeout: Duration) -> Result<Closed, Error> {
        let _ = timeout;
        stub()
    }

    /// Begins a transaction, when the one before has ended.
    ///
    /// # Errors
    /// When this is no transactional producer, or it was fenced.
    pub async fn begin(&self) -> Result<Transaction, Error> {
        stub()
    }

    /// What happened so far.
    pub async fn metrics(&self) -> Metrics {
        Metrics::default()
    }
}
