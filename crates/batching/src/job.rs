//! The work between a batch that was moved out and one that can be sent: compression, checksum.
//!
//! A job runs wherever its holder likes: on the thread that filled the batch, on a worker, or in
//! the engine's turn when it is small. It reports to its slot by itself. One that is dropped
//! without having run has failed, so that no batch waits for ever.

use klamm_records::{Codec, Encoder, RawBatch};

use crate::names::Ticket;
use crate::slot::{Slot, Stage};
use crate::sync::Arc;

/// Without a codec a job is a checksum, and cheaper than telling somebody else of it up to here.
const SMALL: usize = 16 << 10;

/// One batch to encode.
#[derive(Debug)]
pub struct Job<F> {
    pub(crate) slot: Arc<Slot<F>>,
    pub(crate) ticket: Ticket,
    pub(crate) is_small: bool,
    /// It is done, or nobody wants it any more.
    pub(crate) is_over: bool,
}

/// Whether encoding it at once is cheaper than passing it on.
pub(crate) fn is_small(codec: Codec, raw: &RawBatch) -> bool {
    codec == Codec::None && raw.size() <= SMALL
}

/// Does the work of a job; the sizes of batches to come follow from its success.
pub(crate) fn encode<F>(slot: &Slot<F>, raw: RawBatch, encoder: &mut Encoder) -> Stage {
    let (size, shared) = (raw.size(), &slot.shared);
    match encoder.encode(raw, shared.settings.compression, &shared.pool) {
        Ok(encoded) => {
            slot.core.ratio().observe(size, encoded.size());
            Stage::Made(encoded)
        }
        Err(_) => Stage::Failed,
    }
}

impl<F> Job<F> {
    /// Whether it is so small that running it at once is cheaper than passing it on: no codec, and
    /// at most 16 KiB.
    pub fn is_small(&self) -> bool {
        self.is_small
    }

    /// Which batch it is.
    pub fn ticket(&self) -> Ticket {
        self.ticket
    }

    /// Whose batch it is.
    pub fn slot(&self) -> &Arc<Slot<F>> {
        &self.slot
    }

    /// Encodes the batch and tells its slot, which wakes the engine.
    pub fn run(mut self, encoder: &mut Encoder) {
        self.is_over = true;
        let Some(raw) = self.slot.begin(self.ticket) else { return };
        let made = encode(&self.slot, raw, encoder);
        self.slot.finish(self.ticket, made);
    }
}

impl<F> Drop for Job<F> {
    fn drop(&mut self) {
        if !self.is_over {
            drop(self.slot.begin(self.ticket));
            self.slot.finish(self.ticket, Stage::Failed);
        }
    }
}
