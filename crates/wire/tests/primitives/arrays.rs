//! Fixed-width arrays: one behaviour, whether borrowed or owned.

use klamm_wire::{
    Epoch, ErrorCode, Fixed, FixedArray, NodeId, PartitionIndex, ProducerId, Reader, Sequence,
    TopicId, Uuid,
};

use crate::support::{FIELD, written};

const BYTES: [u8; 7] = [4, 0, 1, 0, 2, 0xff, 0xff];

fn borrowed() -> FixedArray<'static, i16> {
    Reader::new(&BYTES).fixed_array(FIELD, true).unwrap()
}

#[test]
fn borrowed_and_owned_arrays_answer_alike() {
    let owned: FixedArray<'_, i16> = [1, 2, -1].into_iter().collect();
    for array in [borrowed(), owned, borrowed().into_owned(), borrowed().clone()] {
        assert_eq!((array.len(), array.is_empty()), (3, false));
        assert_eq!(array.to_vec(), [1, 2, -1]);
        assert_eq!((&array).into_iter().len(), 3);
        let got: Vec<_> = (0..4).map(|index| array.get(index)).collect();
        assert_eq!(got, [Some(1), Some(2), Some(-1), None]);
        assert_eq!(array.get(usize::MAX), None);
        assert_eq!(array, borrowed());
        assert_eq!(format!("{array:?}"), "[1, 2, -1]");
        assert_eq!(written(|writer| writer.fixed_array(&array, true)), BYTES);
    }
}

#[test]
fn arrays_differ_when_their_elements_do() {
    assert_ne!(borrowed(), FixedArray::from(&[1, 2][..]));
    assert_ne!(borrowed(), FixedArray::from(vec![1, 2, -1, 0]));
    assert_ne!(borrowed(), FixedArray::from(vec![1, 2, 0]));
}

#[test]
fn arrays_without_elements_are_equal() {
    let empty = Reader::new(&[1]).fixed_array::<Uuid>(FIELD, true).unwrap();
    assert_eq!(empty, FixedArray::new());
    assert_eq!(FixedArray::<'_, i8>::default(), FixedArray::from(Vec::new()));
    assert!(FixedArray::<'_, NodeId>::EMPTY.is_empty());
    assert_eq!(empty.iter().next(), None);
}

/// A value takes its width, comes back, and bytes of another length give zero.
fn keeps<T: Fixed + Default>(value: T) {
    let mut bytes = Vec::new();
    value.put(&mut bytes);
    assert_eq!(bytes.len(), T::WIDTH);
    assert_eq!(size_of::<T>(), T::WIDTH);
    assert_eq!(T::get(&bytes), value);
    assert_eq!(T::get(&bytes[1..]), T::default());
    assert_eq!(T::get(&[]), T::default());
}

#[test]
fn every_element_type_keeps_its_value() {
    keeps(-2_i8);
    keeps(i16::MIN);
    keeps(i32::MAX);
    keeps(-3_i64);
    keeps(Uuid::from_u128(u128::MAX - 1));
    keeps(NodeId(5));
    keeps(PartitionIndex(6));
    keeps(ProducerId(i64::MAX));
    keeps(Epoch(7));
    keeps(Sequence(i32::MAX));
    keeps(TopicId(Uuid::from_u128(1 << 127)));
    keeps(ErrorCode(-1));
}
