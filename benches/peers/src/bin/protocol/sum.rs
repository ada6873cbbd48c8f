//! The checksum that every decoded field goes into.

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

    /// Where a piece lies and how long it is, which is all that a decoder finds out about it: its
    /// bytes belong to whoever parses records, and fetching 64 KiB from memory is not decoding.
    pub(crate) fn piece(&mut self, piece: &[u8]) {
        self.0 = self.0.wrapping_add(piece.len() as u64);
        self.0 = self.0.wrapping_add(piece.as_ptr().addr() as u64);
    }
}
