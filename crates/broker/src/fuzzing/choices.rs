//! Choices that are made by bytes: the same bytes, the same choices.

/// What is left of the input.
pub(super) struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    pub(super) fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    /// All that is left.
    pub(super) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    pub(super) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// A number below `limit`, which is not 0.
    pub(super) fn below(&mut self, limit: u8) -> u8 {
        self.byte().checked_rem(limit).unwrap_or(0)
    }

    /// A place in something of this length.
    pub(super) fn index(&mut self, length: usize) -> Option<usize> {
        let number = usize::from(self.byte()) << 8 | usize::from(self.byte());
        number.checked_rem(length)
    }

    /// A number that is mostly one of those that matter.
    pub(super) fn number(&mut self) -> i64 {
        const TELLING: [i64; 12] =
            [0, 1, -1, 2, -2, 5, 100, 32_766, 32_767, 2_147_483_647, i64::MAX, i64::MIN];
        match self.below(16) {
            few @ 12.. => i64::from(few).wrapping_mul(i64::from(self.byte())),
            telling => TELLING.get(usize::from(telling)).copied().unwrap_or(0),
        }
    }

    pub(super) fn int(&mut self) -> i32 {
        i32::try_from(self.number()).unwrap_or(i32::MIN)
    }

    pub(super) fn short(&mut self) -> i16 {
        i16::try_from(self.number()).unwrap_or(i16::MAX)
    }

    /// A name: mostly one that exists.
    pub(super) fn name(&mut self) -> &'static str {
        let names = [super::TOPIC, super::TOPIC, "group", "id", "", "a b", "__consumer_offsets"];
        let at = self.index(names.len()).unwrap_or(0);
        names.get(at).copied().unwrap_or_default()
    }

    /// Changes a few bytes of a request behind its length, sometimes.
    pub(super) fn damage(&mut self, request: &mut [u8]) {
        let times = self.byte().saturating_sub(200) >> 4;
        for _ in 0..times {
            let (Some(at), byte) = (self.index(request.len().saturating_sub(4)), self.byte())
            else {
                return;
            };
            if let Some(place) = request.get_mut(at.saturating_add(4)) {
                *place = byte;
            }
        }
    }
}
