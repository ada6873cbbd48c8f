//! Cuts bytes off the front of a complete slice: the only place that meets nom.
//!
//! The error type is `()`, so that a failed cut costs a branch; [`Reader`](crate::Reader) knows
//! the field and the offset and builds the error that a caller sees.

#![deny(clippy::arithmetic_side_effects)]

use std::{iter, slice};

use nom::{Needed, Parser, bytes::complete::take};

/// Splits off the first `n` bytes: `(the rest, the head)`, or nothing if there are fewer.
#[inline]
pub(crate) fn slice(input: &[u8], n: usize) -> Option<(&[u8], &[u8])> {
    let (rest, head) = take::<usize, Slice<'_>, ()>(n).parse(Slice(input)).ok()?;
    Some((rest.0, head.0))
}

/// Splits off the first `N` bytes as an array: `(the rest, the head)`.
#[inline]
pub(crate) fn array<const N: usize>(input: &[u8]) -> Option<(&[u8], [u8; N])> {
    let (rest, head) = slice(input, N)?;
    Some((rest, head.try_into().ok()?))
}

/// A slice as nom sees it.
///
/// For `&[u8]` itself nom's methods are not inlined into other crates, which makes a call of each
/// four-byte read; with these, a read compiles to a comparison, a load and a byte swap.
#[derive(Clone, Copy)]
struct Slice<'a>(&'a [u8]);

impl<'a> nom::Input for Slice<'a> {
    type Item = u8;
    type Iter = iter::Copied<slice::Iter<'a, u8>>;
    type IterIndices = iter::Enumerate<Self::Iter>;

    #[inline]
    fn input_len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn take(&self, index: usize) -> Self {
        self.take_split(index).1
    }

    #[inline]
    fn take_from(&self, index: usize) -> Self {
        self.take_split(index).0
    }

    #[inline]
    fn take_split(&self, index: usize) -> (Self, Self) {
        let (head, rest) = self.0.split_at_checked(index).unwrap_or((self.0, &[]));
        (Self(rest), Self(head))
    }

    #[inline]
    fn position<P: Fn(u8) -> bool>(&self, predicate: P) -> Option<usize> {
        self.0.iter().position(|byte| predicate(*byte))
    }

    #[inline]
    fn iter_elements(&self) -> Self::Iter {
        self.0.iter().copied()
    }

    #[inline]
    fn iter_indices(&self) -> Self::IterIndices {
        self.iter_elements().enumerate()
    }

    #[inline]
    fn slice_index(&self, count: usize) -> Result<usize, Needed> {
        match count.checked_sub(self.0.len()) {
            None | Some(0) => Ok(count),
            Some(missing) => Err(Needed::new(missing)),
        }
    }
}
