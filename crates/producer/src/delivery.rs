//! What becomes of a record, and the ways to hear of it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::error::Error;

/// A record that is in the log, as far as the acks that were asked for say so.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Acked {
    /// The topic.
    pub topic: std::sync::Arc<str>,
    /// The partition.
    pub partition: i32,
    /// The offset; nothing when the broker did not tell it, as with acks=0.
    pub offset: Option<i64>,
    /// The time that the record has in the log, in milliseconds since 1970.
    pub timestamp: i64,
}

/// Called with a record's end, on the producer's delivery thread.
pub type Callback = Box<dyn FnOnce(Result<Acked, Error>) + Send>;

/// Is told the end of every record with a tag, on the producer's delivery thread.
pub trait DeliverySink: Send + Sync + 'static {
    /// A record ended.
    fn delivered(&self, tag: u64, result: Result<Acked, Error>);
}

/// A record's end, to be awaited or not.
#[derive(Debug, Clone)]
pub struct Delivery {
    inner: klamm_engine::Delivery,
    topic: std::sync::Arc<str>,
}

impl Future for Delivery {
    type Output = Result<Acked, Error>;

    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Self::Output> {
        let _ = (&self.inner, &self.topic);
        Poll::Pending
    }
}
