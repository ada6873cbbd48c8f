//! Classes of lengths: which there are, and how likely they are where nobody says.

/// The classes of a length.
#[derive(Debug)]
pub(super) struct Classes {
    /// Those of the shortest lengths.
    short: [Class; SHORT],
    /// What is added to the logarithm of a longer length for its class.
    above: u8,
}

/// Lengths below this one have their classes in a table; above it, each power of two has a class.
const SHORT: usize = 128;

/// A class, the rest that it does not say, and how many bits that has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) rest: u16,
    pub(super) class: u8,
    pub(super) width: u8,
}

impl Classes {
    /// Classes with as many bits as a list of widths says, each beginning where the one before
    /// ends.
    #[expect(
        clippy::indexing_slicing,
        clippy::cast_possible_truncation,
        reason = "it is evaluated while compiling"
    )]
    const fn new<const N: usize>(list: [u8; N]) -> Self {
        let none = Class { rest: 0, class: 0, width: 0 };
        let mut classes = Self { short: [none; SHORT], above: N as u8 - 17 };
        let (mut length, mut class) = (0, 0);
        while class < N && length < SHORT {
            let mut rest = 0;
            while rest < 1 << list[class] && length < SHORT {
                classes.short[length] = Class { rest, class: class as u8, width: list[class] };
                rest += 1;
                length += 1;
            }
            class += 1;
        }
        classes
    }

    /// The class of a length below 2¹⁷.
    #[inline]
    pub(super) fn of(&self, length: u32) -> Class {
        if let Some(class) = self.short.get(length as usize) {
            return *class;
        }
        let [width, ..] = length.ilog2().to_le_bytes();
        let rest = length & !u32::MAX.wrapping_shl(u32::from(width));
        let rest = (rest & 0xffff) as u16;
        Class { rest, class: width.wrapping_add(self.above), width }
    }
}

/// RFC 8878, table 16.
pub(super) static LITERALS: Classes = Classes::new([
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11,
    12, 13, 14, 15, 16,
]);

/// RFC 8878, table 17, for lengths less three.
pub(super) static MATCHES: Classes = Classes::new([
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
]);

/// RFC 8878, appendix A: the distributions of blocks that bring none.
pub(super) static KNOWN_LITERALS: [i16; 36] = [
    4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1,
    -1, -1, -1, -1,
];
/// See [`KNOWN_LITERALS`].
pub(super) static KNOWN_OFFSETS: [i16; 29] =
    [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1];
/// See [`KNOWN_LITERALS`].
pub(super) static KNOWN_MATCHES: [i16; 53] = [
    1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(classes: &Classes, length: u32, expected: (u8, u16, u8)) {
        let Class { class, rest, width } = classes.of(length);
        assert_eq!((class, rest, width), expected, "{length}");
    }

    #[test]
    fn lengths_fall_into_the_classes_of_the_tables() {
        for (length, expected) in [
            (0, (0, 0, 0)),
            (15, (15, 0, 0)),
            (17, (16, 1, 1)),
            (63, (24, 15, 4)),
            (64, (25, 0, 6)),
            (127, (25, 63, 6)),
            (128, (26, 0, 7)),
            (65_535, (34, 32_767, 15)),
            (65_536, (35, 0, 16)),
            (131_071, (35, 65_535, 16)),
        ] {
            check(&LITERALS, length, expected);
        }
        for (length, expected) in [
            (3, (0, 0, 0)),
            (34, (31, 0, 0)),
            (36, (32, 1, 1)),
            (98, (41, 15, 4)),
            (99, (42, 0, 5)),
            (130, (42, 31, 5)),
            (131, (43, 0, 7)),
            (65_538, (51, 32_767, 15)),
            (65_539, (52, 0, 16)),
            (131_074, (52, 65_535, 16)),
        ] {
            check(&MATCHES, length - 3, expected);
        }
    }
}
