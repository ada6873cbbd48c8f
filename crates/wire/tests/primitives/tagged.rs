//! Tagged fields: windows, what is kept, and where it goes when written again.

use bytes::Bytes;
use klamm_wire::{DecodeErrorKind, Reader, Tagged, UnknownTag, UnknownTags, Writer};

use crate::support::{FIELD, INNER, sized, written};

#[test]
fn an_empty_section_is_one_zero_byte() {
    let mut reader = Reader::new(&[0]);
    let before = reader.budget_left();
    assert!(reader.unknown_tags(FIELD).unwrap().is_empty());
    assert_eq!(reader.budget_left(), before);
    assert_eq!(written(|writer| writer.unknown_tags(&UnknownTags::new())), [0]);
}

#[test]
fn unknown_tags_are_kept_as_they_came() {
    let bytes = [2, 3, 1, 0xaa, 0xff, 0xff, 0xff, 0xff, 0xf, 0];
    let mut reader = Reader::new(&bytes);
    let tags = reader.unknown_tags(FIELD).unwrap();
    reader.finish(FIELD).unwrap();
    let kept: Vec<_> = tags.iter().map(|tag| (tag.tag, &*tag.data)).collect();
    assert_eq!(kept, [(3, &[0xaa][..]), (u32::MAX, &[])]);
    assert_eq!(written(|writer| writer.unknown_tags(&tags)), bytes);
}

#[test]
fn known_tags_are_read_inside_their_window() {
    let bytes = [9, 3, 0, 1, 7, 2, 2, 0xaa, 0xbb, 4, 2, 0, 8, 0x55];
    let mut reader = Reader::new(&bytes);
    reader.i8(FIELD).unwrap();
    let mut seen = Vec::new();
    let unknown = reader
        .tagged_fields(FIELD, |reader, tag| {
            seen.push((tag, reader.offset(), reader.remaining(), reader.rest().to_vec()));
            match tag {
                0 => reader.i8(INNER).map(|_| Tagged::Known),
                4 => reader.i16(INNER).map(|_| Tagged::Known),
                _ => reader.i8(INNER).map(|_| Tagged::Unknown),
            }
        })
        .unwrap();
    assert_eq!(seen, [(0, 4, 1, vec![7]), (2, 7, 2, vec![0xaa, 0xbb]), (4, 11, 2, vec![0, 8])]);
    assert_eq!(unknown, vec![UnknownTag { tag: 2, data: vec![0xaa, 0xbb].into() }].into());
    assert_eq!((reader.offset(), reader.rest()), (13, &[0x55][..]));
}

#[test]
fn an_error_in_a_nested_window_has_the_absolute_offset() {
    let bytes = [0, 0, 1, 0, 6, 1, 5, 3, 2, b'a', 9];
    let mut reader = Reader::new(&bytes);
    reader.i16(FIELD).unwrap();
    let error = reader
        .tagged_fields(FIELD, |outer, _| {
            outer.tagged_fields(FIELD, |inner, _| {
                assert_eq!(inner.string(FIELD, true), Ok("a"));
                inner.string(INNER, true).map(|_| Tagged::Known)
            })?;
            Ok(Tagged::Known)
        })
        .unwrap_err();
    let got = (error.kind(), error.field(), error.offset());
    assert_eq!(got, (DecodeErrorKind::Truncated, INNER, 11));
}

#[test]
fn the_window_ends_with_an_error_too() {
    let mut reader = Reader::new(&[1, 0, 1, 7, 0x55]);
    let failed = reader.tagged_fields(FIELD, |reader, _| reader.i16(INNER).map(|_| Tagged::Known));
    assert!(failed.is_err());
    assert_eq!((reader.offset(), reader.rest()), (4, &[0x55][..]));
}

#[test]
fn a_piece_in_a_window_shares_the_frame() {
    let frame = Bytes::from(vec![1, 0, 3, 3, 8, 9]);
    let mut reader = Reader::over(&frame);
    let mut piece = Bytes::new();
    let read = reader.tagged_fields(FIELD, |reader, _| {
        piece = reader.piece(INNER, true)?.to_bytes();
        Ok(Tagged::Known)
    });
    assert!(read.unwrap().is_empty());
    assert_eq!((piece.as_ptr(), piece.len()), (frame[4..].as_ptr(), 2));
}

