//! Messages made by hand, and what is read from them.

mod alone;
mod compressed;
mod inner;

use super::LegacyView;
use crate::BatchError;
use crate::checksum::crc32;
use crate::view::{Checksum, RecordView};

/// Far more than any message of these tests takes.
const CAP: usize = 1 << 20;

/// What a test puts into a message.
#[derive(Debug, Clone, Copy)]
struct Parts<'a> {
    offset: i64,
    magic: i8,
    attributes: i8,
    timestamp: i64,
    key: Option<&'a [u8]>,
    value: Option<&'a [u8]>,
}

/// A message with this offset and a value that is not compressed.
fn message(magic: i8, offset: i64) -> Parts<'static> {
    let timestamp = offset.wrapping_add(1_000);
    Parts { offset, magic, attributes: 0, timestamp, key: None, value: Some(b"value") }
}

fn nullable(part: Option<&[u8]>) -> Vec<u8> {
    let length = part.map_or(-1, |part| i32::try_from(part.len()).unwrap());
    [&length.to_be_bytes(), part.unwrap_or_default()].concat()
}

impl Parts<'_> {
    /// What the checksum covers.
    fn covered(&self) -> Vec<u8> {
        let time = self.timestamp.to_be_bytes();
        let time: &[u8] = if self.magic == 0 { &[] } else { &time };
        let head = [self.magic, self.attributes].map(i8::cast_unsigned);
        [&head, time, &nullable(self.key), &nullable(self.value)].concat()
    }

    fn bytes(&self) -> Vec<u8> {
        framed(self.offset, &self.covered())
    }
}

/// A message with the right length and checksum around what they cover.
fn framed(offset: i64, covered: &[u8]) -> Vec<u8> {
    let body = [&crc32(covered).to_be_bytes(), covered].concat();
    let length = i32::try_from(body.len()).unwrap();
    [&offset.to_be_bytes(), length.to_be_bytes().as_slice(), &body].concat()
}

/// The only message of the input.
fn read(bytes: &[u8]) -> Result<LegacyView<'_>, BatchError> {
    let (message, rest) = LegacyView::read(bytes, Checksum::Checked)?;
    assert!(rest.is_empty());
    Ok(message)
}

/// Offset, timestamp, key and value of a record.
type Fields<'a> = (i64, i64, Option<&'a [u8]>, Option<&'a [u8]>);

const fn fields<'a>(record: &RecordView<'a>) -> Fields<'a> {
    (record.offset, record.timestamp.0, record.key, record.value)
}
