//! Whatever the input is, a decode holds no more memory than the documented budget.
#![allow(unsafe_code)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use bytes::Bytes;
use klamm_wire::{DecodeError, Piece, Reader, UnknownTags};
use proptest::prelude::*;

const FIELD: &str = "Test.field";

thread_local! {
    /// Bytes that this thread holds, and the most it has held.
    static HELD: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

/// Counts what the current thread holds; the numbers are those that were asked for.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(bytes: isize) {
    HELD.with(|held| {
        let now = held.get().0 + bytes;
        held.set((now, now.max(held.get().1)));
    });
}

// SAFETY: every call is passed on to the system's allocator with the caller's arguments.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        unsafe { System.dealloc(place, layout) }
    }
}

/// The most memory that `run` holds at once.
fn most_held<T>(run: impl FnOnce() -> T) -> usize {
    let before = HELD.get().0;
    HELD.set((before, before));
    drop(run());
    HELD.get().1.abs_diff(before)
}

/// A struct that is far larger in memory than on the wire.
#[expect(dead_code, reason = "only its size matters")]
struct Hungry<'a> {
    padding: [u64; 16],
    inner: Option<Box<[u64; 8]>>,
    elements: Vec<[u64; 4]>,
    piece: Option<Piece<'a>>,
    tags: UnknownTags<'a>,
}

fn hungry<'a>(reader: &mut Reader<'a>) -> Result<Hungry<'a>, DecodeError> {
    let inner = match reader.is_present(FIELD)? {
        true => Some(reader.boxed([1; 8], FIELD)?),
        false => None,
    };
    Ok(Hungry {
        padding: [0; 16],
        inner,
        elements: reader.array(FIELD, true, 1, |reader| reader.i8(FIELD).map(|_| [0; 4]))?,
        piece: reader.nullable_piece(FIELD, true)?,
        tags: reader.unknown_tags(FIELD)?,
    })
}

fn check(input: &[u8]) {
    let allowed = 64 * 1024 + 32 * input.len();
    let copied = most_held(|| Reader::new(input).array(FIELD, false, 4, hungry));
    assert!(copied <= allowed, "{copied} > {allowed} for {} bytes", input.len());
    let frame = Bytes::copy_from_slice(input);
    let shared = most_held(|| Reader::over(&frame).array(FIELD, false, 4, hungry));
    assert!(shared <= allowed, "{shared} > {allowed} for {} bytes", input.len());
}

#[test]
fn large_counts_of_hungry_structs_stay_within_the_budget() {
    for element in [&[0_u8, 1, 0, 0][..], &[0, 3, 7, 7, 3, 9, 9, 2, 0, 0, 1, 0], &[0xff, 1, 1, 0]] {
        for n in [1_u32, 100, 1_000, 100_000] {
            let body = element.repeat(usize::try_from(n).unwrap());
            check(&[&n.to_be_bytes()[..], &body].concat());
        }
    }
}

proptest! {
    #[test]
    fn random_claims_stay_within_the_budget(
        n in 0_u32..3_000,
        body in any::<Vec<u8>>(),
        times in 0_usize..500,
    ) {
        check(&[&n.to_be_bytes()[..], &body.repeat(times)].concat());
    }
}
