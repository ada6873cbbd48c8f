//! Sets: batches behind one another, and the one that is cut off.

use klamm_records::{BatchErrorKind, Checksum, Entry, RecordSet};

use crate::support::{A, B, Batch, COMMIT, Fault, from_hex};

/// What a set is: the length of each entry, the error, and how much is left.
fn cut(bytes: &[u8]) -> (Vec<usize>, Option<Fault>, usize) {
    let mut set = RecordSet::new(bytes);
    let (mut entries, mut fault) = (Vec::new(), None);
    for entry in set.by_ref() {
        match entry {
            Ok(entry) => entries.push(entry.bytes().len()),
            Err(error) => fault = Some((error.kind(), error.field(), error.offset())),
        }
    }
    assert!(set.next().is_none());
    (entries, fault, set.tail().len())
}

/// 69 bytes, 77 bytes, and a control batch of 78.
fn three() -> Vec<u8> {
    let [one, two] = [Batch::of(1, &[A]), Batch::of(2, &[A, B])].map(|batch| batch.bytes());
    [one, two, from_hex(COMMIT)].concat()
}

#[test]
fn a_set_of_nothing_has_no_entries() {
    assert_eq!(cut(&[]), (vec![], None, 0));
}

#[test]
fn batches_follow_one_another() {
    assert_eq!(cut(&three()), (vec![69, 77, 78], None, 0));
    let set = three();
    let is_batch = |entry| matches!(entry, Ok(Entry::Batch(_)));
    assert!(RecordSet::new(&set).all(is_batch));
}

#[test]
fn a_set_may_end_within_an_entry_anywhere() {
    let set = three();
    for len in 0..set.len() {
        let whole: Vec<usize> = match len {
            0..69 => vec![],
            69..146 => vec![69],
            _ => vec![69, 77],
        };
        let tail = len - whole.iter().sum::<usize>();
        assert_eq!(cut(&set[..len]), (whole, None, tail), "{len}");
    }
}

#[test]
fn after_an_error_there_is_nothing_and_all_of_the_rest_is_left() {
    let mut set = three();
    set[69 + 70] ^= 1;
    let (entries, fault, left) = cut(&set);
    assert_eq!((entries, left), (vec![69], 77 + 78));
    let fault = fault.unwrap();
    assert!(matches!(fault.0, BatchErrorKind::WrongChecksum { .. }), "{fault:?}");
    assert_eq!((fault.1, fault.2), ("RecordBatch.crc", 17));
}

#[test]
fn with_deferred_checksums_damage_stops_nothing() {
    let mut set = three();
    set[69 + 70] ^= 1;
    let set = RecordSet::new(&set).with_checksum(Checksum::Deferred);
    let right = set.map(|entry| match entry.unwrap() {
        Entry::Batch(batch) => batch.check_crc().is_ok(),
        Entry::Legacy(_) => panic!("no such entry"),
    });
    assert_eq!(right.collect::<Vec<_>>(), [true, false, true]);
}

#[test]
fn a_length_that_no_entry_has_is_an_error_and_not_a_tail() {
    for length in [-1, 0, 13, i32::MAX - 11] {
        let mut set = three();
        set[69 + 8..69 + 12].copy_from_slice(&length.to_be_bytes());
        let fault = (BatchErrorKind::WrongLength(length), "RecordSet.length", 8);
        assert_eq!(cut(&set), (vec![69], Some(fault), 77 + 78));
        assert_eq!(cut(&set[..69 + 12]), (vec![69], Some(fault), 12));
    }
}

#[test]
fn a_format_of_the_future_is_an_error_and_not_a_tail() {
    for magic in [3, -1] {
        let mut set = three();
        set[69 + 16] = i8::cast_unsigned(magic);
        let fault = (BatchErrorKind::UnknownMagic(magic), "RecordSet.magic", 16);
        assert_eq!(cut(&set), (vec![69], Some(fault), 77 + 78));
        assert_eq!(cut(&set[..69 + 17]), (vec![69], Some(fault), 17));
    }
}

#[test]
fn a_length_that_is_too_short_for_a_batch_is_an_error_of_the_batch() {
    let mut set = three();
    set[69 + 8..69 + 12].copy_from_slice(&48_i32.to_be_bytes());
    let fault = (BatchErrorKind::WrongLength(48), "RecordBatch.length", 8);
    assert_eq!(cut(&set), (vec![69], Some(fault), 77 + 78));
}

#[test]
fn zeros_are_no_entries() {
    let set = [three(), vec![0; 100]].concat();
    let fault = (BatchErrorKind::WrongLength(0), "RecordSet.length", 8);
    assert_eq!(cut(&set), (vec![69, 77, 78], Some(fault), 100));
}
