//! What becomes of a record, and the ways to hear of it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use klamm_engine::batching::Receipt;

use crate::error::{Error, record_error};

/// A record that is in the log, as far as the acks that were asked for say so.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Acked {
    /// The topic.
    pub topic: Arc<str>,
    /// The partition.
    pub partition: i32,
    /// The offset; nothing when the broker did not tell it, as with acks=0.
    pub offset: Option<i64>,
    /// The time that the record has in the log, in milliseconds since 1970; -1 where nobody knows
    /// it.
    pub timestamp: i64,
}

impl fmt::Display for Acked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.topic, self.partition)?;
        self.offset.map_or(Ok(()), |offset| write!(f, "@{offset}"))
    }
}

pub(crate) fn acked(topic: Arc<str>, receipt: Receipt) -> Acked {
    let Receipt { partition, offset, timestamp } = receipt;
    Acked { topic, partition: partition.0, offset, timestamp: timestamp.0 }
}

/// Is told the end of every record with a tag, on the producer's delivery thread.
///
/// One thread runs all callbacks of a producer, in the order in which batches end. A callback that
/// takes its time delays those behind it, and once the memory of the producer is used up, whoever
/// sends; it delays neither what is on its way nor any [`Delivery`]. A panic is caught and counted.
pub trait DeliverySink: Send + Sync + 'static {
    /// A record ended.
    fn delivered(&self, tag: u64, result: Result<Acked, Error>);
}

impl<F: Fn(u64, Result<Acked, Error>) + Send + Sync + 'static> DeliverySink for F {
    fn delivered(&self, tag: u64, result: Result<Acked, Error>) {
        self(tag, result);
    }
}

/// A record's end, to be awaited or not.
///
/// It may be dropped, cloned, awaited on any runtime or none, and after the producer was closed or
/// dropped: it always ends. Dropping it changes nothing for the record.
///
/// # Cancel safety
///
/// Nothing is lost by dropping it; a clone tells the same.
#[derive(Debug, Clone)]
#[must_use = "who does not look never hears that a record failed; `drop` it if that is meant"]
pub struct Delivery {
    inner: klamm_engine::Delivery,
}

impl Delivery {
    pub(crate) fn new(inner: klamm_engine::Delivery) -> Self {
        Self { inner }
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        self.inner.topic()
    }

    /// The partition that the record goes to.
    pub fn partition(&self) -> i32 {
        self.inner.partition().0
    }

    /// What became of the record, if that is known already.
    pub fn result(&self) -> Option<Result<Acked, Error>> {
        self.inner.result().map(|result| self.told(result))
    }

    fn told(&self, result: Result<Receipt, klamm_engine::Failure>) -> Result<Acked, Error> {
        match result {
            Ok(receipt) => Ok(acked(Arc::clone(self.inner.topic()), receipt)),
            Err(failure) => Err(record_error(&failure, self.inner.index())),
        }
    }
}

impl Future for Delivery {
    type Output = Result<Acked, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let result = Pin::new(&mut self.inner).poll(cx);
        result.map(|result| self.told(result))
    }
}
