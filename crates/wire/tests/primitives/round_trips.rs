//! What is written is what is read, and as long as the sizer says, for any value.

use klamm_wire::{DecodeError, FixedArray, Reader, Tagged, UnknownTag, UnknownTags, Uuid};
use proptest::{collection::btree_map, prelude::*};

use crate::support::{FIELD, INNER, round_trip, sized, written};

proptest! {
    #[test]
    fn fixed_width_numbers_come_back(
        (a, b, c, d) in any::<(bool, i8, i16, u16)>(),
        (e, f, g, h, i) in any::<(i32, u32, i64, u64, u128)>(),
    ) {
        let bytes = written(|writer| {
            writer.bool(a);
            writer.i8(b);
            writer.i16(c);
            writer.u16(d);
            writer.i32(e);
            writer.u32(f);
            writer.i64(g);
            writer.f64(f64::from_bits(h));
            writer.uuid(Uuid::from_u128(i));
        });
        let mut reader = Reader::new(&bytes);
        prop_assert_eq!(reader.bool(FIELD), Ok(a));
        prop_assert_eq!((reader.i8(FIELD), reader.i16(FIELD)), (Ok(b), Ok(c)));
        prop_assert_eq!((reader.u16(FIELD), reader.i32(FIELD)), (Ok(d), Ok(e)));
        prop_assert_eq!((reader.u32(FIELD), reader.i64(FIELD)), (Ok(f), Ok(g)));
        prop_assert_eq!(reader.f64(FIELD).map(f64::to_bits), Ok(h));
        prop_assert_eq!(reader.uuid(FIELD).map(Uuid::as_u128), Ok(i));
        prop_assert_eq!(reader.finish(FIELD), Ok(()));
    }

    #[test]
    fn varints_of_every_width_come_back(value: u64, bits in 0_u32..64) {
        // All widths are equally likely.
        let wide = value >> bits;
        let [a, b, c, d, ..] = wide.to_le_bytes();
        let short = u32::from_le_bytes([a, b, c, d]);
        let (signed, long) = (short.cast_signed(), wide.cast_signed());
        let bytes = written(|writer| {
            writer.uvarint(short);
            writer.varint(signed);
            writer.varlong(long);
        });
        let mut reader = Reader::new(&bytes);
        prop_assert_eq!(reader.uvarint(FIELD), Ok(short));
        prop_assert_eq!(reader.varint(FIELD), Ok(signed));
        prop_assert_eq!(reader.varlong(FIELD), Ok(long));
        prop_assert_eq!(reader.finish(FIELD), Ok(()));
    }

    #[test]
    fn strings_come_back_in_both_forms(text: Option<String>, flexible: bool) {
        let text = text.as_deref();
        round_trip(
            |size| size.nullable_string(FIELD, text, flexible),
            |writer| writer.nullable_string(text, flexible),
            |reader| reader.nullable_string(FIELD, flexible).map(|read| assert_eq!(read, text)),
        );
        let text = text.unwrap_or_default();
        round_trip(
            |size| size.string(FIELD, text, flexible),
            |writer| writer.string(text, flexible),
            |reader| reader.string(FIELD, flexible).map(|read| assert_eq!(read, text)),
        );
    }

    #[test]
    fn bytes_come_back_in_both_forms(bytes: Option<Vec<u8>>, flexible: bool) {
        let bytes = bytes.as_deref();
        round_trip(
            |size| size.nullable_bytes(FIELD, bytes.map(<[u8]>::len), flexible),
            |writer| writer.nullable_bytes(bytes, flexible),
            |reader| reader.nullable_bytes(FIELD, flexible).map(|read| assert_eq!(read, bytes)),
        );
        let bytes = bytes.unwrap_or_default();
        round_trip(
            |size| size.bytes(FIELD, bytes.len(), flexible),
            |writer| {
                writer.bytes_len(bytes.len(), flexible);
                writer.splice(bytes::Bytes::copy_from_slice(bytes));
            },
            |reader| reader.piece(FIELD, flexible).map(|read| assert_eq!(read.as_slice(), bytes)),
        );
    }

    #[test]
    fn arrays_of_strings_come_back_in_both_forms(texts: Option<Vec<String>>, flexible: bool) {
        let read = round_trip(
            |size| {
                size.nullable_array_len(FIELD, texts.as_ref().map(Vec::len), flexible)?;
                texts.iter().flatten().try_for_each(|text| size.string(INNER, text, flexible))
            },
            |writer| {
                writer.nullable_array_len(texts.as_ref().map(Vec::len), flexible);
                texts.iter().flatten().for_each(|text| writer.string(text, flexible));
            },
            |reader| {
                let string = |r: &mut Reader<'_>| r.string(INNER, flexible).map(str::to_owned);
                reader.nullable_array(FIELD, flexible, 1, string)
            },
        );
        prop_assert_eq!(read, texts);
    }

    #[test]
    fn fixed_arrays_come_back_and_are_written_alike(values: Option<Vec<i64>>, flexible: bool) {
        let array = values.map(FixedArray::from);
        round_trip(
            |size| size.nullable_fixed_array(FIELD, array.as_ref(), flexible),
            |writer| writer.nullable_fixed_array(array.as_ref(), flexible),
            |reader| {
                let read = reader.nullable_fixed_array(FIELD, flexible)?;
                assert_eq!(read, array);
                let again = |a| written(|writer| writer.nullable_fixed_array(a, flexible));
                assert_eq!(again(read.as_ref()), again(array.as_ref()));
                Ok(())
            },
        );
    }

    #[test]
    fn uuids_come_back_from_their_text(bits: u128) {
        let uuid = Uuid::from_u128(bits);
        let text = uuid.to_string();
        prop_assert_eq!(text.len(), 22);
        prop_assert_eq!(text.parse(), Ok(uuid));
    }

    #[test]
    fn texts_of_22_characters_are_canonical_or_refused(text in "[A-Za-z0-9_-]{22}") {
        if let Ok(uuid) = text.parse::<Uuid>() {
            prop_assert_eq!(uuid.to_string(), text);
        }
    }

    #[test]
    fn known_and_unknown_tags_come_back_merged(
        fields in btree_map(0_u32..40, any::<(bool, String)>(), 0..20),
    ) {
        check_section(&fields.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn anything_that_is_read_stays_within_the_input(data: Vec<u8>) {
        klamm_wire::fuzzing::varints(&data);
        klamm_wire::fuzzing::tagged_sections(&data);
    }
}

/// A section of strings; those with `true` are known, the others are kept as they came.
fn check_section(fields: &[(u32, (bool, String))]) {
    let payload = |text: &str| written(|writer| writer.string(text, true));
    let known: Vec<_> = fields.iter().filter(|(_, (known, _))| *known).collect();
    let unknown: Vec<_> = fields.iter().filter(|(_, (known, _))| !*known).collect();
    let unknown: UnknownTags<'_> = unknown
        .iter()
        .map(|(tag, (_, text))| UnknownTag { tag: *tag, data: payload(text).into() })
        .collect::<Vec<_>>()
        .into();
    let bytes = written(|writer| {
        let mut tags = writer.tags(&unknown);
        for (tag, (_, text)) in &known {
            writer.tagged_field(&mut tags, *tag, |writer| writer.string(text, true));
        }
        writer.end_tags(tags);
    });
    let size = sized(|size| {
        for (tag, (_, text)) in &known {
            size.tagged_field(*tag, |size| size.string(INNER, text, true))?;
        }
        let reserved: Vec<_> = known.iter().map(|(tag, _)| *tag).collect();
        size.unknown_tags(FIELD, &unknown, known.len(), &reserved)
    });
    assert_eq!(size, Ok(bytes.len()));
    let all = Reader::new(&bytes).unknown_tags(FIELD).unwrap();
    let all: Vec<_> = all.iter().map(|field| (field.tag, field.data.to_vec())).collect();
    let expected: Vec<_> = fields.iter().map(|(tag, (_, text))| (*tag, payload(text))).collect();
    assert_eq!(all, expected);
    assert_eq!(read_known(&bytes, &known), Ok(unknown));
}

fn read_known<'a>(
    bytes: &'a [u8],
    known: &[&(u32, (bool, String))],
) -> Result<UnknownTags<'a>, DecodeError> {
    let mut left = known.iter();
    let unknown = Reader::new(bytes).tagged_fields(FIELD, |reader, tag| {
        if !known.iter().any(|field| field.0 == tag) {
            return Ok(Tagged::Unknown);
        }
        let (expected, (_, text)) = left.next().unwrap();
        assert_eq!((tag, reader.string(INNER, true)?), (*expected, text.as_str()));
        Ok(Tagged::Known)
    })?;
    assert_eq!(left.next(), None);
    Ok(unknown)
}
