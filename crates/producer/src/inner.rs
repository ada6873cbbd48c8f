//! What all handles of a producer share, and the way of a record into it.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use klamm_engine::batching::slot::Why;
use klamm_engine::batching::{Permit, Tag};
use klamm_engine::call::Call;
use klamm_engine::cluster::{Asking, Payload, ResponseFrame};
use klamm_engine::idempotence::{Done, Fate};
use klamm_engine::wire::{Now, Time};
use klamm_engine::{Accumulator, cluster};
use tokio::sync::oneshot;

use crate::delivery::Delivery;
use crate::directory::Directory;
use crate::error::{
    Asked, Draft, Error, ErrorKind, call_error, request_error, topic_error, why_error,
};
use crate::metrics::Waits;
use crate::producer::TryEnqueue;
use crate::record::{Record, To};
use crate::shell::{Courier, Looper, Shell};
use crate::topic::{Topic, fault_of};
use crate::transaction::Phases;

/// How long to wait before a topic is looked at again that was found and is gone already.
const PAUSE: Duration = Duration::from_millis(10);

/// What all handles of a producer share. With the last of them it ends.
pub(crate) struct Inner {
    pub(crate) shell: Shell,
    pub(crate) accumulator: Accumulator,
    pub(crate) courier: Arc<Courier>,
    pub(crate) directory: Arc<Directory>,
    /// How long a caller waits: `max.block.ms`.
    pub(crate) max_block: Duration,
    pub(crate) waits: Waits,
    /// What this producer calls itself, among all of the process.
    pub(crate) id: u64,
    /// Whether it gives out transactions, and what became of the last.
    pub(crate) phases: Option<Arc<Phases>>,
    /// Whether it needs a producer id without transactions.
    pub(crate) is_idempotent: bool,
}

/// A record that waits to be taken in.
pub(crate) type Waiting<'a> = Pin<Box<dyn Future<Output = Result<Delivery, Error>> + Send + 'a>>;

/// Why a record was not taken in at once.
pub(crate) enum Stop {
    /// Its topic is not known, or is gone.
    Unknown,
    /// So much memory is needed first.
    Memory(usize),
    /// It cannot be taken in.
    Failed(Error),
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Carried out soon after; nobody waits for it.
        self.shell.order(Looper::leave);
    }
}

impl Inner {
    /// Waits for what stopped a record that was [attempted](Self::attempt), until it is taken in.
    /// Apart from the way of all other records, and not a part of its caller's future: that would
    /// be as large for every record.
    #[cold]
    pub(crate) fn wait<'a>(&'a self, record: Record<'a>, stop: Stop) -> Waiting<'a> {
        Box::pin(self.insist(record, stop))
    }

    async fn insist(&self, mut record: Record<'_>, mut stop: Stop) -> Result<Delivery, Error> {
        let (deadline, tag) = (self.deadline(), record.append.tag);
        let mut found = false;
        loop {
            match stop {
                Stop::Failed(error) => return Err(error),
                Stop::Memory(bytes) => {
                    record.append.permit = Some(self.memory(bytes, deadline).await?);
                }
                Stop::Unknown => {
                    if std::mem::replace(&mut found, true) {
                        self.pause(deadline).await?;
                    }
                    self.find(record.topic(), deadline).await?;
                }
            }
            stop = match self.attempt(&mut record, tag) {
                Ok(delivery) => return Ok(delivery),
                Err(stop) => stop,
            };
        }
    }

