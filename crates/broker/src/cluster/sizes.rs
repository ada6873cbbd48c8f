//! A stream without the sizes that are none, for a broker that skips them instead of hanging up.

use bytes::Bytes;

/// The bytes of a size.
const SIZE_LEN: usize = 4;

/// Where in the stream the next byte is.
#[derive(Debug, Default)]
pub(super) struct Sizes {
    /// The bytes of a size that is not complete. Fewer than four.
    begun: Vec<u8>,
    /// How much of a frame is still to come.
    inside: usize,
}

impl Sizes {
    /// The pieces of what came that are left when every size of zero or less is taken out.
    pub(super) fn without_bad_ones(&mut self, bytes: &Bytes) -> Vec<Bytes> {
        let mut left = bytes.clone();
        let mut kept = Vec::new();
        while !left.is_empty() {
            if self.inside > 0 {
                let part = left.split_to(self.inside.min(left.len()));
                self.inside = self.inside.saturating_sub(part.len());
                kept.push(part);
                continue;
            }
            let missing = SIZE_LEN.saturating_sub(self.begun.len());
            self.begun.extend_from_slice(&left.split_to(missing.min(left.len())));
            if let Some(size) = self.begun.first_chunk() {
                self.inside = usize::try_from(i32::from_be_bytes(*size)).unwrap_or(0);
                let size = std::mem::take(&mut self.begun);
                if self.inside > 0 {
                    kept.push(Bytes::from(size));
                }
            }
        }
        kept
    }
}
