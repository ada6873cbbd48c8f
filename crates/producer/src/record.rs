//! A record, as a caller hands it in: everything in it is borrowed.

use std::fmt;
use std::sync::Arc;

use klamm_engine::Failure;
use klamm_engine::batching::{Note, slot};
use klamm_engine::records::Header;
use klamm_engine::wire::{PartitionIndex, WallMillis};

use crate::delivery::{Acked, acked};
use crate::error::{Error, record_error};
use crate::topic::Topic;

/// A record to be sent.
///
/// ```no_run
/// # async fn example(producer: klamm::Producer) -> Result<(), klamm::Error> {
/// use klamm::Record;
///
/// let orders = producer.topic("orders").await?;
/// producer.send(Record::to(&orders).key(b"customer 7").value(b"two of those")).await?;
/// # Ok(()) }
/// ```
pub struct Record<'a> {
    pub(crate) to: To<'a>,
    pub(crate) partition: Option<PartitionIndex>,
    /// As slots want it, so that nothing of it is moved on its way there.
    pub(crate) append: slot::Append<'a, Failure>,
}

/// The topic of a record.
#[derive(Clone, Copy)]
pub(crate) enum To<'a> {
    Topic(&'a Topic),
    Name(&'a str),
}

/// Where a record can go.
pub trait Destination<'a> {
    #[doc(hidden)]
    fn into_record(self) -> Record<'a>;
}

impl<'a> Destination<'a> for &'a Topic {
    #[inline]
    fn into_record(self) -> Record<'a> {
        Record::new(To::Topic(self))
    }
}

/// A name is looked up for each record, which a [`Topic`] is not.
impl<'a> Destination<'a> for &'a str {
    fn into_record(self) -> Record<'a> {
        Record::new(To::Name(self))
    }
}

impl<'a> Record<'a> {
    #[inline]
    const fn new(to: To<'a>) -> Self {
        let append = slot::Append {
            key: None,
            value: None,
            headers: &[],
            timestamp: None,
            tag: None,
            note: Note::None,
            permit: None,
        };
        Self { to, partition: None, append }
    }

    /// A record without key and without value to that topic, a [`Topic`] or its name.
    #[inline]
    pub fn to(topic: impl Destination<'a>) -> Self {
        topic.into_record()
    }

    /// With this key.
    #[must_use]
    #[inline]
    pub fn key<K: AsRef<[u8]> + ?Sized>(mut self, key: &'a K) -> Self {
        self.append.key = Some(key.as_ref());
        self
    }

    /// With this value; without one the record is a tombstone.
    #[must_use]
    #[inline]
    pub fn value<V: AsRef<[u8]> + ?Sized>(mut self, value: &'a V) -> Self {
        self.append.value = Some(value.as_ref());
        self
    }

    /// With this value, or with none.
    #[must_use]
    #[inline]
    pub fn value_or_null(mut self, value: Option<&'a [u8]>) -> Self {
        self.append.value = value;
        self
    }

    /// With these headers, in this order.
    #[must_use]
    #[inline]
    pub fn headers(mut self, headers: &'a [Header<'a>]) -> Self {
        self.append.headers = headers;
        self
    }

    /// To this partition.
    #[must_use]
    #[inline]
    pub fn partition(mut self, partition: i32) -> Self {
        self.partition = Some(PartitionIndex(partition));
        self
    }

    /// With this time, in milliseconds since 1970.
    #[must_use]
    #[inline]
    pub fn timestamp(mut self, millis: i64) -> Self {
        self.append.timestamp = Some(WallMillis(millis));
        self
    }

    /// With a number that the producer's [`DeliverySink`](crate::DeliverySink) is told when the
    /// record ends.
    #[must_use]
    #[inline]
    pub fn tag(mut self, tag: u64) -> Self {
        self.append.note = Note::Number(tag);
        self
    }

    /// With a function that is called when the record ends, on the producer's delivery thread.
    /// It is not called for a record that was not taken in.
    #[must_use]
    pub fn on_delivery(mut self, call: impl FnOnce(Result<Acked, Error>) + Send + 'static) -> Self {
        self.append.note = Note::Call(Box::new(move |topic, result| {
            // The courier has made the failure this record's own.
            let result = result.map(|receipt| acked(Arc::clone(topic), receipt));
            call(result.map_err(|failure| record_error(&failure, 0)));
        }));
        self
    }

    /// The name of its topic.
    pub fn topic(&self) -> &'a str {
        match self.to {
            To::Topic(topic) => topic.name(),
            To::Name(name) => name,
        }
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Record");
        let partition = self.partition.map(|partition| partition.0);
        shown.field("topic", &self.topic()).field("partition", &partition);
        shown.finish_non_exhaustive()
    }
}
