//! Arrays of fixed-width elements that are read where they lie.

use std::{fmt, sync::Arc};

use crate::{
    Epoch, ErrorCode, NodeId, PartitionIndex, ProducerId, Sequence, TopicId, Uuid,
    array::sealed::Sealed,
};

/// A type that takes the same number of bytes whatever its value.
pub trait Fixed: Copy + PartialEq + fmt::Debug + Sealed {
    /// How many bytes it takes, on the wire and in memory.
    const WIDTH: usize;
    /// Reads the value from exactly [`Fixed::WIDTH`] bytes; of any other number comes zero.
    fn get(bytes: &[u8]) -> Self;
    /// Appends the value.
    fn put(self, out: &mut Vec<u8>);
}

mod sealed {
    /// Keeps the set of fixed-width types closed.
    pub trait Sealed {}
}

macro_rules! integers {
    ($($integer:ty),+) => {$(
        impl Sealed for $integer {}
        impl Fixed for $integer {
            const WIDTH: usize = size_of::<Self>();
            #[inline]
            fn get(bytes: &[u8]) -> Self {
                bytes.try_into().map_or(0, Self::from_be_bytes)
            }
            #[inline]
            fn put(self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_be_bytes());
            }
        }
    )+};
}

integers!(i8, i16, i32, i64);

impl Sealed for Uuid {}
impl Fixed for Uuid {
    const WIDTH: usize = 16;
    #[inline]
    fn get(bytes: &[u8]) -> Self {
        bytes.try_into().map_or(Self::ZERO, Self)
    }
    #[inline]
    fn put(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

macro_rules! newtypes {
    ($($newtype:ident($inner:ty)),+ $(,)?) => {$(
        impl Sealed for $newtype {}
        impl Fixed for $newtype {
            const WIDTH: usize = <$inner>::WIDTH;
            #[inline]
            fn get(bytes: &[u8]) -> Self {
                Self(<$inner>::get(bytes))
            }
            #[inline]
            fn put(self, out: &mut Vec<u8>) {
                self.0.put(out);
            }
        }
    )+};
}

newtypes!(
    NodeId(i32),
    PartitionIndex(i32),
    ProducerId(i64),
    Epoch(i16),
    Sequence(i32),
    TopicId(Uuid),
    ErrorCode(i16),
);

/// An array of fixed-width elements: either the bytes of a frame, or values of its own.
///
/// Reading one allocates nothing; two are equal when their elements are, wherever they lie.
#[derive(Clone)]
pub struct FixedArray<'a, T>(Repr<'a, T>);

const _: () = assert!(size_of::<FixedArray<'_, i32>>() == 16);

#[derive(Clone)]
enum Repr<'a, T> {
    /// Elements as they came, big endian; the length is a multiple of the width.
    Borrowed(&'a [u8]),
    /// Behind one pointer, so that an array is two words, and an `Arc`, so that dropping one that
    /// was read takes a comparison and no call.
    Owned(Arc<Vec<T>>),
}

impl<'a, T> FixedArray<'a, T> {
    /// No elements.
    pub const EMPTY: Self = Self(Repr::Borrowed(&[]));

    /// An array without elements.
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self::EMPTY
    }

    /// Views `bytes`, whose length must be a multiple of the width, as elements.
    #[inline]
    pub(crate) const fn borrowed(bytes: &'a [u8]) -> Self {
        Self(Repr::Borrowed(bytes))
    }
}

impl<T: Fixed> FixedArray<'_, T> {
    /// How many elements there are.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Repr::Borrowed(bytes) => bytes.len() / T::WIDTH,
            Repr::Owned(values) => values.len(),
        }
    }

    /// Whether there are none.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements, in order.
    #[inline]
    #[must_use]
    pub fn iter(&self) -> Iter<'_, T> {
        Iter(match &self.0 {
            Repr::Borrowed(bytes) => Elements::Borrowed(bytes.chunks_exact(T::WIDTH)),
            Repr::Owned(values) => Elements::Owned(values.iter()),
        })
    }

    /// The element at `index`, if there are so many.
    #[inline]
    #[must_use]
    pub fn get(&self, index: usize) -> Option<T> {
        match &self.0 {
            Repr::Borrowed(bytes) => {
                let at = index.checked_mul(T::WIDTH)?;
                bytes.get(at..at.checked_add(T::WIDTH)?).map(T::get)
            }
            Repr::Owned(values) => values.get(index).copied(),
        }
    }

    /// The elements as a vector.
    #[must_use]
    pub fn to_vec(&self) -> Vec<T> {
        self.iter().collect()
    }

    /// The same elements, independent of the frame.
    #[must_use]
    pub fn into_owned(self) -> FixedArray<'static, T> {
        FixedArray(Repr::Owned(match self.0 {
            Repr::Borrowed(bytes) => Arc::new(bytes.chunks_exact(T::WIDTH).map(T::get).collect()),
            Repr::Owned(values) => values,
        }))
    }

    /// Appends the elements, without a count.
    #[inline]
    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        match &self.0 {
            Repr::Borrowed(bytes) => out.extend_from_slice(bytes),
            Repr::Owned(values) => values.iter().for_each(|value| value.put(out)),
        }
    }
}

impl<T> Default for FixedArray<'_, T> {
    #[inline]
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<T: Fixed> fmt::Debug for FixedArray<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl<T: Fixed> PartialEq for FixedArray<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other)
    }
}

impl<T: Fixed + Eq> Eq for FixedArray<'_, T> {}

impl<T> From<Vec<T>> for FixedArray<'_, T> {
    fn from(values: Vec<T>) -> Self {
        Self(Repr::Owned(Arc::new(values)))
    }
}

impl<T: Clone> From<&[T]> for FixedArray<'_, T> {
    fn from(values: &[T]) -> Self {
        values.to_vec().into()
    }
}

impl<T> FromIterator<T> for FixedArray<'_, T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        values.into_iter().collect::<Vec<T>>().into()
    }
}

impl<'s, T: Fixed> IntoIterator for &'s FixedArray<'_, T> {
    type Item = T;
    type IntoIter = Iter<'s, T>;

    #[inline]
    fn into_iter(self) -> Iter<'s, T> {
        self.iter()
    }
}

/// The elements of a [`FixedArray`], in order.
#[derive(Debug, Clone)]
pub struct Iter<'s, T>(Elements<'s, T>);

#[derive(Debug, Clone)]
enum Elements<'s, T> {
    Borrowed(std::slice::ChunksExact<'s, u8>),
    Owned(std::slice::Iter<'s, T>),
}

impl<T: Fixed> Iterator for Iter<'_, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        match &mut self.0 {
            Elements::Borrowed(chunks) => chunks.next().map(T::get),
            Elements::Owned(values) => values.next().copied(),
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Elements::Borrowed(chunks) => chunks.size_hint(),
            Elements::Owned(values) => values.size_hint(),
        }
    }
}

impl<T: Fixed> ExactSizeIterator for Iter<'_, T> {}
