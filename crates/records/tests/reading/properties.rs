//! What holds of any bytes, and of any batch that is cut or damaged.

use klamm_records::{BatchErrorKind, BatchView, Checksum, RecordSet, fuzzing};
use proptest::prelude::*;

use crate::support::{Batch, fault, read_all, record};

/// Batches with records of no great length.
fn batch() -> impl Strategy<Value = Batch> {
    let value = proptest::collection::vec(any::<u8>(), 0..40);
    proptest::collection::vec(value, 1..12).prop_map(|values| {
        let records: Vec<Vec<u8>> = (0_u8..).zip(values).map(numbered).collect();
        let records: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
        Batch::of(i32::try_from(records.len()).unwrap(), &records)
    })
}

fn numbered((index, value): (u8, Vec<u8>)) -> Vec<u8> {
    record(&[&[0, 0, index * 2, 1], record(&value).as_slice(), &[0]].concat())
}

proptest! {
    #[test]
    fn any_bytes_are_a_batch_or_an_error(bytes in any::<Vec<u8>>()) {
        fuzzing::batch_view(&bytes);
        fuzzing::record_set(&bytes);
    }

    #[test]
    fn any_payload_is_records_or_an_error(
        payload in proptest::collection::vec(0_u8..24, 0..200),
        count in -1_i32..30,
        attributes in 0_i16..1_024,
    ) {
        let batch = Batch { attributes, payload, ..Batch::of(count, &[]) };
        fuzzing::batch_view(&batch.bytes());
    }

    #[test]
    fn every_front_part_of_a_batch_is_truncated(batch in batch()) {
        let bytes = batch.bytes();
        prop_assert_eq!(read_all(&bytes), Ok(usize::try_from(batch.count).unwrap()));
        for len in 0..bytes.len() {
            let (kind, _, offset) = fault(&bytes[..len]);
            prop_assert_eq!((kind, offset <= len), (BatchErrorKind::Truncated, true));
            let mut set = RecordSet::new(&bytes[..len]);
            prop_assert!(set.next().is_none());
            prop_assert_eq!(set.tail(), &bytes[..len]);
        }
    }

    #[test]
    fn a_changed_byte_under_the_checksum_is_noticed(
        batch in batch(),
        place in any::<prop::sample::Index>(),
        change in 1_u8..,
    ) {
        let mut bytes = batch.bytes();
        let place = 17 + place.index(bytes.len() - 17);
        bytes[place] ^= change;
        let (kind, field, offset) = fault(&bytes);
        let is_checksum = matches!(kind, BatchErrorKind::WrongChecksum { .. });
        prop_assert!(is_checksum && (field, offset) == ("RecordBatch.crc", 17));
        let deferred = BatchView::read(&bytes, Checksum::Deferred).map(|(batch, _)| batch);
        prop_assert!(deferred.is_ok_and(|batch| batch.check_crc().is_err()));
    }
}
