//! The few forms of DER that a certificate is written in.

/// A value with its tag and length.
pub(super) fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let digits: Vec<u8> = length.into_iter().skip_while(|digit| *digit == 0).collect();
    let mut out = vec![tag];
    match digits.as_slice() {
        [] => out.push(0),
        &[short] if short < 0x80 => out.push(short),
        long => {
            out.push(0x80 | u8::try_from(long.len()).unwrap_or_default());
            out.extend_from_slice(long);
        }
    }
    out.extend_from_slice(content);
    out
}

pub(super) fn sequence<const N: usize>(parts: &[Vec<u8>; N]) -> Vec<u8> {
    tagged(0x30, &parts.concat())
}

pub(super) fn set<const N: usize>(parts: &[Vec<u8>; N]) -> Vec<u8> {
    tagged(0x31, &parts.concat())
}

/// A number that is not negative, most significant byte first.
pub(super) fn integer(bytes: &[u8]) -> Vec<u8> {
    let mut digits: Vec<u8> = bytes.iter().copied().skip_while(|digit| *digit == 0).collect();
    // The first bit is the sign's, and zero has one digit.
    if digits.first().is_none_or(|first| *first >= 0x80) {
        digits.insert(0, 0);
    }
    tagged(0x02, &digits)
}

pub(super) fn boolean(value: bool) -> Vec<u8> {
    tagged(0x01, &[if value { 0xff } else { 0 }])
}

pub(super) fn octets(content: &[u8]) -> Vec<u8> {
    tagged(0x04, content)
}

/// Bits of which the last `unused` ones do not count.
pub(super) fn bits(unused: u8, content: &[u8]) -> Vec<u8> {
    tagged(0x03, &[&[unused], content].concat())
}

pub(super) fn text(text: &str) -> Vec<u8> {
    tagged(0x0c, text.as_bytes())
}

/// A moment before 2050, `YYMMDDhhmmssZ`.
pub(super) fn utc_time(time: &str) -> Vec<u8> {
    tagged(0x17, time.as_bytes())
}

/// An object identifier by its numbers; the first two share a byte.
pub(super) fn oid(numbers: &[u32]) -> Vec<u8> {
    let (Some(first), Some(second)) = (numbers.first(), numbers.get(1)) else {
        return tagged(0x06, &[]);
    };
    let shared = first.saturating_mul(40).saturating_add(*second);
    let rest = numbers.iter().skip(2).copied();
    tagged(0x06, &std::iter::once(shared).chain(rest).flat_map(groups).collect::<Vec<u8>>())
}

/// Groups of seven bits, all but the last with the eighth one set.
fn groups(number: u32) -> Vec<u8> {
    let group = |index: u32| {
        let [.., low] = (number >> (7 * index)).to_be_bytes();
        if index == 0 { low & 0x7f } else { low | 0x80 }
    };
    (0..5).rev().filter(|index| *index == 0 || number >> (7 * index) > 0).map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_as_short_as_can_be() {
        for (len, head) in
            [(0, &[4, 0][..]), (127, &[4, 127]), (128, &[4, 0x81, 128]), (256, &[4, 0x82, 1, 0])]
        {
            let written = octets(&vec![7; len]);
            assert!(written.starts_with(head), "{len}");
            assert_eq!(written.len(), head.len() + len);
        }
    }

    #[test]
    fn numbers_are_not_negative_and_have_no_leading_zeros() {
        assert_eq!(integer(&[]), [2, 1, 0]);
        assert_eq!(integer(&[0, 0, 1]), [2, 1, 1]);
        assert_eq!(integer(&[0x80]), [2, 2, 0, 0x80]);
    }

    #[test]
    fn object_identifiers_are_in_groups_of_seven_bits() {
        assert_eq!(oid(&[1, 2, 840, 10045]), [6, 5, 0x2a, 0x86, 0x48, 0xce, 0x3d]);
        assert_eq!(oid(&[2, 5, 29, 17]), [6, 3, 0x55, 0x1d, 0x11]);
    }
}
