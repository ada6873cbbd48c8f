//! The bytes of written values, and the values that the sizer refuses.

use bytes::Bytes;
use klamm_wire::{
    EncodeError, EncodeErrorKind, FixedArray, NodeId, Sizer, Splice, UnknownTags, Uuid, Writer,
};

use crate::support::{FIELD, sized, written};

#[test]
fn fixed_width_numbers_are_written_big_endian() {
    let bytes = written(|writer| {
        writer.bool(true);
        writer.bool(false);
        writer.i8(-1);
        writer.i16(0x0203);
        writer.u16(0xfffe);
        writer.i32(0x0405_0607);
        writer.u32(0xffff_fffd);
        writer.i64(-2);
        writer.f64(1.0);
        writer.uuid(Uuid::from_u128(3));
    });
    let mut expected = vec![1, 0, 0xff, 2, 3, 0xff, 0xfe, 4, 5, 6, 7, 0xff, 0xff, 0xff, 0xfd];
    expected.extend([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe]);
    expected.extend([0x3f, 0xf0, 0, 0, 0, 0, 0, 0]);
    expected.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]);
    assert_eq!(bytes, expected);
}

#[test]
fn varints_are_written_in_the_shortest_form() {
    assert_eq!(written(|writer| writer.uvarint(0)), [0]);
    assert_eq!(written(|writer| writer.uvarint(127)), [0x7f]);
    assert_eq!(written(|writer| writer.uvarint(128)), [0x80, 1]);
    assert_eq!(written(|writer| writer.uvarint(u32::MAX)), [0xff, 0xff, 0xff, 0xff, 0xf]);
    assert_eq!(written(|writer| writer.varint(-1)), [1]);
    assert_eq!(written(|writer| writer.varint(i32::MIN)), [0xff, 0xff, 0xff, 0xff, 0xf]);
    assert_eq!(written(|writer| writer.varlong(64)), [0x80, 1]);
    let longest = written(|writer| writer.varlong(i64::MIN));
    assert_eq!(longest, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]);
}

#[test]
fn null_has_its_own_length_in_both_forms() {
    assert_eq!(written(|writer| writer.nullable_string(None, false)), [0xff; 2]);
    assert_eq!(written(|writer| writer.nullable_bytes(None, false)), [0xff; 4]);
    assert_eq!(written(|writer| writer.nullable_array_len(None, false)), [0xff; 4]);
    let none = None::<&FixedArray<'_, i32>>;
    assert_eq!(written(|writer| writer.nullable_fixed_array(none, false)), [0xff; 4]);
    assert_eq!(written(|writer| writer.nullable_string(None, true)), [0]);
    assert_eq!(written(|writer| writer.nullable_bytes(None, true)), [0]);
    assert_eq!(written(|writer| writer.nullable_array_len(None, true)), [0]);
    assert_eq!(written(|writer| writer.nullable_fixed_array(none, true)), [0]);
}

#[test]
fn lengths_come_before_the_value_in_both_forms() {
    assert_eq!(written(|writer| writer.string("ab", false)), [0, 2, b'a', b'b']);
    assert_eq!(written(|writer| writer.string("ab", true)), [3, b'a', b'b']);
    assert_eq!(written(|writer| writer.bytes(&[7], false)), [0, 0, 0, 1, 7]);
    assert_eq!(written(|writer| writer.bytes(&[7], true)), [2, 7]);
    let nodes = FixedArray::from(vec![NodeId(1), NodeId(-1)]);
    let compact = [3, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff];
    assert_eq!(written(|writer| writer.fixed_array(&nodes, true)), compact);
    let classic = [&[0, 0, 0, 2], &compact[1..]].concat();
    assert_eq!(written(|writer| writer.nullable_fixed_array(Some(&nodes), false)), classic);
}

#[test]
fn pieces_stand_between_the_fixed_bytes() {
    let mut writer = Writer::with_capacity(8);
    assert!(writer.is_empty());
    writer.i8(1);
    writer.bytes_len(3, true);
    writer.splice(Bytes::from_static(b"abc"));
    writer.splice(Bytes::new());
    writer.i8(2);
    assert_eq!(writer.len(), 6);
    let (fixed, splices) = writer.into_parts();
    assert_eq!(fixed, [1, 4, 2]);
    assert_eq!(splices, [Splice { at: 2, piece: Bytes::from_static(b"abc") }]);
}

