//! What the fuzz targets call; the crate's own tests replay the corpora with the same functions.
//!
//! A function here returns whatever its input is, or a property of this crate does not hold.

use bytes::Bytes;

use crate::{
    DecodeError, DecodeErrorKind, EncodeError, Field, Reader, Sizer, Splice, Tagged, UnknownTags,
    Writer,
    varint::{self, VarintFault},
};

const FIELD: Field = "Fuzzing.field";
const KNOWN: Field = "Fuzzing.known";

/// Reads integers of variable length wherever one could start, and writes them again.
pub fn varints(data: &[u8]) {
    for start in 0..=data.len() {
        let input = data.get(start..).unwrap_or_default();
        unsigned_32(input);
        unsigned_64(input);
    }
    mixed(data);
}

fn unsigned_32(input: &[u8]) {
    let (value, rest) = match varint::read_u32(input) {
        Ok(read) => read,
        Err(fault) => return check_fault(input, fault, 5),
    };
    let mut written = Vec::new();
    varint::put_u32(&mut written, value);
    assert_eq!(written.len(), varint::len_u32(value));
    check_form(input, rest, &written, 5);
    assert_eq!(varint::read_u32(&written), Ok((value, &[][..])));
    assert_eq!(varint::zigzag_i32(varint::unzigzag_u32(value)), value);
}

fn unsigned_64(input: &[u8]) {
    let (value, rest) = match varint::read_u64(input) {
        Ok(read) => read,
        Err(fault) => return check_fault(input, fault, 10),
    };
    let mut written = Vec::new();
    varint::put_u64(&mut written, value);
    assert_eq!(written.len(), varint::len_u64(value));
    check_form(input, rest, &written, 10);
    assert_eq!(varint::read_u64(&written), Ok((value, &[][..])));
    assert_eq!(varint::zigzag_i64(varint::unzigzag_u64(value)), value);
}

/// What was read is the written form, or that form with more bytes than it needs.
fn check_form(input: &[u8], rest: &[u8], written: &[u8], most: usize) {
    let (read, behind) = input.split_at(input.len() - rest.len());
    assert_eq!(behind, rest);
    assert!(written.len() <= read.len() && read.len() <= most);
    let value_bits = |bytes: &[u8]| bytes.iter().map(|byte| byte & 0x7f).collect::<Vec<_>>();
    let mut padded = value_bits(written);
    padded.resize(read.len(), 0);
    assert_eq!(value_bits(read), padded);
}

fn check_fault(input: &[u8], fault: VarintFault, most: usize) {
    let unfinished = input.iter().take(most).all(|byte| *byte >= 0x80);
    match fault {
        VarintFault::Truncated => assert!(unfinished && input.len() < most),
        VarintFault::TooLong => assert!(input.len() >= most),
    }
}

/// Reads the three kinds in turn until one cannot be read.
fn mixed(data: &[u8]) {
    let mut reader = Reader::new(data);
    let error = loop {
        let before = reader.offset();
        let read = match before % 3 {
            0 => reader.uvarint(FIELD).map(drop),
            1 => reader.varint(FIELD).map(drop),
            _ => reader.varlong(FIELD).map(drop),
        };
        if let Err(error) = read {
            assert_eq!((reader.offset(), error.offset()), (before, before));
            break error;
        }
        assert!(before < reader.offset() && reader.offset() <= data.len());
        assert_eq!(reader.offset() + reader.remaining(), data.len());
    };
    assert_eq!(error.field(), FIELD);
    assert!(matches!(error.kind(), DecodeErrorKind::Truncated | DecodeErrorKind::VarintTooLong));
}

/// Reads a section of tagged fields, once with none of them known and once with the odd ones
/// known as nullable strings, and writes what was read in every way there is.
pub fn tagged_sections(data: &[u8]) {
    for knows in [|_| false, |tag| tag % 2 == 1] {
        let mut reader = Reader::new(data);
        match Section::read(&mut reader, knows) {
            Ok(section) => check_section(&section, reader.offset(), knows),
            Err(error) => check_section_error(error, data.len()),
        }
    }
}

