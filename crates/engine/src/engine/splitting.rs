//! A batch that is too large for its topic becomes two.

use klamm_batching::Ticket;
use klamm_idempotence::{Input, NeverWritten};
use klamm_records::{Decompressors, EncodedBatch, Encoder};
use klamm_wire::Now;

use super::Engine;

impl Engine {
    /// Splits a piece. Brokers seldom want that, so it is done in the turn.
    pub(super) fn split(&mut self, now: Now, proof: NeverWritten) {
        let (part, ticket, piece) = (proof.part(), proof.ticket(), proof.piece());
        let halves = self
            .parts
            .get(part.0)
            .and_then(|partition| partition.batch(Ticket(ticket.0)))
            .and_then(|batch| batch.piece(piece))
            .and_then(|encoded| self.halves(encoded));
        let first_half = halves.as_ref().and_then(|[first, _]| u32::try_from(first.count()).ok());
        let batch =
            self.parts.get_mut(part.0).and_then(|partition| partition.batch_mut(Ticket(ticket.0)));
        if let (Some(batch), Some(first_half), Some(halves)) = (batch, first_half, halves) {
            batch.halve(piece, first_half, halves);
            self.desk.meter.batch_split();
        }
        self.tell(now, Input::SplitDone { part, ticket, piece, first_half });
    }

    fn halves(&self, encoded: &EncodedBatch) -> Option<[EncodedBatch; 2]> {
        let pool = self.accumulator.pool();
        let compression = self.accumulator.settings().compression;
        let cap = encoded.uncompressed_size();
        let [first, second] = encoded.split(&mut Decompressors::new(), cap, pool).ok()?;
        let mut encoder = Encoder::new();
        let first = encoder.encode(first, compression, pool).ok()?;
        let second = encoder.encode(second, compression, pool).ok()?;
        Some([first, second])
    }
}
