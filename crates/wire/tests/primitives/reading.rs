//! Well-formed bytes and the values they stand for.

use bytes::Bytes;
use klamm_wire::{DecodeError, DecodeErrorKind, NodeId, Reader, Uuid};

use crate::support::FIELD;

#[test]
fn fixed_width_numbers_are_big_endian() {
    let bytes: Vec<u8> = (1..=0x2d).collect();
    let mut reader = Reader::new(&bytes);
    assert_eq!(reader.i8(FIELD), Ok(1));
    assert_eq!(reader.i16(FIELD), Ok(0x0203));
    assert_eq!(reader.u16(FIELD), Ok(0x0405));
    assert_eq!(reader.i32(FIELD), Ok(0x0607_0809));
    assert_eq!(reader.u32(FIELD), Ok(0x0a0b_0c0d));
    assert_eq!(reader.i64(FIELD), Ok(0x0e0f_1011_1213_1415));
    assert_eq!(reader.f64(FIELD).map(f64::to_bits), Ok(0x1617_1819_1a1b_1c1d));
    let uuid = Uuid::from_u128(0x1e1f_2021_2223_2425_2627_2829_2a2b_2c2d);
    assert_eq!(reader.uuid(FIELD), Ok(uuid));
    assert_eq!(reader.finish(FIELD), Ok(()));
}

#[test]
fn fixed_width_numbers_reach_their_edges() {
    let read = |bytes: &[u8; 8]| Reader::new(bytes).i64(FIELD).unwrap();
    assert_eq!(read(&[0xff; 8]), -1);
    assert_eq!(read(&[0x80, 0, 0, 0, 0, 0, 0, 0]), i64::MIN);
    assert_eq!(Reader::new(&[0x80]).i8(FIELD), Ok(i8::MIN));
    assert_eq!(Reader::new(&[0x7f, 0xff]).i16(FIELD), Ok(i16::MAX));
    assert_eq!(Reader::new(&[0xff, 0xff]).u16(FIELD), Ok(u16::MAX));
    assert_eq!(Reader::new(&[0x80, 0, 0, 0]).i32(FIELD), Ok(i32::MIN));
    assert_eq!(Reader::new(&[0xff; 4]).u32(FIELD), Ok(u32::MAX));
    assert!(Reader::new(&[0xff; 8]).f64(FIELD).unwrap().is_nan());
}

#[test]
fn any_byte_but_zero_is_true() {
    let mut reader = Reader::new(&[0, 1, 2, 0xff]);
    let read: Vec<bool> = (0..4).map(|_| reader.bool(FIELD).unwrap()).collect();
    assert_eq!(read, [false, true, true, true]);
}

#[test]
fn unsigned_varints_have_up_to_five_bytes() {
    for (bytes, value) in [
        (&[0][..], 0),
        (&[0x7f], 127),
        (&[0x80, 1], 128),
        (&[0xff, 0x7f], 16_383),
        (&[0x80, 0x80, 1], 16_384),
        (&[0x81, 0], 1),
        (&[0x80, 0x80, 0x80, 0x80, 0], 0),
        (&[0xff, 0xff, 0xff, 0xff, 0x0f], u32::MAX),
    ] {
        let mut reader = Reader::new(bytes);
        assert_eq!(reader.uvarint(FIELD), Ok(value), "{bytes:x?}");
        assert_eq!(reader.remaining(), 0);
    }
}

#[test]
fn signed_varints_are_zigzag() {
    for (bytes, value) in [
        (&[0][..], 0),
        (&[1], -1),
        (&[2], 1),
        (&[0x7f], -64),
        (&[0x80, 1], 64),
        (&[0xfe, 0xff, 0xff, 0xff, 0x0f], i32::MAX),
        (&[0xff, 0xff, 0xff, 0xff, 0x0f], i32::MIN),
    ] {
        assert_eq!(Reader::new(bytes).varint(FIELD), Ok(value), "{bytes:x?}");
        assert_eq!(Reader::new(bytes).varlong(FIELD), Ok(i64::from(value)), "{bytes:x?}");
    }
    let mut longest = [0xff; 10];
    longest[9] = 1;
    assert_eq!(Reader::new(&longest).varlong(FIELD), Ok(i64::MIN));
    longest[0] = 0xfe;
    assert_eq!(Reader::new(&longest).varlong(FIELD), Ok(i64::MAX));
}

#[test]
fn strings_are_read_in_both_forms() {
    let classic = [0, 2, b'a', b'b', 0, 0, 0xff, 0xff];
    let mut reader = Reader::new(&classic);
    assert_eq!(reader.string(FIELD, false), Ok("ab"));
    assert_eq!(reader.nullable_string(FIELD, false), Ok(Some("")));
    assert_eq!(reader.nullable_string(FIELD, false), Ok(None));
    let compact = [3, b'a', b'b', 1, 0];
    let mut reader = Reader::new(&compact);
    assert_eq!(reader.string(FIELD, true), Ok("ab"));
    assert_eq!(reader.nullable_string(FIELD, true), Ok(Some("")));
    assert_eq!(reader.nullable_string(FIELD, true), Ok(None));
}

