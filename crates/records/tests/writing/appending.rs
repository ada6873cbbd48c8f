//! What an open batch takes, what it refuses, and that it says so without changing anything.

use klamm_records::{Header, OpenBatch, Refused};
use klamm_wire::WallMillis;
use proptest::prelude::*;

use crate::support::{append, append_granted, open, pool, raw, record};

#[test]
fn an_empty_batch_is_its_header_and_cannot_be_closed() {
    let batch = open(100);
    assert_eq!((batch.size(), batch.count(), batch.is_empty()), (61, 0, true));
    assert_eq!((batch.first_timestamp(), batch.max_timestamp()), (None, None));
    assert!(batch.close().is_none());
}

#[test]
fn the_first_and_the_greatest_timestamp_are_known() {
    let mut batch = open(1_000);
    for timestamp in [50, 70, 20] {
        append(&mut batch, &record(timestamp, b"a")).unwrap();
    }
    assert_eq!(batch.first_timestamp(), Some(WallMillis(50)));
    assert_eq!(batch.max_timestamp(), Some(WallMillis(70)));
}

#[test]
fn a_batch_without_room_says_how_much_is_missing() {
    let mut batch = open(256);
    let large = record(0, &[7; 1_000]);
    let before = batch.size();
    // Two bytes of length, attributes, deltas, a null key, two bytes of length, no headers.
    let whole = 2 + 1 + 1 + 1 + 1 + 2 + 1_000 + 1;
    let missing = whole - 256;
    assert_eq!(append(&mut batch, &large), Err(Refused::NeedsRoom { bytes: missing }));
    batch.grant(missing - 1);
    assert_eq!(append(&mut batch, &large), Err(Refused::NeedsRoom { bytes: 1 }));
    assert_eq!((batch.size(), batch.count()), (before, 0));
    batch.grant(1);
    append(&mut batch, &large).unwrap();
    assert_eq!(batch.size(), before + whole);
}

#[test]
fn a_full_batch_refuses_what_its_limit_excludes_but_never_the_first_record() {
    let mut batch = OpenBatch::new(pool().take(10_000), 100);
    append(&mut batch, &record(0, &[1; 500])).unwrap();
    let size = batch.size();
    assert_eq!(append(&mut batch, &record(0, b"")), Err(Refused::Full));
    assert_eq!((batch.size(), batch.count()), (size, 1));
}

#[test]
fn the_limit_counts_the_header_and_can_be_reached_exactly() {
    let mut batch = OpenBatch::new(pool().take(1_000), 61 + 3 * 8);
    for _ in 0..3 {
        append(&mut batch, &record(0, b"a")).unwrap();
    }
    assert_eq!(batch.size(), 61 + 3 * 8);
    assert_eq!(append(&mut batch, &record(0, b"")), Err(Refused::Full));
}

#[test]
fn timestamps_below_none_are_refused() {
    let mut batch = open(1_000);
    append(&mut batch, &record(-1, b"a")).unwrap();
    for time in [-2, i64::MIN] {
        let refused = Refused::InvalidTimestamp(WallMillis(time));
        assert_eq!(append(&mut batch, &record(time, b"a")), Err(refused));
    }
    append(&mut batch, &record(i64::MAX, b"a")).unwrap();
    assert_eq!(batch.max_timestamp(), Some(WallMillis(i64::MAX)));
}

#[test]
fn a_record_beyond_two_gibibytes_is_refused_whatever_is_granted() {
    let mut batch = open(1_000);
    let megabyte = vec![0; 1 << 20];
    let headers = vec![Header::new("key", &megabyte); 2_048];
    let refused = batch.append(WallMillis(0), None, None, &headers).unwrap_err();
    assert!(matches!(refused, Refused::TooLarge { bytes } if bytes > 1 << 31), "{refused:?}");
    assert_eq!((batch.size(), batch.capacity()), (61, 1_024));
    let fits = batch.append(WallMillis(0), None, None, &headers[..2_046]).unwrap_err();
    assert!(matches!(fits, Refused::NeedsRoom { .. }), "{fits:?}");
}

#[test]
fn a_batch_never_passes_what_a_length_field_can_say() {
    let megabyte = vec![0; 1 << 20];
    let large = |last: usize| {
        let mut headers = vec![Header::new("key", &megabyte); 2_047];
        headers.push(Header::new("key", &megabyte[..last]));
        headers
    };
    let missing = |batch: &mut OpenBatch, last| {
        batch.append(WallMillis(0), None, None, &large(last)).unwrap_err()
    };
    let empty = || OpenBatch::new(pool().take(0), usize::MAX);
    let Refused::NeedsRoom { bytes } = missing(&mut empty(), 1_000_000) else { panic!("it fits") };
    // Exactly as much as one batch can hold.
    let most = 1_000_000 + (i32::MAX as usize - 61) - bytes - empty().capacity();
    assert!(matches!(missing(&mut empty(), most), Refused::NeedsRoom { .. }));
    assert!(matches!(missing(&mut empty(), most + 1), Refused::TooLarge { .. }));
    let mut batch = open(1_000);
    append(&mut batch, &record(0, b"first")).unwrap();
    assert_eq!(missing(&mut batch, most), Refused::Full);
}

proptest! {
    #[test]
    fn a_refused_record_changes_nothing(
        sizes in proptest::collection::vec(0_usize..400, 1..20),
        room in 0_usize..2_000,
        limit in 0_usize..2_000,
    ) {
        let mut batch = OpenBatch::new(pool().take(room), limit);
        let mut taken = Vec::new();
        for size in sizes {
            let before = (batch.size(), batch.count(), batch.capacity(), batch.max_timestamp());
            let one = record(i64::try_from(size).unwrap(), &vec![1; size]);
            match append(&mut batch, &one) {
                Ok(()) => taken.push(one),
                Err(_) => prop_assert_eq!(
                    before,
                    (batch.size(), batch.count(), batch.capacity(), batch.max_timestamp())
                ),
            }
        }
        prop_assert_eq!(batch.close().map(|batch| batch.payload().to_vec()),
            (!taken.is_empty()).then(|| raw(&taken).payload().to_vec()));
    }

    #[test]
    fn room_in_small_steps_gives_the_same_bytes(
        sizes in proptest::collection::vec(0_usize..300, 1..30),
        times in proptest::collection::vec(-1_i64..1 << 40, 30),
    ) {
        let records: Vec<_> =
            sizes.iter().zip(times).map(|(size, time)| record(time, &vec![9; *size])).collect();
        let (mut roomy, mut tight) = (open(1 << 14), open(0));
        for record in &records {
            append(&mut roomy, record).unwrap();
            append_granted(&mut tight, record).unwrap();
            prop_assert_eq!(roomy.size(), tight.size());
        }
        let (roomy, tight) = (roomy.close().unwrap(), tight.close().unwrap());
        prop_assert_eq!(roomy.payload(), tight.payload());
    }
}
