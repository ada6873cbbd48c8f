//! Bytes that must be refused, with the error, the field and the offset.

use klamm_wire::{DecodeError, DecodeErrorKind, Reader};

use crate::support::{FIELD, INNER};
use DecodeErrorKind::{
    CountTooLarge, InvalidMarker, InvalidUtf8, NegativeLength, StringTooLong, TagSizeMismatch,
    Truncated, UnexpectedNull, UnorderedTag, VarintTooLong,
};

type Read = fn(&mut Reader<'_>) -> Result<(), DecodeError>;
/// The bytes, the kind of the error, its field and its offset.
type Row = (&'static [u8], DecodeErrorKind, &'static str, usize);

/// Reads each row alone, then behind other bytes, which must only shift the offset.
fn refuse(read: Read, rows: &[Row]) {
    for &(bytes, kind, field, offset) in rows {
        for before in [0, 5] {
            let input = [&[0xaa; 8][..before], bytes].concat();
            let mut reader = Reader::new(&input);
            assert!((0..before).all(|_| reader.i8(FIELD).is_ok()));
            let error = read(&mut reader).expect_err("malformed");
            let got = (error.kind(), error.field(), error.offset());
            assert_eq!(got, (kind, field, before + offset), "{bytes:x?} behind {before}");
        }
    }
}

#[test]
fn fixed_width_numbers_are_not_read_beyond_the_end() {
    let reads: [(usize, Read); 9] = [
        (1, |reader| reader.bool(FIELD).map(drop)),
        (1, |reader| reader.i8(FIELD).map(drop)),
        (2, |reader| reader.i16(FIELD).map(drop)),
        (2, |reader| reader.u16(FIELD).map(drop)),
        (4, |reader| reader.i32(FIELD).map(drop)),
        (4, |reader| reader.u32(FIELD).map(drop)),
        (8, |reader| reader.i64(FIELD).map(drop)),
        (8, |reader| reader.f64(FIELD).map(drop)),
        (16, |reader| reader.uuid(FIELD).map(drop)),
    ];
    for (width, read) in reads {
        for bytes in (0..width).map(|n| &[7; 16][..n]) {
            refuse(read, &[(bytes, Truncated, FIELD, 0)]);
        }
    }
}

#[test]
fn varints_that_end_early_or_hold_too_much_are_refused() {
    let short: &[Row] = &[
        (&[], Truncated, FIELD, 0),
        (&[0x80], Truncated, FIELD, 0),
        (&[0xff, 0xff, 0xff, 0xff], Truncated, FIELD, 0),
        (&[0xff, 0xff, 0xff, 0xff, 0x10], VarintTooLong, FIELD, 0),
        (&[0xff, 0xff, 0xff, 0xff, 0x7f], VarintTooLong, FIELD, 0),
        (&[0x80, 0x80, 0x80, 0x80, 0x80, 0], VarintTooLong, FIELD, 0),
    ];
    refuse(|reader| reader.uvarint(FIELD).map(drop), short);
    refuse(|reader| reader.varint(FIELD).map(drop), short);
    let long: &[Row] = &[
        (&[], Truncated, FIELD, 0),
        (&[0x80; 9], Truncated, FIELD, 0),
        (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2], VarintTooLong, FIELD, 0),
        (&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7e], VarintTooLong, FIELD, 0),
        (&[0x80; 11], VarintTooLong, FIELD, 0),
    ];
    refuse(|reader| reader.varlong(FIELD).map(drop), long);
}

