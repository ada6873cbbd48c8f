//! A step as it is written: three classes, and the bits beside them.

use super::super::parsed::Step;
use super::classes::{LITERALS, MATCHES};

/// The shortest repetition.
const SHORTEST: u32 = 3;

/// The classes of a step's numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coded {
    /// What the classes do not say: of the literals, above it of the match, above it of the
    /// offset.
    pub(super) rest: u64,
    /// How many bits that are: at most 16, 16 and 31.
    pub(super) width: u8,
    pub(super) literal: u8,
    pub(super) offset: u8,
    pub(super) matched: u8,
}

impl Coded {
    /// A step whose distance is told by this offset, which is not zero.
    #[inline]
    pub(super) fn of(step: &Step, offset: u32) -> Self {
        let literal = LITERALS.of(step.literals);
        let matched = MATCHES.of(step.length.wrapping_sub(SHORTEST));
        let class = (offset | 1).ilog2();
        let offset_rest = u64::from(offset) & !u64::MAX.wrapping_shl(class);
        let above = u32::from(literal.width + matched.width);
        let rest = u64::from(literal.rest)
            | u64::from(matched.rest) << (literal.width & 63)
            | offset_rest.wrapping_shl(above);
        let class = class.to_le_bytes()[0];
        Self {
            rest,
            width: literal.width + matched.width + class,
            literal: literal.class,
            offset: class,
            matched: matched.class,
        }
    }
}
