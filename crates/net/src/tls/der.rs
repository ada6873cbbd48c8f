//! A reader of DER that believes no length and never goes deeper than it is asked to.

/// What is left of a sequence of values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Der<'a> {
    rest: &'a [u8],
}

impl<'a> Der<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next value, as its tag and content; `None` at the end or where the bytes are no DER.
    pub(super) fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.rest.split_first()?;
        // Tags of more than one byte stand nowhere in a certificate.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (length, rest) = length(rest)?;
        let (content, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some((tag, content))
    }

    /// The content of the next value, which has to bear this tag.
    pub(super) fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, content) = self.next()?;
        (found == tag).then_some(content)
    }

    /// The content of the next value if it bears this tag; otherwise nothing is read.
    pub(super) fn optional(&mut self, tag: u8) -> Option<&'a [u8]> {
        let mut ahead = *self;
        let content = ahead.expect(tag)?;
        *self = ahead;
        Some(content)
    }
}

/// A length, and what follows it.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    if first < 0x80 {
        return Some((usize::from(first), rest));
    }
    let digits = usize::from(first & 0x7f);
    // Four digits are four gigabytes, and none would be a length that nobody knows.
    if !(1..=4).contains(&digits) {
        return None;
    }
    let (digits, rest) = rest.split_at_checked(digits)?;
    let length = digits.iter().fold(0_u32, |length, digit| length << 8 | u32::from(*digit));
    Some((usize::try_from(length).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_one_after_the_other() {
        let mut der = Der::new(&[0x04, 2, 7, 8, 0x02, 0x81, 1, 9]);
        assert_eq!(der.optional(0x02), None);
        assert_eq!(der.optional(0x04), Some(&[7, 8][..]));
        assert_eq!(der.expect(0x02), Some(&[9][..]));
        assert_eq!(der.next(), None);
    }

    #[test]
    fn a_length_beyond_the_bytes_is_no_value() {
        for bytes in [&[4, 3, 1, 2][..], &[4, 0x84, 255, 255, 255, 255], &[4, 0x80], &[4, 0x85]] {
            assert_eq!(Der::new(bytes).next(), None, "{bytes:?}");
        }
    }
}
