//! XXH32 with seed 0, the checksum within LZ4 frames.
#![deny(clippy::arithmetic_side_effects)]

const P1: u32 = 0x9e37_79b1;
const P2: u32 = 0x85eb_ca77;
const P3: u32 = 0xc2b2_ae3d;
const P4: u32 = 0x27d4_eb2f;
const P5: u32 = 0x1656_67b1;

/// The checksum of some bytes.
pub(super) fn xxh32(bytes: &[u8]) -> u32 {
    let (stripes, tail) = bytes.as_chunks::<16>();
    let mut sum = if stripes.is_empty() { P5 } else { striped(stripes) };
    let [a, b, c, d, ..] = u64::try_from(bytes.len()).unwrap_or_default().to_le_bytes();
    sum = sum.wrapping_add(u32::from_le_bytes([a, b, c, d]));
    let (words, tail) = tail.as_chunks::<4>();
    for word in words {
        let lane = u32::from_le_bytes(*word).wrapping_mul(P3);
        sum = sum.wrapping_add(lane).rotate_left(17).wrapping_mul(P4);
    }
    for byte in tail {
        let lane = u32::from(*byte).wrapping_mul(P5);
        sum = sum.wrapping_add(lane).rotate_left(11).wrapping_mul(P1);
    }
    sum = (sum ^ (sum >> 15)).wrapping_mul(P2);
    sum = (sum ^ (sum >> 13)).wrapping_mul(P3);
    sum ^ (sum >> 16)
}

/// Four lanes over all complete stripes, joined.
fn striped(stripes: &[[u8; 16]]) -> u32 {
    let mut lanes = [P1.wrapping_add(P2), P2, 0, P1.wrapping_neg()];
    for stripe in stripes {
        let (words, _) = stripe.as_chunks::<4>();
        for (lane, word) in lanes.iter_mut().zip(words) {
            let input = u32::from_le_bytes(*word).wrapping_mul(P2);
            *lane = lane.wrapping_add(input).rotate_left(13).wrapping_mul(P1);
        }
    }
    lanes
        .iter()
        .zip([1, 7, 12, 18])
        .fold(0, |sum, (lane, turn)| sum.wrapping_add(lane.rotate_left(turn)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_checksums_come_out() {
        assert_eq!(xxh32(b""), 0x02cc_5d05);
        assert_eq!(xxh32(b"a"), 0x550d_7456);
        assert_eq!(xxh32(b"abc"), 0x32d1_53ff);
        assert_eq!(xxh32(b"Nobody inspects the spammish repetition"), 0xe229_3b2f);
    }

    #[test]
    fn the_descriptor_that_java_writes_has_its_checksum() {
        assert_eq!(xxh32(&[0x60, 0x40]).to_le_bytes()[1], 0x82);
    }
}