#[test]
fn classic_strings_are_refused() {
    let rows: &[Row] = &[
        (&[0], Truncated, FIELD, 0),
        (&[0, 5, b'a'], Truncated, FIELD, 2),
        (&[0x7f, 0xff], Truncated, FIELD, 2),
        (&[0xff, 0xfe], NegativeLength, FIELD, 0),
        (&[0x80, 0], NegativeLength, FIELD, 0),
        (&[0, 2, b'a', 0xff], InvalidUtf8, FIELD, 3),
        (&[0, 2, b'a', 0xc3, 0xa9], InvalidUtf8, FIELD, 3),
    ];
    refuse(|reader| reader.string(FIELD, false).map(drop), rows);
    refuse(|reader| reader.nullable_string(FIELD, false).map(drop), rows);
    let null: &[Row] = &[(&[0xff, 0xff], UnexpectedNull, FIELD, 0)];
    refuse(|reader| reader.string(FIELD, false).map(drop), null);
}

#[test]
fn compact_strings_are_refused() {
    let rows: &[Row] = &[
        (&[], Truncated, FIELD, 0),
        (&[6, b'a'], Truncated, FIELD, 1),
        (&[0x80, 0x80, 2], Truncated, FIELD, 3),
        (&[0x81, 0x80, 2], StringTooLong, FIELD, 0),
        (&[0xff, 0xff, 0xff, 0xff, 7], StringTooLong, FIELD, 0),
        (&[0x80, 0x80, 0x80, 0x80, 8], NegativeLength, FIELD, 0),
        (&[0xff, 0xff, 0xff, 0xff, 0xf], NegativeLength, FIELD, 0),
        (&[0xff, 0xff, 0xff, 0xff, 0xff], VarintTooLong, FIELD, 0),
        (&[4, 0xed, 0xa0, 0x80], InvalidUtf8, FIELD, 1),
    ];
    refuse(|reader| reader.string(FIELD, true).map(drop), rows);
    refuse(|reader| reader.nullable_string(FIELD, true).map(drop), rows);
    let null: &[Row] = &[(&[0], UnexpectedNull, FIELD, 0), (&[0x80, 0], UnexpectedNull, FIELD, 0)];
    refuse(|reader| reader.string(FIELD, true).map(drop), null);
}

#[test]
fn bytes_are_refused() {
    let classic: &[Row] = &[
        (&[0, 0, 0], Truncated, FIELD, 0),
        (&[0, 0, 0, 3, 1, 2], Truncated, FIELD, 4),
        (&[0x7f, 0xff, 0xff, 0xff, 1], Truncated, FIELD, 4),
        (&[0xff, 0xff, 0xff, 0xfe], NegativeLength, FIELD, 0),
        (&[0x80, 0, 0, 0], NegativeLength, FIELD, 0),
    ];
    refuse(|reader| reader.nullable_bytes(FIELD, false).map(drop), classic);
    refuse(|reader| reader.nullable_piece(FIELD, false).map(drop), classic);
    let compact: &[Row] = &[
        (&[4, 1, 2], Truncated, FIELD, 1),
        (&[0xff, 0xff, 0xff, 0xff, 7, 1], Truncated, FIELD, 5),
        (&[0x80, 0x80, 0x80, 0x80, 8], NegativeLength, FIELD, 0),
    ];
    refuse(|reader| reader.nullable_bytes(FIELD, true).map(drop), compact);
    let null: &[Row] = &[(&[0], UnexpectedNull, FIELD, 0)];
    refuse(|reader| reader.bytes(FIELD, true).map(drop), null);
    refuse(|reader| reader.piece(FIELD, true).map(drop), null);
    let null: &[Row] = &[(&[0xff; 4], UnexpectedNull, FIELD, 0)];
    refuse(|reader| reader.bytes(FIELD, false).map(drop), null);
}

