//! A record, as a caller hands it in: everything in it is borrowed.

use std::fmt;
use std::sync::Arc;

use klamm_engine::records::Header;
use klamm_engine::{Failure, batching};

use crate::delivery::{Acked, Callback, acked};
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
    pub(crate) key: Option<&'a [u8]>,
    pub(crate) value: Option<&'a [u8]>,
    pub(crate) headers: &'a [Header<'a>],
    pub(crate) partition: Option<i32>,
    pub(crate) timestamp: Option<i64>,
    pub(crate) note: Note,
}

/// The topic of a record.
#[derive(Clone, Copy)]
pub(crate) enum To<'a> {
    Topic(&'a Topic),
    Name(&'a str),
}

/// What is remembered of a record.
#[derive(Default)]
pub(crate) enum Note {
    #[default]
    None,
    Tag(u64),
    Call(Callback),
    /// As the slots want it, after a first attempt.
    Made(batching::Note<Failure>),
}

impl Note {
    /// As the slots want it. A function that is called for each record costs two allocations, a
    /// tag none.
    pub(crate) fn made(self, topic: &Arc<str>) -> batching::Note<Failure> {
        match self {
            Self::None => batching::Note::None,
            Self::Tag(tag) => batching::Note::Number(tag),
            Self::Made(note) => note,
            Self::Call(call) => {
                let topic = Arc::clone(topic);
                batching::Note::Call(Box::new(move |result| {
                    // The courier has made the failure this record's own.
                    let result = result.map(|receipt| acked(topic, receipt));
                    call(result.map_err(|failure| record_error(&failure, 0)));
                }))
            }
        }
    }
}

/// Where a record can go.
pub trait Destination<'a> {
    #[doc(hidden)]
    fn into_record(self) -> Record<'a>;
}

impl<'a> Destination<'a> for &'a Topic {
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
    const fn new(to: To<'a>) -> Self {
        let (key, value, partition, timestamp) = (None, None, None, None);
        Self { to, key, value, headers: &[], partition, timestamp, note: Note::None }
    }

    /// A record without key and without value to that topic, a [`Topic`] or its name.
    pub fn to(topic: impl Destination<'a>) -> Self {
        topic.into_record()
    }

    /// With this key.
    #[must_use]
    pub fn key<K: AsRef<[u8]> + ?Sized>(self, key: &'a K) -> Self {
        Self { key: Some(key.as_ref()), ..self }
    }

    /// With this value; without one the record is a tombstone.
    #[must_use]
    pub fn value<V: AsRef<[u8]> + ?Sized>(self, value: &'a V) -> Self {
        Self { value: Some(value.as_ref()), ..self }
    }

    /// With this value, or with none.
    #[must_use]
    pub fn value_or_null(self, value: Option<&'a [u8]>) -> Self {
        Self { value, ..self }
    }

    /// With these headers, in this order.
    #[must_use]
    pub fn headers(self, headers: &'a [Header<'a>]) -> Self {
        Self { headers, ..self }
    }

    /// To this partition.
    #[must_use]
    pub fn partition(self, partition: i32) -> Self {
        Self { partition: Some(partition), ..self }
    }

    /// With this time, in milliseconds since 1970.
    #[must_use]
    pub fn timestamp(self, millis: i64) -> Self {
        Self { timestamp: Some(millis), ..self }
    }

    /// With a number that the producer's [`DeliverySink`](crate::DeliverySink) is told when the
    /// record ends.
    #[must_use]
    pub fn tag(self, tag: u64) -> Self {
        Self { note: Note::Tag(tag), ..self }
    }

    /// With a function that is called when the record ends, on the producer's delivery thread.
    /// It is not called for a record that was not taken in.
    #[must_use]
    pub fn on_delivery(self, call: impl FnOnce(Result<Acked, Error>) + Send + 'static) -> Self {
        Self { note: Note::Call(Box::new(call)), ..self }
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
        shown.field("topic", &self.topic()).field("partition", &self.partition);
        shown.finish_non_exhaustive()
    }
}
