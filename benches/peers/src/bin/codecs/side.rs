//! What both sides of a contest do.

use klamm_records::{Codec, Compression, Compressors, Decompressors};

/// Far more than any subject.
const CAP: usize = 16 << 20;

/// A codec at a level, by whoever wrote it.
pub(crate) trait Side {
    /// Compresses into the front of `output`: the length it took.
    fn compress(&mut self, input: &[u8], output: &mut [u8]) -> usize;

    /// Decompresses what this side compressed: the length that came out.
    fn decompress(&mut self, input: &[u8], len: usize) -> usize;

    /// What the last decompression gave.
    fn decompressed(&self) -> &[u8];
}

/// The codecs behind their one door, as a producer uses them.
pub(crate) struct Ours {
    compression: Compression,
    compressors: Compressors,
    decompressors: Decompressors,
    last: Vec<u8>,
    /// Whether to keep what comes out, which takes time.
    keeps: bool,
}

impl Ours {
    pub(crate) fn new(compression: Compression) -> Self {
        let (compressors, decompressors) = (Compressors::new(), Decompressors::new());
        Self { compression, compressors, decompressors, last: Vec::new(), keeps: true }
    }

    /// From here on only times matter.
    pub(crate) fn keep_nothing(&mut self) {
        self.keeps = false;
    }
}

impl Side for Ours {
    fn compress(&mut self, input: &[u8], output: &mut [u8]) -> usize {
        let compressed = self.compressors.compress(self.compression, input, output);
        compressed.expect("there is a codec").expect("there is room")
    }

    fn decompress(&mut self, input: &[u8], _len: usize) -> usize {
        let codec: Codec = self.compression.codec();
        let back = self.decompressors.decompress(codec, input, CAP).expect("a stream of ours");
        if self.keeps {
            self.last = back.to_vec();
        }
        back.len()
    }

    fn decompressed(&self) -> &[u8] {
        &self.last
    }
}