#[test]
fn counts_that_lie_are_refused_before_the_elements() {
    let rows: &[Row] = &[
        (&[0, 0, 0, 2, 1, 2, 3], CountTooLarge, FIELD, 0),
        (&[0x7f, 0xff, 0xff, 0xff, 1, 2, 3, 4], CountTooLarge, FIELD, 0),
        (&[0xff, 0xff, 0xff, 0xfe], NegativeLength, FIELD, 0),
        (&[0, 0, 0], Truncated, FIELD, 0),
        (&[0xff; 4], UnexpectedNull, FIELD, 0),
    ];
    refuse(|reader| reader.array(FIELD, false, 2, |_| Ok(())).map(drop), rows);
    refuse(|reader| reader.fixed_array::<i16>(FIELD, false).map(drop), rows);
    let rows: &[Row] = &[
        (&[3, 1, 2, 3], CountTooLarge, FIELD, 0),
        (&[0xff, 0xff, 0xff, 0xff, 7, 0], CountTooLarge, FIELD, 0),
        (&[0x80, 0x80, 0x80, 0x80, 8], NegativeLength, FIELD, 0),
        (&[0], UnexpectedNull, FIELD, 0),
    ];
    refuse(|reader| reader.array(FIELD, true, 2, |_| Ok(())).map(drop), rows);
    refuse(|reader| reader.fixed_array::<i16>(FIELD, true).map(drop), rows);
}

#[test]
fn an_element_that_ends_early_names_its_own_field() {
    let read: Read = |reader| reader.array(FIELD, true, 1, |r| r.string(INNER, true)).map(drop);
    refuse(read, &[(&[3, 2, b'a', 9, b'b'], Truncated, INNER, 4)]);
    refuse(read, &[(&[3, 2, b'a', 0], UnexpectedNull, INNER, 3)]);
}

#[test]
fn markers_that_say_neither_are_refused() {
    let rows: &[Row] = &[
        (&[], Truncated, FIELD, 0),
        (&[0xfe], InvalidMarker, FIELD, 0),
        (&[0x80], InvalidMarker, FIELD, 0),
    ];
    refuse(|reader| reader.is_present(FIELD).map(drop), rows);
    let rows: &[Row] = &[
        (&[0x80], Truncated, FIELD, 0),
        (&[2], InvalidMarker, FIELD, 0),
        (&[0xff, 0xff, 0xff, 0xff, 0xf], InvalidMarker, FIELD, 0),
    ];
    refuse(|reader| reader.is_present_tagged(FIELD).map(drop), rows);
}

#[test]
fn tagged_sections_are_refused() {
    let rows: &[Row] = &[
        (&[], Truncated, FIELD, 0),
        (&[1, 0], CountTooLarge, FIELD, 0),
        (&[0xff, 0xff, 0xff, 0xff, 0xf, 0, 0], CountTooLarge, FIELD, 0),
        (&[2, 1, 0, 1, 0], UnorderedTag, FIELD, 3),
        (&[2, 2, 0, 1, 0], UnorderedTag, FIELD, 3),
        (&[2, 0xff, 0xff, 0xff, 0xff, 0xf, 0, 1, 0], UnorderedTag, FIELD, 7),
        (&[1, 7, 3, 1, 2], Truncated, FIELD, 3),
        (&[1, 7, 0x80], Truncated, FIELD, 2),
        (&[1, 0x80, 0x80, 0x80, 0x80, 0x80], VarintTooLong, FIELD, 1),
    ];
    refuse(|reader| reader.unknown_tags(FIELD).map(drop), rows);
}

#[test]
fn a_tag_size_may_lie_in_neither_direction() {
    use klamm_wire::Tagged;
    let read: Read = |reader| {
        let known = |reader: &mut Reader<'_>, tag| match tag {
            0 => reader.i32(INNER).map(|_| Tagged::Known),
            _ => Ok(Tagged::Unknown),
        };
        reader.tagged_fields(FIELD, known).map(drop)
    };
    refuse(
        read,
        &[
            (&[1, 0, 3, 0, 0, 0, 1, 9, 9], Truncated, INNER, 3),
            (&[1, 0, 5, 0, 0, 0, 1, 9, 9], TagSizeMismatch, FIELD, 7),
            (&[1, 0, 0, 0, 0, 0, 1, 9, 9], Truncated, INNER, 3),
            (&[1, 0, 9, 0, 0, 0, 1, 9, 9], Truncated, FIELD, 3),
        ],
    );
}