#[test]
fn a_longer_compact_prefix_is_counted_from_its_first_value_on() {
    for (len, prefix) in [(126, 1), (127, 2), (16_382, 2), (16_383, 3)] {
        let text = "x".repeat(len);
        let written_len = written(|writer| writer.string(&text, true)).len();
        assert_eq!(written_len, prefix + len);
        assert_eq!(sized(|size| size.string(FIELD, &text, true)), Ok(written_len));
        assert_eq!(sized(|size| size.bytes(FIELD, len, true)), Ok(written_len));
        assert_eq!(sized(|size| size.nullable_array_len(FIELD, Some(len), true)), Ok(prefix));
    }
}

#[test]
fn strings_are_refused_beyond_fifteen_bits() {
    let longest = "x".repeat(32_767);
    let longer = "x".repeat(32_768);
    let refused = EncodeError { kind: EncodeErrorKind::StringTooLong, field: FIELD, version: 3 };
    for (flexible, prefix) in [(false, 2), (true, 3)] {
        let size = |text: &str| sized(|size| size.string(FIELD, text, flexible));
        assert_eq!(size(&longest), Ok(prefix + 32_767));
        assert_eq!(size(&longer), Err(refused));
        let size = |text: &str| sized(|size| size.nullable_string(FIELD, Some(text), flexible));
        assert_eq!(size(&longer), Err(refused));
    }
}

#[test]
fn lengths_are_refused_beyond_what_a_reader_accepts() {
    let most = usize::try_from(i32::MAX).unwrap() - 1;
    let refused = Err(EncodeError { kind: EncodeErrorKind::TooLong, field: FIELD, version: 3 });
    for (flexible, prefix) in [(false, 4), (true, 5)] {
        assert_eq!(sized(|size| size.bytes(FIELD, most, flexible)), Ok(prefix + most));
        assert_eq!(sized(|size| size.array_len(FIELD, most, flexible)), Ok(prefix));
        assert_eq!(sized(|size| size.array_len(FIELD, most + 1, flexible)), refused);
        assert_eq!(sized(|size| size.bytes(FIELD, usize::MAX, flexible)), refused);
        assert_eq!(sized(|s| s.nullable_bytes(FIELD, Some(most + 1), flexible)), refused);
    }
}

#[test]
fn unknown_tags_must_ascend_and_keep_off_known_numbers() {
    let tags = |numbers: &[u32]| {
        let mut tags = UnknownTags::new();
        numbers.iter().for_each(|tag| tags.push(*tag, &[1][..]));
        tags
    };
    let kind = |numbers: &[u32]| {
        sized(|size| size.unknown_tags(FIELD, &tags(numbers), 0, &[1, 4])).map_err(|e| e.kind)
    };
    assert_eq!(kind(&[]), Ok(1));
    assert_eq!(kind(&[0, 2, 3, 128]), Ok(1 + 3 * 3 + 4));
    assert_eq!(kind(&[2, 2]), Err(EncodeErrorKind::TagsUnordered));
    assert_eq!(kind(&[3, 2]), Err(EncodeErrorKind::TagsUnordered));
    assert_eq!(kind(&[0, 4]), Err(EncodeErrorKind::TagCollision));
    let sizer = Sizer::new(1);
    assert_eq!(sizer.no_tags(FIELD, &tags(&[])), Ok(()));
    let refused = sizer.no_tags(FIELD, &tags(&[9])).unwrap_err();
    assert_eq!((refused.kind, refused.version), (EncodeErrorKind::TagsNotAllowed, 1));
}

#[test]
fn a_sizer_does_not_overflow() {
    let mut size = Sizer::new(0);
    size.fixed(usize::MAX);
    size.fixed(2);
    assert_eq!(size.total(), usize::MAX);
    let payload = size.tagged_field(0, |size| {
        size.fixed(9);
        Ok(())
    });
    assert_eq!(payload, Ok(()));
    let mut size = Sizer::new(0);
    let payload = size.tagged_field(0, |size| {
        size.fixed(usize::MAX);
        Ok(())
    });
    assert_eq!(payload.map_err(|error| error.kind), Err(EncodeErrorKind::TooLong));
}
