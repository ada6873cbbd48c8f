//! Contents of many kinds, the same in every run.

/// Numbers without a pattern.
#[derive(Debug)]
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 8) % limit
    }

    pub(super) fn byte_below(&mut self, limit: u64) -> u8 {
        self.below(limit).to_le_bytes()[0]
    }
}

/// Bytes of which the first of so many are the most frequent.
pub(super) fn skewed(len: usize, symbols: u64) -> Vec<u8> {
    let mut random = Random(0x1234_5678_9abc_def1 ^ symbols);
    let mut next = || {
        let limit = random.below(symbols) + 1;
        let limit = random.below(limit) + 1;
        random.byte_below(limit)
    };
    (0..len).map(|_| next()).collect()
}

/// Bytes of which none is more frequent than another.
pub(super) fn noise(len: usize) -> Vec<u8> {
    let mut random = Random(99);
    (0..len).map(|_| random.next().to_le_bytes()[3]).collect()
}

/// Lines as records have them.
pub(super) fn lines(len: usize) -> Vec<u8> {
    let mut random = Random(7);
    let mut text = String::new();
    while text.len() < len {
        let (id, city) = (random.below(100_000), random.byte_below(7));
        text += &format!(
            "{{\"id\":{id},\"state\":\"sent\",\"city\":\"{}\"}}\n",
            "o".repeat(usize::from(city))
        );
    }
    text.truncate(len);
    text.into_bytes()
}
