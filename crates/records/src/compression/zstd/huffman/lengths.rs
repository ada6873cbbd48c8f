//! How long the code of each byte is.

use super::{Histogram, LITERALS, MAX_BITS};

/// The lengths of a complete code, none of which is longer than it may be; 0 for bytes that do not
/// occur. Two bytes at least occur.
pub(super) fn lengths(histogram: &Histogram) -> [u8; LITERALS] {
    let mut nodes = [0_u64; LITERALS];
    let mut present = 0;
    for (byte, count) in (0_u64..).zip(histogram.as_array()).filter(|(_, count)| **count > 0) {
        if let Some(slot) = nodes.get_mut(present) {
            *slot = u64::from(*count) << 8 | byte;
            present += 1;
        }
    }
    let nodes = nodes.get_mut(..present).unwrap_or_default();
    nodes.sort_unstable();
    let mut of_length = depths(nodes);
    limit(&mut of_length);
    assign(nodes, of_length)
}

/// How many codes there are of each length.
type OfLength = [u16; LITERALS];

/// How deep the leaves stand in the tree that joins the two rarest nodes again and again.
fn depths(leaves: &[u64]) -> OfLength {
    let (parents, joined) = join(leaves);
    let mut of_length = [0; LITERALS];
    let mut depth_of = [0_u8; LITERALS];
    // Parents come after their children, so depths are known from the root down.
    for node in (0..joined.saturating_sub(1)).rev() {
        let depth = depth_of.get(parent(&parents, LITERALS + node)).copied().unwrap_or(0) + 1;
        if let Some(slot) = depth_of.get_mut(node) {
            *slot = depth;
        }
    }
    for leaf in 0..leaves.len() {
        let depth = depth_of.get(parent(&parents, leaf)).copied().unwrap_or(0) + 1;
        if let Some(slot) = of_length.get_mut(usize::from(depth)) {
            *slot += 1;
        }
    }
    of_length
}

/// The joined node above each node: leaves from 0 on, joined nodes from 256 on.
type Parents = [u8; 2 * LITERALS];

#[inline]
fn parent(parents: &Parents, node: usize) -> usize {
    parents.get(node).copied().map_or(0, usize::from)
}

/// Joins the two rarest nodes until one is left: the parents, and how many were joined. Leaves are
/// sorted, and so are joined nodes, as each is at least as frequent as the one before.
fn join(leaves: &[u64]) -> (Parents, usize) {
    let mut parents = [0; 2 * LITERALS];
    let mut counts = [u64::MAX; LITERALS];
    let (mut leaf, mut node, mut joined) = (0, 0, 0_u8);
    for _ in 1..leaves.len() {
        let mut sum = 0;
        for _ in 0..2 {
            let rare = leaves.get(leaf).map_or(u64::MAX, |leaf| leaf >> 8);
            let inner = counts.get(node).copied().unwrap_or(u64::MAX);
            let (child, count) = if rare <= inner {
                leaf += 1;
                (leaf - 1, rare)
            } else {
                node += 1;
                (LITERALS + node - 1, inner)
            };
            sum += count;
            if let Some(slot) = parents.get_mut(child) {
                *slot = joined;
            }
        }
        if let Some(slot) = counts.get_mut(usize::from(joined)) {
            *slot = sum;
        }
        joined = joined.wrapping_add(1);
    }
    (parents, leaves.len().saturating_sub(1))
}

/// Shortens the codes that are too long, and makes others longer until all have a place.
fn limit(of_length: &mut OfLength) {
    let most = usize::from(MAX_BITS);
    let Some((kept, longer)) = of_length.split_at_mut_checked(most + 1) else { return };
    let too_long: u16 = longer.iter().sum();
    if too_long == 0 {
        return;
    }
    longer.fill(0);
    let Some((last, shorter)) = kept.split_last_mut() else { return };
    *last += too_long;
    let leaves = |length: usize, count: u16| u32::from(count) << (most - length);
    let taken: u32 = (0..).zip(&*shorter).map(|(length, count)| leaves(length, *count)).sum();
    let mut excess = (taken + u32::from(*last)).saturating_sub(1 << most);
    while excess > 0 {
        // One of the longest codes takes a place beside a shorter one, which grows by one bit.
        let Some(length) = shorter.iter().rposition(|count| *count > 0) else { return };
        if let Some(count) = shorter.get_mut(length) {
            *count -= 1;
        }
        match shorter.get_mut(length + 1) {
            Some(count) => {
                *count += 2;
                *last -= 1;
            }
            None => *last += 1,
        }
        excess -= 1;
    }
}

/// Gives the longest codes to the rarest bytes.
fn assign(nodes: &[u64], of_length: OfLength) -> [u8; LITERALS] {
    let mut lengths = [0; LITERALS];
    let mut nodes = nodes.iter();
    for (length, count) in (0..=MAX_BITS).zip(of_length).rev() {
        for node in nodes.by_ref().take(usize::from(count)) {
            if let Some(slot) = lengths.get_mut(usize::from(node.to_le_bytes()[0])) {
                *slot = length;
            }
        }
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many of each byte as a rule says.
    fn lengths_for(count: impl Fn(u32) -> u32, bytes: u32) -> Vec<u8> {
        let all = (0..bytes).flat_map(|byte| vec![byte.to_le_bytes()[0]; count(byte) as usize]);
        lengths(&Histogram::of(&all.collect::<Vec<u8>>())).to_vec()
    }

    fn leaves(lengths: &[u8]) -> u32 {
        lengths.iter().filter(|length| **length > 0).map(|length| 1 << (MAX_BITS - length)).sum()
    }

    #[test]
    fn every_code_is_complete_and_short_enough() {
        let fibonacci = |n| (0..n).fold((1, 1), |(a, b), _| (b, a + b)).0;
        let cases: [(&dyn Fn(u32) -> u32, u32); 6] = [
            (&|_| 1, 256),
            (&|_| 1, 2),
            (&fibonacci, 20),
            (&|byte| 1 + 40_000 / (byte + 1), 256),
            (&|byte| 1 << (byte % 17), 256),
            (&|byte| byte * byte + 1, 200),
        ];
        for (case, (count, bytes)) in cases.into_iter().enumerate() {
            let lengths = lengths_for(count, bytes);
            assert_eq!(leaves(&lengths), 1 << MAX_BITS, "{case}");
            assert_eq!(lengths.iter().filter(|length| **length > 0).count(), bytes as usize);
        }
        assert_eq!(lengths_for(fibonacci, 20).iter().max(), Some(&MAX_BITS));
    }

    #[test]
    fn a_code_that_needs_no_limit_is_the_shortest() {
        assert_eq!(lengths_for(|byte| [40, 30, 20, 10][byte as usize], 4)[..4], [1, 2, 3, 3]);
        assert_eq!(lengths_for(|_| 1, 256), [8; 256]);
        assert_eq!(lengths_for(|_| 9, 3)[..4], [2, 2, 1, 0]);
    }
}
