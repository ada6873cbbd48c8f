//! The checksum that every record read goes into.

/// Reads records by adding them up: an addition takes one cycle, so the checksum stays small beside
/// what is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum(u64);

impl Sum {
    #[inline]
    pub(crate) fn number(&mut self, value: i64) {
        self.0 = self.0.wrapping_add(value.cast_unsigned());
    }

    /// How long a piece is, with null apart: its bytes belong to whoever made them.
    #[inline]
    pub(crate) fn piece(&mut self, piece: Option<&[u8]>) {
        self.0 = self.0.wrapping_add(piece.map_or(u64::MAX, |piece| piece.len() as u64));
    }
}
