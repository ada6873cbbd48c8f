//! The `records` field: batches in wire form, passed through as they are.

use std::sync::Arc;

use bytes::Bytes;
use klamm_wire::{EncodeError, Field, Piece, Sizer, Writer};

/// The batches of one partition in a message: one or more pieces, in order.
///
/// An encoded batch is its 61-byte header and its payload, two pieces that are written behind one
/// another without being copied. Decoding yields one piece that lies in the frame, and shares the
/// frame's memory with whoever asks for [`Bytes`].
#[derive(Clone, Debug, Default)]
pub struct Records<'a>(Pieces<'a>);

#[derive(Clone, Debug, Default)]
enum Pieces<'a> {
    #[default]
    None,
    /// Decoded.
    Read(Piece<'a>),
    /// To be encoded. Shared, so that a retry clones no list.
    Built(Arc<[Bytes]>),
}

impl Records<'_> {
    /// No bytes at all.
    pub const fn new() -> Self {
        Self(Pieces::None)
    }

    /// The number of bytes.
    pub fn len(&self) -> usize {
        match &self.0 {
            Pieces::Read(piece) => piece.as_slice().len(),
            Pieces::None | Pieces::Built(_) => self.built().iter().map(Bytes::len).sum(),
        }
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes, if they are in one piece, as decoded ones are.
    pub fn as_slice(&self) -> Option<&[u8]> {
        match &self.0 {
            Pieces::None => Some(&[]),
            Pieces::Read(piece) => Some(piece.as_slice()),
            Pieces::Built(pieces) => match &**pieces {
                [piece] => Some(piece),
                _ => None,
            },
        }
    }

    /// The bytes of each piece, in order.
    pub fn slices(&self) -> impl Iterator<Item = &[u8]> {
        let read = match &self.0 {
            Pieces::Read(piece) => Some(piece.as_slice()),
            Pieces::None | Pieces::Built(_) => None,
        };
        read.into_iter().chain(self.built().iter().map(Bytes::as_ref))
    }

    /// The pieces, in order, each sharing its memory.
    pub fn pieces(&self) -> impl Iterator<Item = Bytes> {
        let read = match &self.0 {
            Pieces::Read(piece) => Some(piece.to_bytes()),
            Pieces::None | Pieces::Built(_) => None,
        };
        read.into_iter().chain(self.built().iter().cloned())
    }

    /// The bytes as one piece; copied where there are several.
    pub fn to_bytes(&self) -> Bytes {
        match (&self.0, self.built()) {
            (Pieces::Read(piece), _) => piece.to_bytes(),
            (_, [piece]) => piece.clone(),
            (_, pieces) => pieces.concat().into(),
        }
    }

    /// The same pieces, independent of the message they came in.
    pub fn into_owned(self) -> Records<'static> {
        Records(match self.0 {
            Pieces::None => Pieces::None,
            Pieces::Read(piece) => Pieces::Built([piece.to_bytes()].into()),
            Pieces::Built(pieces) => Pieces::Built(pieces),
        })
    }

    fn built(&self) -> &[Bytes] {
        match &self.0 {
            Pieces::None | Pieces::Read(_) => &[],
            Pieces::Built(pieces) => pieces,
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
        s.spliced(len, self.slices().count());
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
        self.pieces().for_each(|piece| w.splice(piece));
    }

    #[cfg_attr(not(feature = "all"), allow(dead_code, reason = "few groups carry records"))]
    pub(crate) fn write_nullable(records: Option<&Self>, w: &mut Writer, flexible: bool) {
        match records {
            Some(records) => records.write(w, flexible),
            None => w.nullable_bytes_len(None, flexible),
        }
    }
}

impl<'a> From<Piece<'a>> for Records<'a> {
    fn from(piece: Piece<'a>) -> Self {
        Self(Pieces::Read(piece))
    }
}

impl From<Bytes> for Records<'_> {
    fn from(piece: Bytes) -> Self {
        Self(Pieces::Built([piece].into()))
    }
}

impl From<[Bytes; 2]> for Records<'_> {
    fn from(pieces: [Bytes; 2]) -> Self {
        Self(Pieces::Built(pieces.into()))
    }
}

impl From<Vec<Bytes>> for Records<'_> {
    fn from(pieces: Vec<Bytes>) -> Self {
        Self(Pieces::Built(pieces.into()))
    }
}

impl FromIterator<Bytes> for Records<'_> {
    fn from_iter<I: IntoIterator<Item = Bytes>>(pieces: I) -> Self {
        Self(Pieces::Built(pieces.into_iter().collect()))
    }
}

/// Equal bytes are equal records, however they are cut into pieces.
impl PartialEq for Records<'_> {
    fn eq(&self, other: &Self) -> bool {
        let bytes = |records: &Self| records.slices().flatten().copied().collect::<Vec<u8>>();
        self.len() == other.len() && bytes(self) == bytes(other)
    }
}

impl Eq for Records<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_is_of_bytes_not_of_pieces() {
        let whole = Records::from(Bytes::from_static(b"header payload"));
        let cut = Records::from([Bytes::from_static(b"header "), Bytes::from_static(b"payload")]);
        let many: Records<'_> =
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