#[test]
fn bytes_are_read_in_both_forms() {
    let classic = [0, 0, 0, 2, 1, 2, 0xff, 0xff, 0xff, 0xff];
    let mut reader = Reader::new(&classic);
    assert_eq!(reader.bytes(FIELD, false), Ok(&[1, 2][..]));
    assert_eq!(reader.nullable_bytes(FIELD, false), Ok(None));
    let compact = [3, 1, 2, 0];
    let mut reader = Reader::new(&compact);
    assert_eq!(reader.bytes(FIELD, true), Ok(&[1, 2][..]));
    assert_eq!(reader.nullable_bytes(FIELD, true), Ok(None));
}

#[test]
fn a_piece_of_a_frame_shares_its_memory() {
    let frame = Bytes::from(vec![4, 7, 8, 9, 0]);
    let mut reader = Reader::over(&frame);
    let before = reader.budget_left();
    let piece = reader.piece(FIELD, true).unwrap();
    assert_eq!(reader.nullable_piece(FIELD, true), Ok(None));
    assert_eq!(reader.budget_left(), before);
    assert_eq!(piece.as_slice(), [7, 8, 9]);
    let outliving = piece.to_bytes();
    assert_eq!(outliving, [7, 8, 9][..]);
    assert_eq!(outliving.as_ptr(), frame[1..].as_ptr());
}

#[test]
fn a_piece_of_a_slice_is_copied_when_it_must_outlive_it() {
    let bytes = [4, 7, 8, 9, 1];
    let mut reader = Reader::new(&bytes);
    let piece = reader.nullable_piece(FIELD, true).unwrap().unwrap();
    assert_eq!(piece.to_bytes(), [7, 8, 9][..]);
    assert_ne!(piece.to_bytes().as_ptr(), bytes[1..].as_ptr());
    assert_eq!(reader.piece(FIELD, true).unwrap().to_bytes(), Bytes::new());
}

#[test]
fn markers_tell_null_from_present() {
    let mut reader = Reader::new(&[0xff, 0, 1, 0x7f]);
    let read: Vec<bool> = (0..4).map(|_| reader.is_present(FIELD).unwrap()).collect();
    assert_eq!(read, [false, true, true, true]);
    let mut reader = Reader::new(&[0, 1]);
    assert_eq!(reader.is_present_tagged(FIELD), Ok(false));
    assert_eq!(reader.is_present_tagged(FIELD), Ok(true));
}

#[test]
fn arrays_are_read_in_both_forms() {
    let classic = [0, 0, 0, 2, 5, 6, 0xff, 0xff, 0xff, 0xff];
    let mut reader = Reader::new(&classic);
    assert_eq!(reader.array(FIELD, false, 1, |reader| reader.i8(FIELD)), Ok(vec![5, 6]));
    assert_eq!(reader.nullable_array(FIELD, false, 1, |reader| reader.i8(FIELD)), Ok(None));
    let compact = [2, 0, 0, 0, 9, 1, 0];
    let mut reader = Reader::new(&compact);
    assert_eq!(reader.fixed_array(FIELD, true), Ok(vec![NodeId(9)].into()));
    assert_eq!(reader.array(FIELD, true, 1, |reader| reader.i8(FIELD)), Ok(Vec::new()));
    assert_eq!(reader.nullable_fixed_array::<i64>(FIELD, true), Ok(None));
}

#[test]
fn the_offset_counts_from_the_start() {
    let mut reader = Reader::new(&[1, 2, 3, 4]);
    assert_eq!((reader.offset(), reader.remaining()), (0, 4));
    reader.i16(FIELD).unwrap();
    assert_eq!((reader.offset(), reader.remaining()), (2, 2));
    assert_eq!(reader.rest(), [3, 4]);
    let error = reader.finish(FIELD).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (DecodeErrorKind::TrailingBytes, 2));
}

#[derive(Debug, Default, PartialEq)]
struct Number(i8);

fn number(item: &mut Number, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
    item.0 = reader.i8(FIELD)?;
    Ok(())
}

#[test]
fn structs_are_filled_where_they_stand() {
    let bytes = [3, 5, 6, 0, 1, 2, 7];
    let mut reader = Reader::new(&bytes);
    let (mut sure, mut maybe) = (Vec::new(), Some(vec![Number(1)]));
    reader.structs(&mut sure, FIELD, true, 1, number).unwrap();
    assert_eq!(sure, [Number(5), Number(6)]);
    reader.nullable_structs(&mut maybe, FIELD, true, 1, number).unwrap();
    assert_eq!(maybe, None);
    reader.nullable_structs(&mut maybe, FIELD, true, 1, number).unwrap();
    assert_eq!(maybe, Some(Vec::new()));
    reader.nullable_structs(&mut maybe, FIELD, true, 1, number).unwrap();
    assert_eq!(maybe, Some(vec![Number(7)]));
}

#[test]
fn an_array_of_structs_that_is_null_or_too_long_is_refused() {
    for (bytes, expected) in
        [([0, 0], DecodeErrorKind::UnexpectedNull), ([3, 1], DecodeErrorKind::CountTooLarge)]
    {
        let mut structs = Vec::new();
        let refused = Reader::new(&bytes).structs(&mut structs, FIELD, true, 1, number);
        assert_eq!(refused.unwrap_err().kind(), expected);
        assert!(structs.is_empty());
    }
}
