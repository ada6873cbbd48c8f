//! What a caller left with a record to be reminded of when it ends: a number, or a function.
//!
//! Notes are for programs with callbacks; who awaits deliveries leaves none, and pays nothing. The
//! memory that they take is the producer's, as that of records is.

mod kept;

use std::fmt;

use klamm_records::EncodedBatch;
use klamm_wire::{PartitionIndex, WallMillis};

use crate::completion::{Receipt, Resolution};
use crate::sync::Arc;
use crate::topic::Topic;

pub use kept::{IntoIter, Notes};

/// A function to be called with a record's topic and its end. Whoever calls those of a batch knows
/// the topic: none of them keeps it.
pub type Call<F> = Box<dyn FnOnce(&Arc<str>, Result<Receipt, F>) + Send>;

/// What is left with one record.
#[derive(Default)]
pub enum Note<F> {
    /// Nothing.
    #[default]
    None,
    /// A number, for the producer's one sink. It costs no allocation.
    Number(u64),
    /// A function of its own.
    Call(Call<F>),
}

impl<F> fmt::Debug for Note<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Number(number) => write!(f, "Number({number})"),
            Self::Call(_) => f.write_str("Call"),
        }
    }
}

/// A note, and the record that it was left with.
#[derive(Debug)]
pub struct Left<F> {
    /// The record's place in the batch.
    pub index: u32,
    /// The record's time, as it was appended.
    pub timestamp: WallMillis,
    /// The note.
    pub note: Note<F>,
}

/// A batch that has ended, with the notes of its records.
///
/// It keeps the memory of the batch reserved until it is dropped, so that a queue of them is
/// bounded by the memory of the producer.
pub struct SettledBatch<F> {
    /// The topic.
    pub topic: Arc<Topic<F>>,
    /// The partition.
    pub partition: PartitionIndex,
    /// What became of it.
    pub resolution: Resolution<F>,
    /// What was left with its records, in their order; records without a note are not there.
    pub notes: Notes<F>,
    /// The payload, for its memory; nothing where there was none any more.
    pub payload: Option<EncodedBatch>,
}

impl<F: Clone> SettledBatch<F> {
    /// What became of one of its records.
    pub fn result(&self, index: u32, timestamp: WallMillis) -> Result<Receipt, F> {
        self.resolution.of(index, self.partition, timestamp)
    }
}

impl<F> fmt::Debug for SettledBatch<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SettledBatch")
            .field("topic", &self.topic)
            .field("partition", &self.partition)
            .field("notes", &self.notes.len())
            .finish_non_exhaustive()
    }
}

/// Where batches with notes go when they have ended. It is called on the engine's turn and must
/// neither block nor run anybody's callback.
pub trait Outlet<F>: Send + Sync {
    /// Takes one.
    fn settled(&self, batch: SettledBatch<F>);
}