#[test]
fn unknown_tags_are_merged_with_the_known_in_order() {
    let mut unknown = UnknownTags::new();
    unknown.push(1, &[0xaa][..]);
    unknown.push(2, Vec::new());
    unknown.push(9, vec![0xbb, 0xcc]);
    let bytes = written(|writer| {
        let mut tags = writer.tags(&unknown);
        writer.tagged_field(&mut tags, 0, |writer| writer.i8(7));
        writer.tagged_field(&mut tags, 5, |writer| writer.string("x", true));
        writer.end_tags(tags);
    });
    assert_eq!(bytes, [5, 0, 1, 7, 1, 1, 0xaa, 2, 0, 5, 2, 2, b'x', 9, 2, 0xbb, 0xcc]);
    let size = sized(|size| {
        size.tagged_field(0, |size| {
            size.fixed(1);
            Ok(())
        })?;
        size.tagged_field(5, |size| size.string(FIELD, "x", true))?;
        size.unknown_tags(FIELD, &unknown, 2, &[0, 5])
    });
    assert_eq!(size, Ok(bytes.len()));
}

/// A section whose one field holds a nullable struct of `len` bytes behind its marker.
fn boundary(len: usize) -> Vec<u8> {
    let body = vec![0x11; len];
    let bytes = written(|writer| {
        let none = UnknownTags::new();
        let mut tags = writer.tags(&none);
        writer.tagged_field(&mut tags, 300, |writer| {
            writer.uvarint(1);
            writer.raw(&body);
        });
        writer.end_tags(tags);
    });
    let size = sized(|size| {
        size.tagged_field(300, |size| {
            size.fixed(1 + len);
            Ok(())
        })?;
        size.unknown_tags(FIELD, &UnknownTags::new(), 1, &[300])
    });
    assert_eq!(size, Ok(bytes.len()));
    bytes
}

#[test]
fn the_size_of_a_tagged_field_grows_at_the_boundary() {
    assert_eq!(boundary(126)[..5], [1, 0xac, 2, 127, 1]);
    assert_eq!(boundary(127)[..6], [1, 0xac, 2, 0x80, 1, 1]);
    assert_eq!(boundary(127).len(), boundary(126).len() + 2);
    assert_eq!(boundary(16_383)[..7], [1, 0xac, 2, 0x80, 0x80, 1, 1]);
}

#[test]
fn a_section_of_many_tags_has_a_longer_count() {
    let mut unknown = UnknownTags::new();
    (0..128).for_each(|tag| unknown.push(2 * tag, &[][..]));
    let bytes = written(|writer| {
        writer.i8(5);
        let mut tags = writer.tags(&unknown);
        writer.tagged_field(&mut tags, 7, |_| ());
        writer.end_tags(tags);
    });
    assert_eq!(bytes[..5], [5, 0x81, 1, 0, 0]);
    let read = Reader::new(&bytes[1..]).unknown_tags(FIELD).unwrap();
    assert_eq!(read.len(), 129);
    assert!(read.iter().is_sorted_by_key(|tag| tag.tag));
}

/// Pieces before the section, at the start of a payload, inside a nested one, and behind it.
fn write_around_pieces(writer: &mut Writer, put: fn(&mut Writer, &'static [u8])) {
    let none = UnknownTags::new();
    put(writer, b"before");
    let mut outer = writer.tags(&none);
    writer.tagged_field(&mut outer, 0, |writer| {
        put(writer, b"first");
        let mut inner = writer.tags(&none);
        writer.tagged_field(&mut inner, 200, |writer| {
            writer.i8(1);
            put(writer, &[b'.'; 130]);
            writer.i8(2);
        });
        writer.end_tags(inner);
        put(writer, b"last");
    });
    writer.tagged_field(&mut outer, 1, |writer| put(writer, b"only"));
    writer.end_tags(outer);
    put(writer, b"behind");
}

#[test]
fn pieces_shift_when_a_size_is_inserted_before_them() {
    let copied = written(|writer| write_around_pieces(writer, Writer::raw));
    let mut writer = Writer::with_capacity(16);
    write_around_pieces(&mut writer, |writer, bytes| writer.splice(Bytes::from_static(bytes)));
    assert_eq!(writer.len(), copied.len());
    let places: Vec<_> = writer.into_parts().1.iter().map(|splice| splice.at).collect();
    assert_eq!(places[0], 0, "what stands before the section stays there");
    let spliced = written(|writer| {
        write_around_pieces(writer, |writer, bytes| writer.splice(Bytes::from_static(bytes)));
    });
    assert_eq!(spliced, copied);
}

#[test]
fn a_list_without_tags_equals_none() {
    assert_eq!(UnknownTags::from(Vec::new()), UnknownTags::new());
    let mut tags = UnknownTags::default();
    assert_eq!((tags.len(), tags.is_empty()), (0, true));
    tags.push(4, &[1][..]);
    assert_eq!((tags.len(), tags.is_empty()), (1, false));
    assert_eq!(tags, tags.clone());
}
