//! Notes against what was left, and against the memory that they count.

use proptest::prelude::*;

use super::*;
use klamm_records::BufferPool;

use crate::doorbell::{Bell, Doorbell};
use crate::memory::Budget;
use crate::sync::Arc;

type Note = super::Note<()>;

struct Silent;

impl Bell for Silent {
    fn ring(&self) {}
}

fn budget(limit: usize) -> Arc<Budget> {
    let doorbell = Arc::new(Doorbell::new(Arc::new(Silent)));
    Arc::new(Budget::new(limit, BufferPool::new(0), doorbell))
}

/// Leaves a note as a slot does: with room, if that can be had.
fn leave(notes: &mut Notes<()>, budget: &Arc<Budget>, index: u32, time: i64, note: Note) -> bool {
    let time = WallMillis(time);
    let take = |least, wanted| budget.try_acquire(wanted).or_else(|| budget.try_acquire(least));
    let has_room = notes.has_room(&note, time) || notes.make_room(&note, time, 0, take);
    if has_room {
        notes.leave(index, time, note);
    }
    has_room
}

fn call() -> Note {
    Note::Call(Box::new(|_, _| {}))
}

#[test]
fn what_notes_take_is_counted_until_the_last_is_gone() {
    let budget = budget(1 << 20);
    let mut notes = Notes::default();
    for index in 0..1_000 {
        assert!(leave(&mut notes, &budget, index, 5, Note::Number(7)));
    }
    assert!((16_000..=32_000).contains(&budget.held()), "{}", budget.held());
    let mut all = notes.into_iter();
    assert_eq!(all.by_ref().count(), 1_000);
    assert_ne!(budget.held(), 0, "the rows are there yet");
    drop(all);
    assert_eq!(budget.held(), 0);
}

#[test]
fn without_memory_a_note_is_not_left() {
    let budget = budget(Notes::least(&Note::Number(0)));
    let mut notes = Notes::default();
    let left = (0..100).filter(|index| leave(&mut notes, &budget, *index, 0, Note::Number(1)));
    assert_eq!((left.count(), notes.len()), (LEAST, LEAST));
}

#[test]
fn a_function_among_numbers_costs_what_is_missing_and_loses_none() {
    let budget = budget(1 << 20);
    let mut notes = Notes::default();
    for index in 0..20 {
        leave(&mut notes, &budget, index, 100, Note::Number(u64::from(index)));
    }
    assert!(leave(&mut notes, &budget, 20, 101, call()));
    assert!(budget.held() >= 21 * size_of::<Left<()>>());
    let numbers = notes.into_iter().map(|left| matches!(left.note, Note::Number(_)));
    assert_eq!(numbers.filter(|is_number| *is_number).count(), 20);
}

proptest! {
    #[test]
    fn whatever_is_left_comes_back_in_its_order(
        given in prop::collection::vec((any::<i64>(), any::<Option<u64>>()), 0..200)
    ) {
        let budget = budget(1 << 24);
        let mut notes = Notes::default();
        for (index, (time, number)) in (0..).zip(&given) {
            let note = number.map_or_else(call, Note::Number);
            prop_assert!(leave(&mut notes, &budget, index, *time, note));
        }
        let back = notes.into_iter().map(|left| {
            let number = if let Note::Number(number) = left.note { Some(number) } else { None };
            (left.index, left.timestamp.0, number)
        });
        let wanted = (0..).zip(&given).map(|(index, (time, number))| (index, *time, *number));
        prop_assert!(back.eq(wanted));
        prop_assert_eq!(budget.held(), 0);
    }
}
