//! The checksum that every decoded field goes into.

use bytes::Bytes;

/// Reads a field by adding it up.
///
/// An addition takes one cycle, so the checksum stays small beside what is measured. It does not
/// see two fields change places; that ours and the peer's encoders give the same bytes for the
/// same values does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum(u64);

impl Sum {
    pub(crate) fn number(&mut self, value: impl Into<i64>) {
        self.0 = self.0.wrapping_add(value.into().cast_unsigned());
    }

    /// All bytes of a short value, a name or an id.
    pub(crate) fn short(&mut self, bytes: &[u8]) {
        self.0 = self.0.wrapping_add(bytes.len() as u64);
        for byte in bytes {
            self.0 = self.0.wrapping_add(u64::from(*byte));
        }
    }

    /// Null differs from the empty text.
    pub(crate) fn nullable(&mut self, text: Option<&str>) {
        self.number(i64::from(text.is_none()));
        self.short(text.unwrap_or_default().as_bytes());
    }

    /// The length of a piece and both of its ends: the bytes between belong to whoever parses
    /// records, and reading them would cost both sides the same.
    pub(crate) fn piece(&mut self, piece: &Bytes) {
        self.0 = self.0.wrapping_add(piece.len() as u64);
        self.number(piece.first().copied().unwrap_or_default());
        self.number(piece.last().copied().unwrap_or_default());
    }
}
