//! Control records: every type, types of the future, and markers that are too short.

use klamm_records::view::Control;
use klamm_records::{BatchErrorKind, BatchView, Checksum};
use klamm_wire::{Epoch, Field, ProducerId, Sequence};

use crate::support::{Batch, COMMIT, Fault, from_hex, record};

/// What a control record with this key and value says; a null piece is `None`.
fn control(key: Option<&[u8]>, value: Option<&[u8]>) -> Result<Control, Fault> {
    let piece = |piece: Option<&[u8]>| match piece {
        None => vec![1],
        Some(bytes) => record(bytes),
    };
    let body = [vec![0, 0, 0], piece(key), piece(value), vec![0]].concat();
    let read = Batch { attributes: 0x20, ..Batch::of(1, &[&record(&body)]) }.read(|record| {
        Control::read(&record).map_err(|error| (error.kind(), error.field(), error.offset()))
    });
    read[0]
}

const COMMIT_KEY: &[u8] = &[0, 0, 0, 1];

#[test]
fn a_commit_marker_of_the_reference_is_read() {
    let bytes = from_hex(COMMIT);
    let (batch, rest) = BatchView::read(&bytes, Checksum::Checked).unwrap();
    assert!(rest.is_empty());
    let header = batch.header();
    assert!(header.attributes.is_control() && header.attributes.is_transactional());
    assert_eq!((header.base_offset, header.leader_epoch, batch.next_offset()), (42, -1, 43));
    let identity = (header.producer_id, header.producer_epoch, header.base_sequence);
    assert_eq!(identity, (ProducerId(1234), Epoch(3), Sequence::NONE));
    let mut decompressors = klamm_records::Decompressors::new();
    let record = batch.records(&mut decompressors, 0).unwrap().next().unwrap().unwrap();
    assert_eq!(record.offset, 42);
    assert_eq!(Control::read(&record), Ok(Control::Commit { coordinator_epoch: 9 }));
}

#[test]
fn every_type_has_its_name_and_an_unknown_one_its_number() {
    let epoch = Some(&[0, 0, 0, 0, 0, 7][..]);
    let expected = [
        (0, Control::Abort { coordinator_epoch: 7 }),
        (1, Control::Commit { coordinator_epoch: 7 }),
        (2, Control::LeaderChange),
        (3, Control::SnapshotHeader),
        (4, Control::SnapshotFooter),
        (5, Control::KraftVersion),
        (6, Control::KraftVoters),
        (7, Control::Unknown(7)),
        (0xff, Control::Unknown(255)),
    ];
    for (number, expected) in expected {
        assert_eq!(control(Some(&[0, 0, 0, number]), epoch), Ok(expected));
    }
    assert_eq!(control(Some(&[0, 0, 0xff, 0xfe]), epoch), Ok(Control::Unknown(-2)));
}

#[test]
fn only_markers_need_a_value() {
    for number in 2..9 {
        assert!(control(Some(&[0, 0, 0, number]), None).is_ok());
    }
    let missing = (BatchErrorKind::NegativeLength(-1), "Control.value", 0);
    assert_eq!(control(Some(COMMIT_KEY), None), Err(missing));
}

#[test]
fn newer_versions_are_read_by_what_they_have_in_common() {
    let (key, value) = ([0, 9, 0, 1, 1, 2, 3], [0, 9, 0, 0, 0, 7, 1, 2, 3]);
    assert_eq!(control(Some(&key), Some(&value)), Ok(Control::Commit { coordinator_epoch: 7 }));
}

#[test]
fn versions_below_zero_are_none() {
    let negative = |field: Field| Err((BatchErrorKind::NegativeLength(-1), field, 0));
    assert_eq!(control(Some(&[0xff, 0xff, 0, 1]), None), negative("Control.key.version"));
    let value = [0xff, 0xff, 0, 0, 0, 7];
    assert_eq!(control(Some(COMMIT_KEY), Some(&value)), negative("Control.value.version"));
}

#[test]
fn a_key_or_a_value_that_is_too_short_tells_what_is_missing() {
    let truncated = |field: Field, at| Err((BatchErrorKind::Truncated, field, at));
    assert_eq!(control(Some(&[]), None), truncated("Control.key.version", 0));
    assert_eq!(control(Some(&[0, 0, 0]), None), truncated("Control.key.type", 2));
    assert_eq!(control(Some(COMMIT_KEY), Some(&[0])), truncated("Control.value.version", 0));
    let short = control(Some(COMMIT_KEY), Some(&[0, 0, 0, 0, 0]));
    assert_eq!(short, truncated("Control.value.coordinator_epoch", 2));
    let missing = (BatchErrorKind::NegativeLength(-1), "Control.key", 0);
    assert_eq!(control(None, Some(&[0, 0, 0, 0, 0, 7])), Err(missing));
}
