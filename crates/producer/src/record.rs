//! A record, as a caller hands it in: everything in it is borrowed.

use std::fmt;

use klamm_engine::records::Header;

use crate::delivery::Callback;
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

    /// With a function that is called when the record ends.
    #[must_use]
    pub fn on_delivery(self, call: Callback) -> Self {
        Self { note: Note::Call(call), ..self }
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("partition", &self.partition).finish_non_exhaustive()
    }
}
