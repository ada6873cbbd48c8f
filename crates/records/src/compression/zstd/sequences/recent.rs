//! The latest three distances, which are told in few bits.

/// The latest distances, the very latest one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Recent([u32; 3]);

impl Recent {
    /// What a frame begins with.
    pub(in super::super) const START: Self = Self([1, 4, 8]);

    /// The offset that tells a distance.
    #[inline]
    pub(super) fn offset(&mut self, distance: u32, is_without_literals: bool) -> u32 {
        let [first, second, third] = self.0;
        if is_without_literals {
            // The latest distance would have been part of the repetition before: the others move
            // up, and what is one less than the latest comes last.
            self.told_without(distance)
        } else if distance == first {
            1
        } else if distance == second {
            self.0 = [second, first, third];
            2
        } else {
            self.0 = [distance, first, second];
            if distance == third { 3 } else { distance.wrapping_add(3) }
        }
    }

    #[inline]
    fn told_without(&mut self, distance: u32) -> u32 {
        let [first, second, third] = self.0;
        if distance == second {
            self.0 = [second, first, third];
            return 1;
        }
        self.0 = [distance, first, second];
        if distance == third {
            2
        } else if distance == first.wrapping_sub(1) {
            3
        } else {
            distance.wrapping_add(3)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As RFC 8878, section 3.1.2.5 has it, from the reader's side.
    fn read(recent: &mut [u32; 3], offset: u32, is_without_literals: bool) -> u32 {
        let index = if offset > 3 { 4 } else { offset + u32::from(is_without_literals) };
        let distance = match index {
            1 => return recent[0],
            2 => recent[1],
            3 => recent[2],
            _ if offset == 3 => recent[0] - 1,
            _ => offset - 3,
        };
        *recent = [distance, recent[0], if index == 2 { recent[2] } else { recent[1] }];
        distance
    }

    #[test]
    fn a_reader_follows_every_offset() {
        let (mut recent, mut reader) = (Recent::START, Recent::START.0);
        let mut number = 1_u32;
        let mut told = [0; 5];
        for _ in 0..10_000 {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (distance, is_without) = ((number >> 24) % 12 + 1, number & 1 << 20 == 0);
            let offset = recent.offset(distance, is_without);
            assert_eq!(read(&mut reader, offset, is_without), distance);
            assert_eq!(recent.0, reader);
            told[offset.min(4) as usize] += 1;
        }
        assert!(told[1..].iter().all(|times| *times > 100), "{told:?}");
    }
}
