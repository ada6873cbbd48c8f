//! The `records` field: batches in wire form, passed through as they are.

use bytes::Bytes;
use klamm_wire::{EncodeError, Field, Sizer, Writer};

/// The batches of one partition in a message: one or more pieces, in order.
///
/// An encoded batch is its 61-byte header and its payload, two pieces that are written behind one
/// another without being copied. Decoding yields one piece that shares the frame's memory.
#[derive(Clone, Debug, Default)]
pub struct Records(Pieces);

/// One or two pieces need no allocation of their own.
#[derive(Clone, Debug, Default)]
enum Pieces {
    #[default]
    None,
    One(Bytes),
    Two(Box<[Bytes; 2]>),
    Many(Vec<Bytes>),
}

impl Records {
    /// No bytes at all.
    pub const fn new() -> Self {
        Self(Pieces::None)
    }

    /// The number of bytes.
    pub fn len(&self) -> usize {
        self.pieces().iter().map(Bytes::len).sum()
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.pieces().iter().all(Bytes::is_empty)
    }

    /// The pieces, in order.
    pub fn pieces(&self) -> &[Bytes] {
        match &self.0 {
            Pieces::None => &[],
            Pieces::One(piece) => std::slice::from_ref(piece),
            Pieces::Two(pieces) => pieces.as_slice(),
            Pieces::Many(pieces) => pieces,
        }
    }

    /// The bytes as one piece; copied where there are several.
    pub fn to_bytes(&self) -> Bytes {
        match self.pieces() {
            [] => Bytes::new(),
            [piece] => piece.clone(),
            pieces => pieces.concat().into(),
        }
    }

    #[cfg_attr(not(feature = "all"), allow(dead_code, reason = "few groups carry records"))]
    pub(crate) fn measure(
        &self,
        s: &mut Sizer,
        field: Field,
        flexible: bool,
    ) -> Result<(), EncodeError> {
        let len = self.len();
        s.bytes(field, len, flexible)?;
        s.spliced(len, self.pieces().len());
        Ok(())
    }

    #[cfg_attr(not(feature = "all"), allow(dead_code, reason = "few groups carry records"))]
    pub(crate) fn measure_nullable(
        records: Option<&Self>,
        s: &mut Sizer,
        field: Field,
        flexible: bool,
    ) -> Result<(), EncodeError> {
        match records {
            Some(records) => records.measure(s, field, flexible),
            None => s.nullable_bytes(field, None, flexible),
        }
    }

    #[cfg_attr(not(feature = "all"), allow(dead_code, reason = "few groups carry records"))]
    pub(crate) fn write(&self, w: &mut Writer, flexible: bool) {
        w.bytes_len(self.len(), flexible);
        for piece in self.pieces() {
            w.splice(piece.clone());
        }
    }

    #[cfg_attr(not(feature = "all"), allow(dead_code, reason = "few groups carry records"))]
    pub(crate) fn write_nullable(records: Option<&Self>, w: &mut Writer, flexible: bool) {
        match records {
            Some(records) => records.write(w, flexible),
            None => w.nullable_bytes_len(None, flexible),
        }
    }
}

impl From<Bytes> for Records {
    fn from(piece: Bytes) -> Self {
        Self(Pieces::One(piece))
    }
}

impl From<[Bytes; 2]> for Records {
    fn from(pieces: [Bytes; 2]) -> Self {
        Self(Pieces::Two(Box::new(pieces)))
    }
}

impl From<Vec<Bytes>> for Records {
    fn from(pieces: Vec<Bytes>) -> Self {
        Self(Pieces::Many(pieces))
    }
}

impl FromIterator<Bytes> for Records {
    fn from_iter<I: IntoIterator<Item = Bytes>>(pieces: I) -> Self {
        Self(Pieces::Many(pieces.into_iter().collect()))
    }
}

/// Equal bytes are equal records, however they are cut into pieces.
impl PartialEq for Records {
    fn eq(&self, other: &Self) -> bool {
        let bytes =
            |records: &Self| records.pieces().iter().flatten().copied().collect::<Vec<u8>>();
        self.len() == other.len() && bytes(self) == bytes(other)
    }
}

impl Eq for Records {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_is_of_bytes_not_of_pieces() {
        let whole = Records::from(Bytes::from_static(b"header payload"));
        let cut = Records::from([Bytes::from_static(b"header "), Bytes::from_static(b"payload")]);
        let many: Records =
            [&b"head"[..], b"er pay", b"", b"load"].map(Bytes::from_static).into_iter().collect();
        assert_eq!(whole, cut);
        assert_eq!(whole, many);
        assert_ne!(whole, Records::from(Bytes::from_static(b"header_payload")));
        assert_ne!(whole, Records::new());
        assert_eq!(many.to_bytes(), whole.to_bytes());
    }

    #[test]
    fn empty_pieces_are_empty_records() {
        assert!(Records::new().is_empty());
        assert!(Records::from(vec![Bytes::new(), Bytes::new()]).is_empty());
        assert_eq!(Records::new(), Records::from(Bytes::new()));
    }
}
