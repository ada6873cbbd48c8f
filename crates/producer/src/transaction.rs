//! A transaction: all of its records, or none.

mod phases;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use klamm_engine::batching::Tag;
use klamm_engine::call::Call;
use klamm_engine::idempotence::{CallError, Fate};

use crate::delivery::{Acked, Delivery};
use crate::error::{Asked, Draft, Error, ErrorKind, Remedy, call_error};
use crate::producer::{Producer, TryEnqueue, ends};
use crate::record::Record;

pub use klamm_engine::call::{GroupMember, Offset};

pub(crate) use phases::Phases;
use phases::{Guard, How};

/// An open transaction. Dropping it aborts it in the background, and the next
/// [`begin`](Producer::begin) waits for that.
#[derive(Debug)]
pub struct Transaction {
    producer: Producer,
    guard: Guard,
    /// A record of it was not even taken in, so that it would be committed without it.
    is_spoiled: AtomicBool,
}

/// Why a transaction did not end as it should, and the transaction, if it can still be ended.
///
/// After a time-out the same call may be made again and goes on where it was; only that can tell
/// whether a commit has happened. Dropped, the transaction is aborted in the background, or if its
/// commit has begun, that is finished by the next [`begin`](Producer::begin).
#[derive(Debug)]
pub struct EndError {
    error: Error,
    transaction: Option<Transaction>,
}

impl EndError {
    /// What went wrong.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// What went wrong, without the transaction.
    pub fn into_error(self) -> Error {
        self.error
    }

    /// The transaction, to be committed again or aborted.
    pub fn into_transaction(self) -> Option<Transaction> {
        self.transaction
    }
}

impl fmt::Display for EndError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for EndError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

impl From<EndError> for Error {
    fn from(error: EndError) -> Self {
        error.error
    }
}

impl Transaction {
    pub(crate) async fn begin(producer: &Producer) -> Result<Self, Error> {
        let inner = &producer.inner;
        let phases = inner.phases.as_ref().ok_or_else(no_transactions)?;
        let guard = phases.begin(inner.deadline()).await?;
        Ok(Self { producer: producer.clone(), guard, is_spoiled: AtomicBool::new(false) })
    }

    /// Sends a record of this transaction and waits until it is acknowledged; it can be read when
    /// the transaction is committed.
    ///
    /// # Errors
    /// When it is not acknowledged; the transaction must be aborted then.
    ///
    /// # Cancel safety
    ///
    /// As [`Producer::send`].
    pub async fn send(&self, record: Record<'_>) -> Result<Acked, Error> {
        self.enqueue(record).await?.await
    }

    /// Takes a record of this transaction in.
    ///
    /// # Errors
    /// When it was not taken in; the transaction must be aborted then.
    ///
    /// # Cancel safety
    ///
    /// As [`Producer::enqueue`].
    pub async fn enqueue(&self, mut record: Record<'_>) -> Result<Delivery, Error> {
        let inner = &self.producer.inner;
        let taken = match inner.attempt(&mut record, Some(self.tag())) {
            Ok(delivery) => Ok(delivery),
            Err(stop) => inner.wait(record, stop).await,
        };
        taken.inspect_err(|_| self.spoil())
    }

    /// Takes a record of this transaction in at once or gives it back.
    ///
    /// # Errors
    /// See [`TryEnqueue`]. After [`TryEnqueue::Failed`] the transaction must be aborted.
    #[expect(clippy::result_large_err, reason = "what comes back is the record itself")]
    pub fn try_enqueue<'a>(&self, record: Record<'a>) -> Result<Delivery, TryEnqueue<'a>> {
        let taken = self.producer.inner.try_enqueue(record, Some(self.tag()));
        if matches!(taken, Err(TryEnqueue::Failed(_))) {
            self.spoil();
        }
        taken
    }

    /// Sends records of this transaction and waits for all of them, as [`Producer::send_all`].
    ///
    /// # Cancel safety
    ///
    /// As [`Producer::send_all`].
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

    /// Commits a consumer group's offsets with the transaction.
    ///
    /// # Errors
    /// When the coordinator refuses.
    ///
    /// # Cancel safety
    ///
    /// Dropped after it was polled, the offsets may become part of the transaction or not: abort
    /// it.
    pub async fn send_offsets(&self, group: &GroupMember, offsets: &[Offset]) -> Result<(), Error> {
        let call = Call::SendOffsets { group: group.clone(), offsets: offsets.to_vec() };
        let inner = &self.producer.inner;
        inner.call(call, Asked::Offsets, inner.deadline()).await.map(drop)
    }

    /// Waits for every record and commits.
    ///
    /// # Errors
    /// When a record failed, or the coordinator refuses, or the time is over: `max.block.ms`.
    ///
    /// # Cancel safety
    ///
    /// Dropped after it was polled, the commit goes on, and the next `begin` waits for it.
    pub async fn commit(self) -> Result<(), EndError> {
        if self.is_spoiled.load(Ordering::Relaxed) {
            return Err(EndError { error: spoiled(), transaction: Some(self) });
        }
        self.end(How::Commit).await
    }

    /// Aborts: none of its records can be read by those who read what is committed.
    ///
    /// # Errors
    /// When the coordinator refuses, or the time is over: `max.block.ms`.
    ///
    /// # Cancel safety
    ///
    /// Dropped after it was polled, the abort goes on, and the next `begin` waits for it.
    pub async fn abort(self) -> Result<(), EndError> {
        self.end(How::Abort).await
    }

    async fn end(self, how: How) -> Result<(), EndError> {
        let Self { producer, guard, is_spoiled } = self;
        let deadline = producer.inner.deadline();
        let Some((answer, guard)) = guard.end(how, deadline).await else {
            return Err(EndError { error: Error::closed(), transaction: None });
        };
        let asked = if how == How::Commit { Asked::Commit } else { Asked::Abort };
        answer.map(drop).map_err(|error| {
            let is_lost = match error {
                CallError::IllegalState => how == How::Abort,
                CallError::Fatal(_) | CallError::Closed => true,
                CallError::TimedOut
                | CallError::CommitUnknown
                | CallError::MustAbort(_)
                | CallError::Refused(_) => false,
            };
            if !is_lost {
                guard.hold();
            }
            let transaction = Self { producer, guard, is_spoiled };
            EndError {
                error: call_error(error, asked),
                transaction: (!is_lost).then_some(transaction),
            }
        })
    }

    /// A record of it was not taken in. Said once, it is enough.
    fn spoil(&self) {
        if !self.is_spoiled.swap(true, Ordering::Relaxed) {
            self.guard.spoil();
        }
    }

    fn tag(&self) -> Tag {
        self.guard.tag()
    }
}

fn no_transactions() -> Error {
    let text = "this producer gives out no transactions";
    Draft::new(ErrorKind::IllegalState, Fate::NotWritten, text)
        .step("Set `transactional.id`, a name that no other producer has at the same time.")
        .done()
}

fn spoiled() -> Error {
    let text = "the transaction cannot be committed: a record of it was not even taken in";
    Draft::new(ErrorKind::TransactionAborted, Fate::NotWritten, text)
        .remedy(Remedy::Abort)
        .step("Abort it, and do all of it again.")
        .done()
}
