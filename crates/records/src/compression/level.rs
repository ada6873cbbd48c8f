//! A codec with its level, by the names and ranges that KIP-390 gives them.

use std::fmt;
use std::ops::RangeInclusive;

use super::Codec;

/// A codec and the level it compresses with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Compression {
    codec: Codec,
    /// Within the codec's range; `None` for its default.
    level: Option<i32>,
}

impl Compression {
    /// No compression.
    pub const NONE: Self = Self::of(Codec::None);

    /// A codec with its default level: −1 for gzip, 9 for lz4, 3 for zstd.
    #[must_use]
    pub const fn of(codec: Codec) -> Self {
        Self { codec, level: None }
    }

    /// A codec with a level.
    ///
    /// # Errors
    /// When the codec takes no level, or not this one; the error names the codec and its range.
    pub fn with_level(codec: Codec, level: i32) -> Result<Self, LevelError> {
        match levels(codec) {
            Some(levels) if levels.contains(&level) && !is_gap(codec, level) => {
                Ok(Self { codec, level: Some(level) })
            }
            Some(_) | None => Err(LevelError { codec, level }),
        }
    }

    /// The codec.
    #[must_use]
    pub const fn codec(self) -> Codec {
        self.codec
    }

    /// The level that was asked for; `None` for the default.
    #[must_use]
    pub const fn level(self) -> Option<i32> {
        self.level
    }

    /// What the level changes with the encoders of this build.
    #[must_use]
    pub const fn level_effect(self) -> LevelEffect {
        match (self.codec, self.level) {
            (Codec::Lz4, Some(_)) => LevelEffect::Ignored,
            // The encoder of ours looks no further from here on; C's does.
            (Codec::Zstd, Some(13..)) if cfg!(not(feature = "zstd-c")) => LevelEffect::SameAs(12),
            (Codec::Gzip | Codec::Zstd, Some(_)) => LevelEffect::Applied,
            (Codec::None | Codec::Snappy, Some(_)) | (_, None) => LevelEffect::Unset,
        }
    }
}

impl From<Codec> for Compression {
    fn from(codec: Codec) -> Self {
        Self::of(codec)
    }
}

/// What a level that was accepted changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LevelEffect {
    /// No level was given, and the encoder takes its default.
    Unset,
    /// The encoder compresses with this level.
    Applied,
    /// The encoder compresses with another level, which serves its users better than what it would
    /// do with this one.
    SameAs(i32),
    /// The encoder has one way only: the level is accepted, as Kafka's settings allow it, and
    /// changes nothing.
    Ignored,
}

/// Zero is no level of gzip, though it lies between those that are.
const fn is_gap(codec: Codec, level: i32) -> bool {
    matches!(codec, Codec::Gzip) && level == 0
}

/// The range of a codec's levels, if it has any.
fn levels(codec: Codec) -> Option<RangeInclusive<i32>> {
    match codec {
        Codec::None | Codec::Snappy => None,
        Codec::Gzip => Some(-1..=9),
        Codec::Lz4 => Some(1..=17),
        Codec::Zstd => Some(-131_072..=22),
    }
}

/// A level that its codec does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelError {
    codec: Codec,
    level: i32,
}

impl fmt::Display for LevelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { codec, level } = self;
        match levels(*codec) {
            Some(levels) if is_gap(*codec, *level) => {
                let high = levels.end();
                write!(f, "{codec} has no level 0: its levels are -1 and 1 to {high}")
            }
            Some(levels) => {
                let (low, high) = (levels.start(), levels.end());
                write!(f, "{codec} has no level {level}: its levels are {low} to {high}")
            }
            None => write!(f, "{codec} takes no level, and {level} was given"),
        }
    }
}

impl std::error::Error for LevelError {}
