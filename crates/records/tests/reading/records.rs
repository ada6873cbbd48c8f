//! Records: lengths that lie, integers with too many bytes, and what may be null.

use klamm_records::BatchErrorKind;
use klamm_wire::Field;

use crate::support::{A, Batch, Fault, record};

/// The error of a batch with this body of a record; the body stands at byte 62.
fn fault_of(body: &[u8]) -> Fault {
    Batch::of(1, &[&record(body)]).fault()
}

#[test]
fn a_length_that_the_batch_does_not_hold_is_wrong() {
    for (length, claimed) in [(&[16][..], 8), (&[0x80, 0x01], 64), (&[1], -1), (&[3], -2)] {
        let lying = [length, &A[1..]].concat();
        let expected = (BatchErrorKind::WrongLength(claimed), "Record.length", 61);
        assert_eq!(Batch::of(1, &[&lying]).fault(), expected);
        let expected = (BatchErrorKind::WrongLength(claimed), "Record.length", 69);
        assert_eq!(Batch::of(2, &[A, &lying]).fault(), expected);
    }
}

#[test]
fn a_length_beyond_the_fields_leaves_trailing_bytes_in_the_record() {
    let expected = (BatchErrorKind::TrailingBytes, "Record", 62 + 7);
    assert_eq!(fault_of(&[0, 0, 0, 1, 2, b'a', 0, 9]), expected);
}

#[test]
fn a_record_may_end_within_any_field() {
    let body = [0, 0, 0, 2, b'k', 2, b'v', 2, 2, b'h', 2, b'x'];
    let truncated: [(usize, Field, usize); 11] = [
        (0, "Record.attributes", 0),
        (1, "Record.timestamp_delta", 1),
        (2, "Record.offset_delta", 2),
        (3, "Record.key", 3),
        (4, "Record.key", 4),
        (5, "Record.value", 5),
        (6, "Record.value", 6),
        (7, "Record.headers", 7),
        (9, "Record.headers.key", 9),
        (10, "Record.headers.value", 10),
        (11, "Record.headers.value", 11),
    ];
    for (len, field, at) in truncated {
        // A count of headers is compared with the bytes behind it before any of them is read.
        let expected = match len {
            9 => (BatchErrorKind::WrongCount(1), "Record.headers", 62 + 7),
            _ => (BatchErrorKind::Truncated, field, 62 + at),
        };
        assert_eq!(fault_of(&body[..len]), expected, "{len}");
    }
    assert_eq!(Batch::of(1, &[&record(&body)]).read(|record| record.headers.len()), [1]);
}

#[test]
fn keys_and_values_past_the_end_of_the_record_are_truncated() {
    // The next record would have had the bytes.
    let long = record(&[0, 0, 0, 100, b'k', 1, 0]);
    let batch = Batch::of(2, &[&long, &record(&[0; 60])]);
    assert_eq!(batch.fault(), (BatchErrorKind::Truncated, "Record.key", 66));
    let most = [0, 0, 0, 1, 0xfe, 0xff, 0xff, 0xff, 0x0f, b'v', 0];
    assert_eq!(fault_of(&most), (BatchErrorKind::Truncated, "Record.value", 62 + 9));
}

#[test]
fn null_is_minus_one_and_no_other_negative_length() {
    let null = Batch::of(1, &[&record(&[0, 0, 0, 1, 1, 0])]);
    assert_eq!(null.read(|record| (record.key.is_none(), record.value.is_none())), [(true, true)]);
    let empty = Batch::of(1, &[&record(&[0, 0, 0, 0, 0, 0])]);
    assert_eq!(empty.read(|record| (record.key, record.value) == (Some(b""), Some(b""))), [true]);
    let negative = BatchErrorKind::NegativeLength;
    assert_eq!(fault_of(&[0, 0, 0, 3, 1, 0]), (negative(-2), "Record.key", 62 + 3));
    assert_eq!(fault_of(&[0, 0, 0, 1, 3, 0]), (negative(-2), "Record.value", 62 + 4));
    let least = [0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0];
    assert_eq!(fault_of(&least), (negative(i32::MIN), "Record.value", 62 + 4));
}

#[test]
fn a_number_of_headers_that_cannot_be_is_wrong() {
    let count = |count: &[u8]| fault_of(&[&[0, 0, 0, 1, 1], count].concat());
    let wrong = |count| (BatchErrorKind::WrongCount(count), "Record.headers", 62 + 5);
    assert_eq!(count(&[1]), wrong(-1));
    assert_eq!(count(&[4, 0, 1, 0]), wrong(2));
    assert_eq!(count(&[0xfe, 0xff, 0xff, 0xff, 0x0f, 0, 1]), wrong(i32::MAX));
}

