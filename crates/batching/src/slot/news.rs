//! What the engine hears of a slot.

use klamm_records::EncodedBatch;
use klamm_wire::Time;

use crate::names::{Tag, Ticket};

/// What the engine reads of a slot, in the order in which it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
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