    /// Takes a record in at once, or gives it back.
    #[expect(clippy::result_large_err, reason = "what comes back is the record itself")]
    pub(crate) fn try_enqueue<'a>(
        &self,
        mut record: Record<'a>,
        tag: Option<Tag>,
    ) -> Result<Delivery, TryEnqueue<'a>> {
        match self.attempt(&mut record, tag) {
            Ok(delivery) => Ok(delivery),
            Err(Stop::Failed(error)) => Err(TryEnqueue::Failed(error)),
            Err(Stop::Memory(_)) => Err(TryEnqueue::Full(record)),
            Err(Stop::Unknown) => match fault_of(record.topic()) {
                Some(fault) => Err(TryEnqueue::Failed(bad_name(record.topic(), fault))),
                None if self.shell.is_over() => Err(TryEnqueue::Failed(Error::closed())),
                None => {
                    self.look_for(record.topic());
                    Err(TryEnqueue::NoMetadata(record))
                }
            },
        }
    }

    /// Takes a record in, if nothing stops it; then it is as it was.
    #[inline]
    pub(crate) fn attempt(
        &self,
        record: &mut Record<'_>,
        tag: Option<Tag>,
    ) -> Result<Delivery, Stop> {
        record.append.tag = tag;
        if tag.is_none() && self.phases.is_some() {
            return Err(Stop::Failed(why_error(Why::NotInTransaction, record.topic())));
        }
        match record.to {
            To::Topic(topic) if topic.owner == self.id => self.append(&topic.inner, record),
            To::Topic(topic) => Err(Stop::Failed(stranger(topic))),
            To::Name(name) => match self.directory.get(name) {
                Some(topic) => self.append(&topic.inner, record),
                None => Err(Stop::Unknown),
            },
        }
    }

    #[inline]
    fn append(
        &self,
        topic: &klamm_engine::Topic,
        record: &mut Record<'_>,
    ) -> Result<Delivery, Stop> {
        // The format knows -1, for records of which nobody knows the time.
        if let Some(time) = record.append.timestamp.filter(|time| time.0 < 0) {
            return Err(self.stop(Why::InvalidTimestamp(time), topic.name()));
        }
        let mut job = None;
        match topic.put(record.partition, &mut record.append, &mut job) {
            Ok(delivery) => {
                if let Some(job) = job {
                    // Compressed where it was filled: who sends much pays for it.
                    self.accumulator.run(job);
                }
                Ok(Delivery::new(delivery))
            }
            Err(why) => Err(self.stop(why, topic.name())),
        }
    }

    #[cold]
    fn stop(&self, why: Why, topic: &str) -> Stop {
        match why {
            Why::NeedsMemory { bytes } if bytes <= self.accumulator.budget().limit() => {
                Stop::Memory(bytes)
            }
            Why::Stale => Stop::Unknown,
            Why::NeedsMemory { .. }
            | Why::NoSuchPartition { .. }
            | Why::Closed
            | Why::NotInTransaction
            | Why::TooLarge { .. }
            | Why::InvalidTimestamp(_) => Stop::Failed(why_error(why, topic)),
        }
    }

    /// Until when a call that begins now may wait.
    pub(crate) fn deadline(&self) -> Time {
        self.shell.now().saturating_add(self.max_block)
    }

    async fn memory(&self, bytes: usize, deadline: Time) -> Result<Permit, Error> {
        let since = self.shell.now();
        let permit = self.shell.until(deadline, self.accumulator.budget().acquire(bytes)).await;
        let permit = permit.ok_or_else(|| self.out_of_memory(bytes));
        let waited = self.shell.now().saturating_duration_since(since);
        self.waits.count(waited, permit.is_err());
        permit
    }

    fn out_of_memory(&self, bytes: usize) -> Error {
        if self.shell.is_over() {
            return Error::closed();
        }
        let budget = self.accumulator.budget();
        let (used, limit) = (budget.used(), budget.limit());
        let text = format!(
            "no {bytes} bytes became free before `max.block.ms` was over: {used} of {limit} are \
             in use"
        );
        Draft::new(ErrorKind::BufferFull, Fate::NotWritten, text)
            .retriable(true)
            .step(
                "Look whether the brokers answer; send less at a time, or raise `buffer.memory` \
                 (librdkafka: `queue.buffering.max.kbytes`) or `max.block.ms`.",
            )
            .done()
    }

    async fn pause(&self, deadline: Time) -> Result<(), Error> {
        let now = self.shell.now();
        if now >= deadline {
            let text = "the topic was not there for long enough before `max.block.ms` was over";
            return Err(Draft::new(ErrorKind::TimedOut, Fate::NotWritten, text)
                .retriable(true)
                .done());
        }
        self.shell.sleep(now.saturating_add(PAUSE).min(deadline)).await;
        Ok(())
    }

    /// Finds a topic, by the deadline.
    pub(crate) async fn find(&self, name: &str, deadline: Time) -> Result<Topic, Error> {
        if let Some(fault) = fault_of(name) {
            return Err(bad_name(name, fault));
        }
        let wanted = name.to_owned();
        let order = move |looper: &mut Looper, now: Now, tell: oneshot::Sender<_>| {
            let reply = Box::new(move |found| drop(tell.send(found)));
            looper.engine.topic(now, &wanted, deadline, reply);
        };
        match self.shell.ask(order).await {
            Some(Ok(inner)) => {
                let topic = Topic::new(inner, self.id);
                self.directory.put(topic.clone());
                Ok(topic)
            }
            Some(Err(error)) => {
                self.directory.forget(name);
                Err(topic_error(&error, name))
            }
            None => Err(Error::closed()),
        }
    }

    /// Has a topic looked up, so that the next try may find it.
    fn look_for(&self, name: &str) {
        if !self.directory.want(name) {
            return;
        }
        let (name, id) = (name.to_owned(), self.id);
        let (deadline, directory) = (self.deadline(), Arc::clone(&self.directory));
        self.shell.order(move |looper, now| {
            let wanted = name.clone();
            let reply = Box::new(move |found: Result<_, _>| {
                directory.unwant(&name);
                match found {
                    Ok(inner) => directory.put(Topic::new(inner, id)),
                    Err(error) => {
                        directory.forget(&name);
                        tracing::debug!(target: "klamm::metadata", name, ?error, "no topic");
                    }
                }
            });
            looper.engine.topic(now, &wanted, deadline, reply);
        });
    }

    /// Makes a call about the whole producer. Dropping the future takes nothing back.
    pub(crate) async fn call(
        &self,
        call: Call,
        asked: Asked,
        deadline: Time,
    ) -> Result<Done, Error> {
        let order = move |looper: &mut Looper, now: Now, tell: oneshot::Sender<_>| {
            let reply = Box::new(move |answer| {
                // Nobody may wait for it any more.
                let _ = tell.send(answer);
            });
            looper.engine.call(now, call, deadline, reply);
        };
        match self.shell.ask(order).await {
            Some(answer) => answer.map_err(|error| call_error(error, asked)),
            None => Err(Error::closed()),
        }
    }

    /// Asks the cluster something, whoever answers.
    pub(crate) async fn question(
        &self,
        what: &str,
        to: cluster::Destination,
        payload: Box<dyn Payload>,
        deadline: Time,
    ) -> Result<ResponseFrame, Error> {
        let order = move |looper: &mut Looper, now: Now, tell: oneshot::Sender<_>| {
            let reply = Box::new(move |answer| drop(tell.send(answer)));
            looper.engine.ask(now, Asking { to, deadline, payload }, reply);
        };
        match self.shell.ask(order).await {
            Some(answer) => answer.map_err(|failure| request_error(what, &failure)),
            None => Err(Error::closed()),
        }
    }
}

fn stranger(topic: &Topic) -> Error {
    let text = format!("the topic `{}` was found by another producer", topic.name());
    Draft::new(ErrorKind::IllegalState, Fate::NotWritten, text)
        .step("Ask this producer for it: `producer.topic(name)`.")
        .done()
}

fn bad_name(name: &str, fault: &str) -> Error {
    let shown: String = name.chars().take(64).flat_map(char::escape_debug).collect();
    let text = format!("no topic can be called `{shown}`: {fault}");
    Draft::new(ErrorKind::Topic, Fate::NotWritten, text).done()
}
