//! Hands rows to the producer: completed by what holds for all records, and in transactions.

use std::collections::BTreeMap;

use klamm::transaction::EndError;
use klamm::{Error, ErrorKind, Header, Producer, Record, Topic, Transaction, TryEnqueue};

use super::envelope::Ready;
use super::options::{Sending, Target};
use super::row::{Key, Row};

/// How many topics are remembered; others are looked up again.
const TOPICS: usize = 1024;

/// The headers that every record has.
pub(super) fn fixed_headers(sending: &Sending) -> Vec<Header<'_>> {
    let headers = sending.headers.iter();
    headers.map(|(key, value)| Header { key, value: value.as_deref() }).collect()
}

/// A row with what holds for all records; where both have headers, they are put together in
/// `scratch`.
pub(super) fn ready<'a>(
    row: &'a Row,
    sending: &'a Sending,
    fixed: &'a [Header<'a>],
    scratch: &'a mut Vec<Header<'a>>,
) -> Ready<'a> {
    let headers = if row.has_headers() {
        scratch.extend(fixed);
        scratch.extend(row.headers().map(|(key, value)| Header { key, value }));
        scratch
    } else {
        fixed
    };
    let topic = match &sending.target {
        Some(Target::Topic(topic)) => topic,
        Some(Target::Named) | None => row.topic().unwrap_or_default(),
    };
    Ready {
        topic,
        partition: match sending.partition {
            None => row.partition,
            Some(-1) => None,
            fixed => fixed,
        },
        timestamp: row.timestamp.or(sending.timestamp),
        key: match row.key() {
            Key::Bytes(key) => Some(key),
            Key::Null => None,
            Key::Absent => sending.key.as_deref(),
        },
        value: row.value(),
        headers,
    }
}

/// How often a commit that takes too long is asked for again.
const COMMITS: usize = 3;

/// Hands records to a producer.
pub(super) struct Sender {
    producer: Producer,
    /// The topic of the record before.
    last: Option<Topic>,
    /// Topics that were looked up, and why they were not found.
    topics: BTreeMap<String, Result<Topic, Error>>,
    transaction: Option<Transaction>,
    /// Records of the open transaction.
    within: u64,
}

impl Sender {
    pub(super) fn new(producer: Producer) -> Self {
        Self { producer, last: None, topics: BTreeMap::new(), transaction: None, within: 0 }
    }

    pub(super) fn producer(&self) -> &Producer {
        &self.producer
    }

    /// How many records the open transaction has.
    pub(super) fn within(&self) -> u64 {
        self.within
    }

    /// Looks a topic up, once; it is the one of the next record.
    ///
    /// # Errors
    /// When it is not there, or nobody could be asked.
    pub(super) async fn find(&mut self, name: &str) -> Result<(), Error> {
        let found = match self.topics.get(name) {
            Some(found) => found.clone(),
            None => {
                let found = self.producer.topic(name).await;
                if self.topics.len() >= TOPICS {
                    self.topics.pop_first();
                }
                self.topics.insert(name.to_owned(), found.clone());
                found
            }
        };
        self.last = Some(found?);
        Ok(())
    }

    /// Begins a transaction, unless one is open.
    ///
    /// # Errors
    /// When that is not possible.
    pub(super) async fn begin(&mut self) -> Result<(), Error> {
        if self.transaction.is_none() {
            self.transaction = Some(self.producer.begin().await?);
            self.within = 0;
        }
        Ok(())
    }

    /// Takes a record in, waiting where it must.
    ///
    /// # Errors
    /// When it was not taken in.
    ///
    /// # Cancel safety
    /// A record whose future was dropped was not taken in.
    pub(super) async fn send(&mut self, ready: &Ready<'_>, tag: u64) -> Result<(), Error> {
        if self.last.as_ref().is_none_or(|last| last.name() != ready.topic) {
            self.find(ready.topic).await?;
        }
        let Some(topic) = &self.last else { return Ok(()) };
        if let Some(transaction) = &self.transaction {
            match transaction.try_enqueue(record(topic, ready, tag)) {
                Ok(_) => {}
                Err(TryEnqueue::Failed(error)) => return Err(error),
                Err(_) => drop(transaction.enqueue(record(topic, ready, tag)).await?),
            }
            self.within = self.within.saturating_add(1);
            return Ok(());
        }
        match self.producer.try_enqueue(record(topic, ready, tag)) {
            Ok(_) => Ok(()),
            Err(TryEnqueue::Failed(error)) => Err(error),
            Err(_) => self.producer.enqueue(record(topic, ready, tag)).await.map(drop),
        }
    }

    /// Ends the open transaction, if there is one: how many records it had. Only asking again tells
    /// whether a commit that took too long has happened, so that is done a few times.
    ///
    /// # Errors
    /// When it is not committed; its records are not in the log then, as far as the error says so.
    pub(super) async fn commit(&mut self) -> Result<Option<u64>, Error> {
        let Some(mut transaction) = self.transaction.take() else { return Ok(None) };
        for _ in 0..COMMITS {
            let Err(refused) = transaction.commit().await else { return Ok(Some(self.within)) };
            let error = refused.error().clone();
            match refused.into_transaction() {
                Some(again) if error.kind() == ErrorKind::TimedOut => transaction = again,
                Some(failed) => {
                    // Why it cannot be committed is worth more than why it cannot be aborted.
                    let _ = failed.abort().await;
                    return Err(error);
                }
                None => return Err(error),
            }
        }
        transaction.commit().await.map_err(EndError::into_error)?;
        Ok(Some(self.within))
    }

    /// Drops the open transaction with all of its records, if there is one.
    ///
    /// # Errors
    /// When the coordinator does not say so.
    pub(super) async fn abort(&mut self) -> Result<Option<u64>, Error> {
        let Some(transaction) = self.transaction.take() else { return Ok(None) };
        transaction.abort().await.map_err(EndError::into_error)?;
        Ok(Some(self.within))
    }
}

fn record<'a>(topic: &'a Topic, ready: &Ready<'a>, tag: u64) -> Record<'a> {
    let mut record = Record::to(topic).tag(tag).headers(ready.headers);
    if let Some(key) = ready.key {
        record = record.key(key);
    }
    if let Some(value) = ready.value {
        record = record.value(value);
    }
    if let Some(partition) = ready.partition {
        record = record.partition(partition);
    }
    if let Some(timestamp) = ready.timestamp {
        record = record.timestamp(timestamp);
    }
    record
}
