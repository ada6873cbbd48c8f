//! How a level searches content of some length.

/// What a frame is searched with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) strategy: Strategy,
    /// How many bytes the short table's key has.
    pub(super) key: u32,
    pub(super) short_log: u32,
    /// Zero where there is no second table.
    pub(super) long_log: u32,
    pub(super) window_log: u32,
}

/// How repetitions are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strategy {
    /// One table; from two neighbours to the next two it goes on by so much.
    Fast { stride: usize },
    /// Two tables: one for short repetitions, one for long ones.
    Double,
    /// Chains of all places with the same hash.
    Lazy(Effort),
}

/// How hard a search along chains tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Effort {
    /// At how many places behind a repetition a better one is looked for.
    pub(super) depth: u32,
    /// How many links of a chain are followed.
    pub(super) attempts: u32,
}

/// Content of a length that has its own tables and keys.
#[derive(Clone, Copy)]
enum Size {
    Small,
    Middle,
    Large,
    Huge,
}

impl Size {
    const fn of(len: usize) -> Self {
        match len {
            0..=0x4000 => Self::Small,
            0x4001..=0x2_0000 => Self::Middle,
            0x2_0001..=0x4_0000 => Self::Large,
            _ => Self::Huge,
        }
    }
}

/// Kafka's default, for which zero is another name.
const DEFAULT_LEVEL: i32 = 3;
/// No table is smaller, as a power of two.
const LEAST_LOG: u32 = 6;
/// The key where more than one look is had. With four bytes, programs become up to 4 % shorter,
/// but records as much longer: few bytes of their numbers repeat by chance, and cost a step.
const KEY: u32 = 5;
/// Chains reach back so far at most, as a power of two.
const LONGEST_CHAIN: u32 = 21;

impl Plan {
    /// The plan of a level, by Kafka's numbers, for content of some length.
    pub(super) const fn of(level: i32, len: usize) -> Self {
        let size = Size::of(len);
        let level = if level == 0 { DEFAULT_LEVEL } else { level };
        let plan = match level {
            ..=2 => Self::fast(level, size),
            3 | 4 => Self::double(level, size),
            _ => Self::lazy(level, size),
        };
        plan.shrunk(len)
    }

    const fn fast(level: i32, size: Size) -> Self {
        let (key, short_log) = match (level, size) {
            (..0, Size::Huge) => (6, 13),
            (..0, _) => (5, 13),
            (..=1, Size::Small) => (5, 14),
            (..=1, Size::Middle) => (6, 13),
            (..=1, Size::Large) => (6, 14),
            (..=1, Size::Huge) => (7, 14),
            (_, Size::Small) => (4, 15),
            (_, Size::Middle) => (5, 15),
            (_, Size::Large) => (5, 16),
            (_, Size::Huge) => (6, 16),
        };
        let stride = if level < 0 { level.unsigned_abs() as usize + 1 } else { 2 };
        let strategy = Strategy::Fast { stride };
        Self { strategy, key, short_log, long_log: 0, window_log: 20 }
    }

    const fn double(level: i32, size: Size) -> Self {
        let (short_log, long_log) = match (level, size) {
            (_, Size::Small) => (14, 15),
            (3, Size::Middle) => (15, 16),
            (_, Size::Middle) => (17, 17),
            (3, Size::Large) => (16, 16),
            (3, Size::Huge) => (16, 17),
            (_, Size::Large | Size::Huge) => (18, 18),
        };
        Self { strategy: Strategy::Double, key: KEY, short_log, long_log, window_log: 21 }
    }

    const fn lazy(level: i32, size: Size) -> Self {
        let (depth, attempts) = match level {
            ..=5 => (0, 8),
            6 => (1, 8),
            7 => (1, 16),
            8 => (2, 16),
            9 => (2, 24),
            10 => (2, 32),
            11 => (2, 64),
            _ => (2, 128),
        };
        let short_log = match size {
            Size::Small => 14,
            Size::Middle => 17,
            Size::Large | Size::Huge => 18,
        };
        let strategy = Strategy::Lazy(Effort { depth, attempts });
        let (long_log, window_log) = (LONGEST_CHAIN, LONGEST_CHAIN);
        Self { strategy, key: KEY, short_log, long_log, window_log }
    }

    /// With no more than about two entries for each byte, and chains as long as the content.
    const fn shrunk(mut self, len: usize) -> Self {
        let bits = usize::BITS - len.saturating_sub(1).leading_zeros();
        let bits = if bits < LEAST_LOG { LEAST_LOG } else { bits };
        if self.short_log > bits + 1 {
            self.short_log = bits + 1;
        }
        let long = if matches!(self.strategy, Strategy::Lazy(_)) { bits } else { bits + 1 };
        if self.long_log > long {
            self.long_log = long;
        }
        self
    }
}
