//! What was decompressed from the value of a message.

use proptest::prelude::*;

use super::{CAP, Fields, Parts, fields, message, read};
use crate::BatchError;
use crate::error::BatchErrorKind::{
    self, Empty, MixedMagic, Nested, Truncated, UnknownCodec, WrongChecksum, WrongLength,
    WrongOffset,
};
use crate::legacy::records::{Inner, Records};
use crate::view::Checksum;

/// A message around others; its value is not looked at here.
fn wrapper(magic: i8, offset: i64) -> Parts<'static> {
    Parts { attributes: 1, ..message(magic, offset) }
}

/// The records in `set` if it is what `wrapper` held.
fn records<'a>(wrapper: &Parts<'_>, set: &'a [u8]) -> Vec<Result<Fields<'a>, BatchErrorKind>> {
    records_within(wrapper, set, CAP)
}

fn records_within<'a>(
    wrapper: &Parts<'_>,
    set: &'a [u8],
    cap: usize,
) -> Vec<Result<Fields<'a>, BatchErrorKind>> {
    let bytes = wrapper.bytes();
    let kind = |error: BatchError| error.kind();
    match Inner::new(&read(&bytes).unwrap().message, Checksum::Checked, set, cap) {
        Ok(inner) => Records::inner(inner)
            .map(|record| record.map(|record| fields(&record)).map_err(kind))
            .collect(),
        Err(error) => vec![Err(kind(error))],
    }
}

fn offsets(wrapper: &Parts<'_>, set: &[u8]) -> Vec<Result<i64, BatchErrorKind>> {
    records(wrapper, set).into_iter().map(|record| record.map(|(offset, ..)| offset)).collect()
}

/// Messages with these offsets, behind one another.
fn set(magic: i8, offsets: &[i64]) -> Vec<u8> {
    offsets.iter().flat_map(|offset| message(magic, *offset).bytes()).collect()
}

#[test]
fn offsets_in_magic_1_are_relative_to_the_one_around_them() {
    assert_eq!(offsets(&wrapper(1, 102), &set(1, &[0, 1, 2])), [Ok(100), Ok(101), Ok(102)]);
    assert_eq!(offsets(&wrapper(1, 102), &set(1, &[1, 5])), [Ok(98), Ok(102)]);
    assert_eq!(offsets(&wrapper(1, 2), &set(1, &[0, 1, 2])), [Ok(0), Ok(1), Ok(2)]);
}

#[test]
fn an_offset_of_0_around_them_was_never_set() {
    assert_eq!(offsets(&wrapper(1, 0), &set(1, &[0, 1, 2])), [Ok(0), Ok(1), Ok(2)]);
}

#[test]
fn offsets_in_magic_0_are_absolute() {
    assert_eq!(offsets(&wrapper(0, 0), &set(0, &[40, 42])), [Ok(40), Ok(42)]);
}

#[test]
fn offsets_that_leave_the_range_are_refused() {
    assert_eq!(offsets(&wrapper(1, 1), &set(1, &[0, 1, 2])), [Err(WrongOffset(1))]);
    assert_eq!(offsets(&wrapper(1, i64::MAX), &set(1, &[-1])), [Err(WrongOffset(i64::MAX))]);
    let rising = set(1, &[i64::MAX, 0]);
    assert_eq!(offsets(&wrapper(1, 1), &rising), [Err(WrongOffset(i64::MAX))]);
}

#[test]
fn records_have_their_own_time_unless_the_broker_set_it() {
    let set = set(1, &[0, 1]);
    let times = |wrapper: &Parts<'_>| -> Vec<i64> {
        records(wrapper, &set).into_iter().map(|record| record.unwrap().1).collect()
    };
    let mut wrapper = wrapper(1, 1);
    wrapper.timestamp = 55;
    assert_eq!(times(&wrapper), [1_000, 1_001]);
    wrapper.attributes |= 0x08;
    assert_eq!(times(&wrapper), [55, 55]);
}

#[test]
fn a_set_without_a_message_is_refused() {
    let one = set(1, &[0]);
    for len in 0..one.len() {
        assert_eq!(offsets(&wrapper(1, 0), &one[..len]), [Err(Empty)], "{len}");
    }
}

#[test]
fn a_set_may_end_inside_a_message() {
    let two = set(1, &[0, 1]);
    assert_eq!(offsets(&wrapper(1, 9), &two[..two.len() - 1]), [Ok(9)]);
}

#[test]
fn a_set_of_another_format_is_refused_as_a_whole() {
    for (outer, inner) in [(0, 1), (1, 0), (1, 2), (0, -1)] {
        let mixed = [set(outer, &[0]), set(inner, &[1])].concat();
        assert_eq!(offsets(&wrapper(outer, 1), &mixed), [Err(MixedMagic(inner))]);
    }
}

#[test]
fn a_compressed_message_inside_another_one_ends_the_records() {
    let with = |attributes| {
        let nested = Parts { attributes, ..message(1, 1) };
        let set = [set(1, &[0]), nested.bytes(), set(1, &[2])].concat();
        offsets(&wrapper(1, 2), &set)
    };
    assert_eq!(with(1), [Ok(0), Err(Nested)]);
    assert_eq!(with(4), [Ok(0), Err(UnknownCodec(4))]);
}

#[test]
fn a_damaged_message_ends_the_records() {
    let mut set = set(1, &[0, 1]);
    *set.last_mut().unwrap() ^= 1;
    let records = offsets(&wrapper(1, 1), &set);
    assert!(matches!(records[..], [Ok(0), Err(WrongChecksum { .. })]));
}

#[test]
fn a_message_that_claims_more_than_may_be_decompressed_is_no_cut_off_one() {
    let claiming = |length: i32| [&[0; 8], length.to_be_bytes().as_slice()].concat();
    let set = [set(1, &[0]), claiming(201)].concat();
    assert_eq!(records_within(&wrapper(1, 0), &set, 200), [Err(WrongLength(201))]);
    assert_eq!(records_within(&wrapper(1, 0), &set, 201).len(), 1);
    let set = claiming(13);
    assert_eq!(records_within(&wrapper(1, 0), &set, 200), [Err(WrongLength(13))]);
}

#[test]
fn a_part_that_does_not_fit_its_message_is_refused() {
    let mut covered = message(1, 0).covered();
    // The key takes all that the value was.
    covered[10..14].copy_from_slice(&9_i32.to_be_bytes());
    let set = super::framed(0, &covered);
    assert_eq!(offsets(&wrapper(1, 0), &set), [Err(Truncated)]);
}

proptest! {
    #[test]
    fn no_bytes_make_the_iterator_panic(
        magic in 0..2_i8,
        offset in any::<i64>(),
        inner in any::<i64>(),
        covered in proptest::collection::vec(any::<u8>(), 10..100),
        tail in proptest::collection::vec(any::<u8>(), 0..100),
    ) {
        let covered = [&[magic.cast_unsigned()], covered.as_slice()].concat();
        let set = [super::framed(inner, &covered), tail].concat();
        prop_assert!(!records(&wrapper(magic, offset), &set).is_empty());
    }
}
