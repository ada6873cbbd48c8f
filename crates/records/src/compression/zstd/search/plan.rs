//! How a level searches content of some length.

/// What a frame is searched with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) strategy: Strategy,
    /// How many bytes the short table's key has.
    pub(super) key: u32,
    pub(super) short_log: u32,
    pub(super) window_log: u32,
}

/// How repetitions are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strategy {
    /// One table; from two neighbours to the next two it goes on by so much.
    Fast { stride: usize },
}

impl Plan {
    /// The plan of a level, by Kafka's numbers, for content of some length.
    pub(super) const fn of(level: i32, len: usize) -> Self {
        let level = if level == 0 { 3 } else { level };
        Self::fast(level, len)
    }

    const fn fast(level: i32, len: usize) -> Self {
        let (key, short_log) = match (level, len) {
            (..0, ..=0x4_0000) => (5, 13),
            (..0, _) => (6, 13),
            (..=1, ..=0x4000) => (5, 14),
            (..=1, ..=0x2_0000) => (6, 13),
            (..=1, ..=0x4_0000) => (6, 14),
            (..=1, _) => (7, 14),
            (_, ..=0x4000) => (4, 15),
            (_, ..=0x2_0000) => (5, 15),
            (_, ..=0x4_0000) => (5, 16),
            (_, _) => (6, 16),
        };
        let stride = if level < 0 { level.unsigned_abs() as usize + 1 } else { 2 };
        let strategy = Strategy::Fast { stride };
        Self { strategy, key, short_log, window_log: 20 }
    }
}