/// The tagged fields of a struct with optional strings as known fields.
#[derive(Debug, PartialEq)]
struct Section<'a> {
    known: Vec<(u32, Option<&'a str>)>,
    unknown: UnknownTags<'a>,
}

impl<'a> Section<'a> {
    fn read(reader: &mut Reader<'a>, knows: fn(u32) -> bool) -> Result<Self, DecodeError> {
        let mut known = Vec::new();
        let unknown = reader.tagged_fields(FIELD, |reader, tag| {
            if !knows(tag) {
                return Ok(Tagged::Unknown);
            }
            known.push((tag, reader.nullable_string(KNOWN, true)?));
            Ok(Tagged::Known)
        })?;
        Ok(Self { known, unknown })
    }

    fn size(&self) -> Result<usize, EncodeError> {
        let mut size = Sizer::new(0);
        for (tag, text) in &self.known {
            size.tagged_field(*tag, |size| size.nullable_string(KNOWN, *text, true))?;
        }
        let reserved: Vec<_> = self.known.iter().map(|(tag, _)| *tag).collect();
        size.unknown_tags(FIELD, &self.unknown, self.known.len(), &reserved)?;
        Ok(size.total())
    }

    fn write(&self, put_text: fn(&mut Writer, Option<&str>)) -> Writer {
        let mut writer = Writer::default();
        let mut tags = writer.tags(&self.unknown);
        for (tag, text) in &self.known {
            writer.tagged_field(&mut tags, *tag, |writer| put_text(writer, *text));
        }
        writer.end_tags(tags);
        writer
    }
}

/// The written form is canonical: no longer than what was read, and equal to its own rewriting.
fn check_section(section: &Section<'_>, read: usize, knows: fn(u32) -> bool) {
    let size = section.size();
    let copied = section.write(|writer, text| writer.nullable_string(text, true));
    assert_eq!(size, Ok(copied.len()));
    assert!(copied.len() <= read);
    let copied = joined(copied);

    let spliced = section.write(splice_text);
    assert_eq!(size, Ok(spliced.len()));
    assert_eq!(joined(spliced), copied);

    let mut reader = Reader::new(&copied);
    assert_eq!(Section::read(&mut reader, knows).as_ref(), Ok(section));
    assert_eq!(reader.remaining(), 0);
}

fn splice_text(writer: &mut Writer, text: Option<&str>) {
    writer.nullable_bytes_len(text.map(str::len), true);
    writer.splice(Bytes::copy_from_slice(text.unwrap_or_default().as_bytes()));
}

fn check_section_error(error: DecodeError, len: usize) {
    assert!(error.offset() <= len);
    let (section, text) = match error.kind() {
        DecodeErrorKind::Truncated | DecodeErrorKind::VarintTooLong => (true, true),
        DecodeErrorKind::CountTooLarge
        | DecodeErrorKind::UnorderedTag
        | DecodeErrorKind::TagSizeMismatch => (true, false),
        DecodeErrorKind::NegativeLength
        | DecodeErrorKind::StringTooLong
        | DecodeErrorKind::InvalidUtf8 => (false, true),
        DecodeErrorKind::UnexpectedNull
        | DecodeErrorKind::InvalidMarker
        | DecodeErrorKind::TrailingBytes
        | DecodeErrorKind::BudgetExceeded
        | DecodeErrorKind::UnsupportedVersion(_) => (false, false),
    };
    assert!((section && error.field() == FIELD) || (text && error.field() == KNOWN), "{error}");
}

/// What a writer wrote, with the pieces at their places.
#[must_use]
pub fn joined(writer: Writer) -> Vec<u8> {
    let len = writer.len();
    let (fixed, splices) = writer.into_parts();
    let (mut out, mut done) = (Vec::with_capacity(len), 0);
    for Splice { at, piece } in &splices {
        assert!(done <= *at && *at <= fixed.len() && !piece.is_empty());
        out.extend(fixed.iter().take(*at).skip(done));
        out.extend_from_slice(piece);
        done = *at;
    }
    out.extend(fixed.iter().skip(done));
    assert_eq!(out.len(), len);
    out
}
