//! Copies of literals and of what was written before, short ones without a call.

#![deny(clippy::arithmetic_side_effects)]

/// What is copied at once where there is room for it; what is too much is written over later.
const WIDE: usize = 16;

/// Writes `literals` at `place`; `source` starts with them and may go on. `None` for lack of room.
#[inline]
pub(super) fn literals(
    output: &mut [u8],
    place: usize,
    source: &[u8],
    len: usize,
) -> Option<usize> {
    let target = output.get_mut(place..)?;
    if len <= WIDE
        && let (Some(from), Some(to)) =
            (source.first_chunk::<WIDE>(), target.first_chunk_mut::<WIDE>())
    {
        *to = *from;
    } else {
        target.get_mut(..len)?.copy_from_slice(source.get(..len)?);
    }
    place.checked_add(len)
}

/// Repeats `len` bytes from `distance` before `place`. `None` for lack of room; the distance leads
/// to what was written.
#[inline]
pub(super) fn repetition(
    output: &mut [u8],
    place: usize,
    distance: usize,
    len: usize,
) -> Option<usize> {
    let end = place.checked_add(len)?;
    if end > output.len() {
        return None;
    }
    let (before, target) = output.split_at_mut_checked(place)?;
    let source = before.get(before.len().checked_sub(distance)?..)?;
    if len <= WIDE
        && let (Some(from), Some(to)) =
            (source.first_chunk::<WIDE>(), target.first_chunk_mut::<WIDE>())
    {
        *to = *from;
    } else if len <= distance {
        target.get_mut(..len)?.copy_from_slice(source.get(..len)?);
    } else {
        overlapping(output.get_mut(place.checked_sub(distance)?..end)?, distance);
    }
    Some(end)
}

/// Fills `bytes` with repetitions of its first `period` bytes, twice as many each time.
fn overlapping(bytes: &mut [u8], period: usize) {
    let mut filled = period;
    while filled < bytes.len() {
        let (done, rest) = bytes.split_at_mut(filled);
        let len = filled.min(rest.len());
        if let (Some(to), Some(from)) = (rest.get_mut(..len), done.get(..len)) {
            to.copy_from_slice(from);
        }
        filled = filled.saturating_add(len);
        if len == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_may_overlap_themselves() {
        for (distance, len) in [(1, 40), (3, 17), (7, 100), (16, 16), (20, 5), (40, 40), (2, 1)] {
            let mut output = [0; 200];
            let start: Vec<u8> = (1..=50).collect();
            output[..50].copy_from_slice(&start);
            let end = repetition(&mut output, 50, distance, len).unwrap();
            let mut expected = start;
            for _ in 0..len {
                expected.push(expected[expected.len() - distance]);
            }
            assert_eq!(output[..end], expected, "{distance} {len}");
        }
    }

    #[test]
    fn nothing_is_written_past_the_end() {
        let mut output = [7; 20];
        assert_eq!(repetition(&mut output, 10, 5, 11), None);
        assert_eq!(repetition(&mut output, 10, 11, 1), None);
        assert_eq!(literals(&mut output, 15, &[1; 6], 6), None);
        assert_eq!(output, [7; 20]);
        assert_eq!(literals(&mut output, 15, &[1; 16], 5), Some(20));
    }
}
