//! One partition's batches: the open one that records are written into, and those that wait.
//!
//! The order of the log is the order in which appenders had the lock. An appender writes its record
//! and leaves; a batch that it filled it moves out, and the job is its own to run. Everything else
//! is the engine's: it hears of openings through the list of slots with news, pulls a batch that is
//! due when the partition may send, takes encoded batches strictly by ticket, and resolves them.
//! Lock order: a slot, then the list of slots with news; never two slots.

use klamm_records::{EncodedBatch, Header};
use klamm_wire::{PartitionIndex, Time, WallMillis};

use crate::completion::{Completion, Delivery, Resolution};
use crate::job::Job;
use crate::memory::Permit;
use crate::names::{Generation, Part, Tag, Ticket};
use crate::notes::Note;
use crate::sync::{Arc, Mutex};

/// A record on its way into a batch.
#[derive(Debug)]
pub struct Append<'a, F> {
    /// The key.
    pub key: Option<&'a [u8]>,
    /// The value.
    pub value: Option<&'a [u8]>,
    /// The headers, in order.
    pub headers: &'a [Header<'a>],
    /// Its time; the present one if there is none.
    pub timestamp: Option<WallMillis>,
    /// Its transaction.
    pub tag: Option<Tag>,
    /// What to remember of it.
    pub note: Note<F>,
    /// Memory that was waited for.
    pub permit: Option<Permit>,
}

/// A record that was not appended; nothing of it is in any batch.
#[derive(Debug)]
pub struct Refused<F> {
    /// Why.
    pub why: Why,
    /// What was to be remembered of it, for another try.
    pub note: Note<F>,
}

/// Why a record was not appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// So much memory is needed first: wait for it, and come again with the permit.
    NeedsMemory {
        /// How much.
        bytes: usize,
    },
    /// The topic is not known, or was made anew: look at its newest picture and choose again.
    Stale,
    /// The topic has no such partition. The caller's fault.
    NoSuchPartition {
        /// How many there are.
        count: u32,
    },
    /// The producer takes no more.
    Closed,
    /// Its transaction is not the one that may be written to.
    NotInTransaction,
    /// No batch may be so large. The caller's fault.
    TooLarge {
        /// What it takes.
        bytes: u64,
        /// What it may take.
        limit: usize,
    },
    /// No record has such a time. The caller's fault.
    InvalidTimestamp(WallMillis),
}

/// What the engine reads of a slot, in the order in which it happened.
#[derive(Debug)]
pub enum News {
    /// A batch was opened.
    Opened {
        /// The batch.
        ticket: Ticket,
        /// Its transaction.
        tag: Option<Tag>,
        /// When its linger ends.
        due: Time,
        /// When it must be finished.
        deadline: Time,
    },
    /// A batch was moved out and takes no more; its job runs or waits.
    Sealed {
        /// The batch.
        ticket: Ticket,
        /// How many records it has.
        records: u32,
        /// How many bytes before compression.
        bytes: usize,
    },
}

/// A batch whose payload is made, or could not be.
#[derive(Debug)]
pub struct Ready {
    /// The batch.
    pub ticket: Ticket,
    /// How many records it has.
    pub records: u32,
    /// The payload; nothing when it could not be made.
    pub encoded: Option<EncodedBatch>,
}

/// One partition's batches.
#[derive(Debug)]
pub struct Slot<F> {
    part: Part,
    partition: PartitionIndex,
    state: Mutex<State<F>>,
}

#[derive(Debug)]
struct State<F> {
    generation: Generation,
    completion: Option<Arc<Completion<F>>>,
}

impl<F: Clone + Send + Sync + 'static> Slot<F> {
    /// The engine's number for it.
    pub fn part(&self) -> Part {
        self.part
    }

    /// The partition within its topic.
    pub fn partition(&self) -> PartitionIndex {
        self.partition
    }

    /// Appends a record, if the topic still is what the caller saw. On the caller's thread; with
    /// the delivery comes a job if this record found a full batch, to be run by the caller.
    ///
    /// # Errors
    /// See [`Why`].
    pub fn append(
        self: &Arc<Self>,
        seen: Generation,
        record: Append<'_, F>,
    ) -> Result<(Delivery<F>, Option<Job<F>>), Refused<F>> {
        let _ = (seen, &self.state);
        Err(Refused { why: Why::Closed, note: record.note })
    }

    /// What happened since the last look. For the engine.
    pub fn read(&self, news: &mut Vec<News>) {
        let _ = news;
    }

    /// Moves the open batch out, if it is the one with that ticket; the job is the caller's to run.
    /// Nothing when it was moved out already, or ended. For the engine.
    pub fn pull(self: &Arc<Self>, ticket: Ticket) -> Option<Job<F>> {
        let _ = ticket;
        None
    }

    /// The oldest batch that was moved out and not taken, if its payload is made. For the engine.
    pub fn take_ready(&self) -> Option<Ready> {
        None
    }

    /// Ends a batch, wherever it is: open, moved out, in a job or taken. Whoever waits for one of
    /// its records is told, and its notes go to the outlet with `payload`. False when it had ended.
    /// For the engine.
    pub fn settle(
        &self,
        ticket: Ticket,
        resolution: Resolution<F>,
        payload: Option<EncodedBatch>,
    ) -> bool {
        let _ = (ticket, resolution, payload, &crate::sync::lock(&self.state).completion);
        false
    }

    /// The topic was made anew: what was chosen for another generation is refused from now on. The
    /// open batch closes. For the engine.
    pub fn renew(&self, generation: Generation) {
        crate::sync::lock(&self.state).generation = generation;
    }
}
