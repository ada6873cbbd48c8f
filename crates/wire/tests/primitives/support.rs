//! What the tests share: writing to bytes, sizing, and both with a read behind them.

use klamm_wire::{DecodeError, EncodeError, Field, Reader, Sizer, Writer, fuzzing::joined};

pub(crate) const FIELD: Field = "Test.field";
pub(crate) const INNER: Field = "Test.inner";

/// The bytes that `write` writes.
pub(crate) fn written(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::default();
    write(&mut writer);
    joined(writer)
}

/// The number of bytes that `size` adds.
pub(crate) fn sized(
    size: impl FnOnce(&mut Sizer) -> Result<(), EncodeError>,
) -> Result<usize, EncodeError> {
    let mut sizer = Sizer::new(3);
    size(&mut sizer)?;
    Ok(sizer.total())
}

/// Writes, checks that the sizer counted as much, reads everything back and hands it to `check`.
pub(crate) fn round_trip<T>(
    size: impl FnOnce(&mut Sizer) -> Result<(), EncodeError>,
    write: impl FnOnce(&mut Writer),
    check: impl FnOnce(&mut Reader<'_>) -> Result<T, DecodeError>,
) -> T {
    let bytes = written(write);
    assert_eq!(sized(size), Ok(bytes.len()));
    let mut reader = Reader::new(&bytes);
    let value = check(&mut reader).unwrap();
    assert_eq!(reader.finish(FIELD), Ok(()));
    value
}
