//! Places by a hash of the bytes that stand there.

/// What an entry holds that was never written.
pub(super) const EMPTY: u32 = 0;
/// An odd number whose bits have no pattern: multiplied with it, each bit changes all above it.
const MIX: u64 = 0x9e37_79b1_85eb_ca87;

/// Entries that are made once and kept; a frame that needs fewer uses the first of them.
#[derive(Debug)]
pub(super) struct Table {
    entries: Vec<u32>,
    /// How many entries are in use, as a power of two.
    log: u32,
}

impl Table {
    /// No entries.
    pub(super) const fn new() -> Self {
        Self { entries: Vec::new(), log: 0 }
    }

    /// Uses so many entries, as a power of two; none for zero.
    pub(super) fn hold(&mut self, log: u32) {
        self.log = log;
        let len = if log == 0 { 0 } else { 1 << log };
        if self.entries.len() < len {
            self.entries = vec![EMPTY; len];
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.entries.fill(EMPTY);
    }

    /// The entries in use, found by a hash of so many bytes, at most eight.
    pub(super) fn keyed(&mut self, bytes: u32) -> Keyed<'_> {
        let entries = self.entries.get_mut(..1 << self.log).unwrap_or_default();
        let unused = 64_u32.saturating_sub(bytes * 8);
        Keyed { entries, factor: MIX << unused.min(56), shift: 64 - self.log.clamp(1, 32) }
    }

    /// Where the entries are and how many, to see whether they were made anew.
    #[cfg(test)]
    pub(super) fn place(&self) -> (*const u32, usize) {
        (self.entries.as_ptr(), self.entries.len())
    }

    /// The entries in use, found by number.
    pub(super) fn numbered(&mut self) -> &mut [u32] {
        self.entries.get_mut(..1 << self.log).unwrap_or_default()
    }
}

/// A table for as long as a block takes.
pub(super) struct Keyed<'a> {
    entries: &'a mut [u32],
    /// Shifted so far that bytes beyond the key do not reach the bits that are used.
    factor: u64,
    shift: u32,
}

impl Keyed<'_> {
    /// Where the entry for these eight bytes is.
    #[inline(always)]
    pub(super) fn slot(&self, eight: u64) -> usize {
        low_usize(eight.wrapping_mul(self.factor) >> self.shift)
    }

    /// Puts a place into a slot and takes out the one before it.
    #[inline(always)]
    pub(super) fn replace(&mut self, slot: usize, place: u32) -> u32 {
        match self.entries.get_mut(slot) {
            Some(entry) => std::mem::replace(entry, place),
            None => EMPTY,
        }
    }

    /// The place in a slot.
    #[inline(always)]
    pub(super) fn look(&self, slot: usize) -> u32 {
        self.entries.get(slot).copied().unwrap_or(EMPTY)
    }

    /// Puts a place into a slot.
    #[inline(always)]
    pub(super) fn put(&mut self, slot: usize, place: u32) {
        if let Some(entry) = self.entries.get_mut(slot) {
            *entry = place;
        }
    }
}

/// The low half of a number.
#[expect(clippy::cast_possible_truncation, reason = "what is cut off is masked")]
#[inline(always)]
pub(super) const fn low(number: usize) -> u32 {
    (number & 0xffff_ffff) as u32
}

#[inline(always)]
const fn low_usize(number: u64) -> usize {
    (number & 0xffff_ffff) as usize
}