#[test]
fn the_key_of_a_header_is_never_null_and_its_value_may_be() {
    let header = |header: &[u8]| [&[0, 0, 0, 1, 1, 2], header].concat();
    let negative = BatchErrorKind::NegativeLength;
    assert_eq!(fault_of(&header(&[1, 1])), (negative(-1), "Record.headers.key", 62 + 6));
    assert_eq!(fault_of(&header(&[0, 3])), (negative(-2), "Record.headers.value", 62 + 7));
    let null = Batch::of(1, &[&record(&header(&[2, b'h', 1]))]);
    let read = null.read(|mut record| record.headers.next().unwrap().value.is_none());
    assert_eq!(read, [true]);
}

#[test]
fn a_key_of_a_header_that_is_no_text_is_given_as_bytes() {
    let batch = Batch::of(1, &[&record(&[0, 0, 0, 1, 1, 2, 4, 0xc3, 0x28, 0])]);
    let read = batch.read(|mut record| {
        let header = record.headers.next().unwrap();
        (header.key.to_vec(), header.name().is_err())
    });
    assert_eq!(read, [(vec![0xc3, 0x28], true)]);
}

#[test]
fn headers_keep_their_order_and_may_repeat() {
    let body = [0, 0, 0, 1, 1, 6, 2, b'h', 2, b'1', 2, b'g', 1, 2, b'h', 2, b'2'];
    let batch = Batch::of(1, &[&record(&body)]);
    let read = batch.read(|record| {
        assert_eq!((record.headers.len(), record.headers.is_empty()), (3, false));
        record.headers.map(|header| (header.key[0], header.value.map(|v| v[0]))).collect::<Vec<_>>()
    });
    assert_eq!(read, [[(b'h', Some(b'1')), (b'g', None), (b'h', Some(b'2'))]]);
}

#[test]
fn integers_may_have_more_bytes_than_they_need() {
    // A length of 5 bytes, a timestamp delta of 10, the others of 5; all of them are small.
    let zero = [0x80, 0x80, 0x80, 0x80, 0x00];
    let body = [
        &[0, 0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00][..],
        &[0x82, 0x80, 0x80, 0x80, 0x00],
        &[0x81, 0x80, 0x80, 0x80, 0x00],
        &[0x82, 0x80, 0x80, 0x80, 0x00, b'v'],
        &zero,
    ]
    .concat();
    let length = u8::try_from(body.len() * 2).unwrap() | 0x80;
    let batch = Batch::of(1, &[&[length, 0x80, 0x80, 0x80, 0x00], &body]);
    let read = batch.read(|record| {
        assert_eq!((record.key, record.headers.len()), (None, 0));
        (record.timestamp_delta, record.offset, record.value.map(<[u8]>::to_vec))
    });
    assert_eq!(read, [(1, 1, Some(b"v".to_vec()))]);
}

#[test]
fn integers_at_the_ends_of_their_range_are_read() {
    let [most, least] = [0xfe, 0xff].map(|low| [&[low][..], &[0xff; 8], &[1]].concat());
    for (delta, expected) in [(most, i64::MAX), (least, i64::MIN)] {
        let body = [&[0], &delta[..], &[0xfe, 0xff, 0xff, 0xff, 0x0f, 1, 1, 0]].concat();
        let read = Batch::of(1, &[&record(&body)])
            .read(|record| (record.timestamp_delta, record.timestamp.0, record.offset));
        assert_eq!(read, [(expected, expected.wrapping_add(1_000), i64::from(i32::MAX))]);
    }
}

#[test]
fn bits_that_an_integer_cannot_hold_are_refused_where_it_starts() {
    let too_long = |field, at| (BatchErrorKind::VarintTooLong, field, at);
    let five = [0x80, 0x80, 0x80, 0x80, 0x10];
    let six = [0x80, 0x80, 0x80, 0x80, 0x80, 0x00];
    for length in [&five[..], &six] {
        assert_eq!(Batch::of(1, &[length, &A[1..]]).fault(), too_long("Record.length", 61));
        let offset = [&[0, 0], length, &[1, 1, 0]].concat();
        assert_eq!(fault_of(&offset), too_long("Record.offset_delta", 64));
        let key = [&[0, 0, 0], length, &[1, 0]].concat();
        assert_eq!(fault_of(&key), too_long("Record.key", 65));
        let headers = [&[0, 0, 0, 1, 1], length, &[0, 0]].concat();
        assert_eq!(fault_of(&headers), too_long("Record.headers", 67));
    }
    for last in [2, 0x80] {
        let time = [&[0], &[0x80; 9][..], &[last, 0, 0, 1, 1, 0]].concat();
        assert_eq!(fault_of(&time), too_long("Record.timestamp_delta", 63));
    }
}

#[test]
fn a_records_own_attributes_are_given_and_mean_nothing() {
    let batch = Batch::of(1, &[&record(&[0xff, 0, 0, 1, 1, 0])]);
    assert_eq!(batch.read(|record| record.attributes), [-1]);
}
