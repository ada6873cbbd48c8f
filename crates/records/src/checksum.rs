//! CRC-32C (Castagnoli), and how two of them become that of both parts; and the older CRC-32.

/// The CRC-32C of some bytes, by hardware where there is any.
#[must_use]
pub fn crc32c(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes)
}

/// The CRC-32 of IEEE 802.3 of some bytes, which messages of magic 0 and 1 carry.
#[must_use]
pub fn crc32(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

/// The checksum of two parts, from that of each and the length of the second, whose bytes are not
/// read again.
///
/// Appending n zero bytes to the first part multiplies its checksum by x⁸ⁿ, modulo the polynomial;
/// adding the second part is an exclusive or.
#[must_use]
pub const fn combine(first: u32, second: u32, second_len: u64) -> u32 {
    multiply(first, power_of_x8(second_len)) ^ second
}

/// The polynomial without its highest term; bit 31 is that of x⁰, as the checksum is reflected.
const POLYNOMIAL: u32 = 0x82f6_3b78;
/// The polynomial 1.
const ONE: u32 = 1 << 31;

/// x to the power of 8·2ⁿ, for each n: every length is a product of some of them.
const POWERS: [u32; 64] = {
    let mut powers = [0; 64];
    // The highest bits that matter here: x⁸.
    let mut power = ONE >> 8;
    let mut n = 0;
    while n < powers.len() {
        #[expect(clippy::indexing_slicing, reason = "a constant: it is evaluated while compiling")]
        {
            powers[n] = power;
        }
        power = multiply(power, power);
        n += 1;
    }
    powers
};

/// The product of two polynomials, modulo the third.
const fn multiply(a: u32, mut b: u32) -> u32 {
    let mut product = 0;
    let mut term = 0;
    while term < u32::BITS {
        // All ones if `a` has this term, from x⁰ upwards; without a branch, as none is likely.
        let mask = (a.rotate_left(term + 1) & 1).wrapping_neg();
        product ^= b & mask;
        b = (b >> 1) ^ (POLYNOMIAL & (b & 1).wrapping_neg());
        term += 1;
    }
    product
}

/// x⁸ⁿ.
const fn power_of_x8(mut n: u64) -> u32 {
    let mut product = ONE;
    let mut powers: &[u32] = &POWERS;
    while let [power, rest @ ..] = powers {
        if n == 0 {
            break;
        }
        if n & 1 == 1 {
            product = multiply(product, *power);
        }
        n >>= 1;
        powers = rest;
    }
    product
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_check_values_of_the_algorithms_come_out() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
        assert_eq!(crc32c(b""), 0);
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn long_lengths_combine_as_well() {
        let zeros = vec![0; 1 << 20];
        let whole: Vec<u8> = [b"head".as_slice(), &zeros].concat();
        assert_eq!(combine(crc32c(b"head"), crc32c(&zeros), 1 << 20), crc32c(&whole));
    }

    proptest! {
        #[test]
        fn the_checksums_of_two_parts_combine_to_that_of_both(
            first in proptest::collection::vec(any::<u8>(), 0..300),
            second in proptest::collection::vec(any::<u8>(), 0..3_000),
        ) {
            let whole = [first.as_slice(), &second].concat();
            let combined = combine(crc32c(&first), crc32c(&second), second.len() as u64);
            prop_assert_eq!(combined, crc32c(&whole));
        }
    }
}
