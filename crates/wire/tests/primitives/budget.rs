//! Memory that a decode may hold, and how it is refused.

use std::cell::Cell;

use bytes::Bytes;
use klamm_wire::{DecodeErrorKind, Reader};

use crate::support::FIELD;

const FREE: usize = 64 * 1024;

/// A classic count, then as many zero bytes.
fn claim(count: u32, bytes: usize) -> Vec<u8> {
    [&count.to_be_bytes()[..], &vec![0; bytes]].concat()
}

#[test]
fn the_budget_grows_with_the_input() {
    assert_eq!(Reader::new(&[]).budget_left(), FREE);
    assert_eq!(Reader::new(&[0; 100]).budget_left(), FREE + 3_200);
    let frame = Bytes::from(vec![0; 100]);
    assert_eq!(Reader::over(&frame).budget_left(), FREE + 3_200);
}

#[test]
fn an_array_reserves_exactly_what_it_counts() {
    let bytes = claim(100, 100);
    let mut reader = Reader::new(&bytes);
    let before = reader.budget_left();
    let values = reader.array(FIELD, false, 1, |reader| reader.i8(FIELD).map(i64::from)).unwrap();
    assert_eq!((values.len(), values.capacity()), (100, 100));
    assert_eq!(reader.budget_left(), before - 800);
}

#[test]
fn a_huge_count_is_refused_before_anything_is_reserved() {
    let bytes = claim(i32::MAX.unsigned_abs(), 1_000);
    let mut reader = Reader::new(&bytes);
    let before = reader.budget_left();
    let refused = reader.array(FIELD, false, 1, |_| Ok([0_u8; 64])).unwrap_err();
    assert_eq!(refused.kind(), DecodeErrorKind::CountTooLarge);
    assert_eq!(reader.budget_left(), before);
}

#[test]
fn an_array_fails_at_the_first_element_beyond_the_budget() {
    let bytes = claim(10_000, 10_000);
    let mut reader = Reader::new(&bytes);
    let room = reader.budget_left() / 64;
    assert!(room < 10_000);
    let read = Cell::new(0);
    let refused = reader.array(FIELD, false, 1, |reader| {
        read.set(read.get() + 1);
        reader.i8(FIELD).map(|_| [0_u8; 64])
    });
    let refused = refused.unwrap_err();
    assert_eq!((refused.kind(), refused.field()), (DecodeErrorKind::BudgetExceeded, FIELD));
    assert_eq!((read.get(), refused.offset()), (room, 4 + room));
    assert!(reader.budget_left() < 64);
}

/// A struct larger than its bytes.
#[derive(Debug, PartialEq)]
struct Wide([u8; 64]);

impl Default for Wide {
    fn default() -> Self {
        Self([0; 64])
    }
}

#[test]
fn an_array_of_structs_draws_on_the_budget_as_any_other() {
    let bytes = claim(10_000, 10_000);
    let mut reader = Reader::new(&bytes);
    let room = reader.budget_left() / 64;
    let mut structs = Vec::new();
    let refused = reader.structs(&mut structs, FIELD, false, 1, |item: &mut Wide, reader| {
        item.0[0] = 1 + reader.i8(FIELD)?.unsigned_abs();
        Ok(())
    });
    assert_eq!(refused.unwrap_err().kind(), DecodeErrorKind::BudgetExceeded);
    assert_eq!((structs.len(), structs.capacity()), (room, room));
    assert!(structs.iter().all(|item| item.0[0] == 1));
}

#[test]
fn nested_arrays_draw_on_one_budget() {
    let inner = claim(4, 4);
    let bytes = [&1_000_u32.to_be_bytes()[..], &inner.repeat(1_000)].concat();
    let read = |reader: &mut Reader<'_>| {
        reader.array(FIELD, false, 4, |reader| {
            reader.array(FIELD, false, 1, |reader| reader.i8(FIELD).map(|_| [0_u8; 100]))
        })
    };
    let refused = read(&mut Reader::new(&bytes)).unwrap_err();
    assert_eq!(refused.kind(), DecodeErrorKind::BudgetExceeded);
}

#[test]
fn elements_without_a_size_reserve_nothing() {
    let bytes = claim(50, 50);
    let mut reader = Reader::new(&bytes);
    let before = reader.budget_left();
    let values = reader.array(FIELD, false, 1, |reader| reader.i8(FIELD).map(drop)).unwrap();
    assert_eq!((values.len(), reader.budget_left()), (50, before));
    let none = reader.array(FIELD, false, 0, |_| Ok([0_u8; 9]));
    assert_eq!(none.unwrap_err().kind(), DecodeErrorKind::Truncated);
}

#[test]
fn a_box_draws_its_size() {
    let mut reader = Reader::new(&[]);
    assert_eq!(*reader.boxed([1_u8; 60_000], FIELD).unwrap(), [1; 60_000]);
    assert_eq!(reader.budget_left(), FREE - 60_000);
    let refused = reader.boxed([1_u8; 6_000], FIELD).unwrap_err();
    assert_eq!(refused.kind(), DecodeErrorKind::BudgetExceeded);
}

#[test]
fn unknown_tags_draw_on_the_budget_and_pieces_do_not() {
    let bytes = [3, 1, 2, 2, 0, 0, 1, 0];
    let mut reader = Reader::new(&bytes);
    let before = reader.budget_left();
    reader.piece(FIELD, true).unwrap();
    assert_eq!(reader.budget_left(), before);
    let tags = reader.unknown_tags(FIELD).unwrap();
    assert_eq!(tags.len(), 2);
    assert_eq!(reader.budget_left(), before - 24 - 2 * 32);
}
