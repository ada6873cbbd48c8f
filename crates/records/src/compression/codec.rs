//! The codecs, their numbers on the wire and their names in settings.

use std::fmt;
use std::str::FromStr;

/// How the records of a batch are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Codec {
    /// Not at all.
    #[default]
    None,
    /// Gzip members, RFC 1952.
    Gzip,
    /// Snappy blocks in xerial framing.
    Snappy,
    /// Frames of LZ4 blocks.
    Lz4,
    /// Zstandard frames, RFC 8878.
    Zstd,
}

impl Codec {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::None, Self::Gzip, Self::Snappy, Self::Lz4, Self::Zstd];

    /// The number in bits 0 to 2 of a batch's attributes.
    #[must_use]
    pub const fn id(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Gzip => 1,
            Self::Snappy => 2,
            Self::Lz4 => 3,
            Self::Zstd => 4,
        }
    }

    /// The name in settings such as `compression.type`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Snappy => "snappy",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }

    /// Whether this build can compress and decompress it.
    #[must_use]
    pub const fn is_built_in(self) -> bool {
        match self {
            Self::None => true,
            Self::Gzip => cfg!(feature = "gzip"),
            Self::Snappy => cfg!(feature = "snappy"),
            Self::Lz4 => cfg!(feature = "lz4"),
            Self::Zstd => cfg!(any(feature = "zstd", feature = "zstd-c")),
        }
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A number or a name that stands for no codec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCodec(String);

impl fmt::Display for UnknownCodec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no codec: there are none, gzip, snappy, lz4 and zstd", self.0)
    }
}

impl std::error::Error for UnknownCodec {}

impl TryFrom<u8> for Codec {
    type Error = UnknownCodec;

    fn try_from(id: u8) -> Result<Self, UnknownCodec> {
        let found = Self::ALL.into_iter().find(|codec| codec.id() == id);
        found.ok_or_else(|| UnknownCodec(id.to_string()))
    }
}

impl FromStr for Codec {
    type Err = UnknownCodec;

    fn from_str(name: &str) -> Result<Self, UnknownCodec> {
        let found = Self::ALL.into_iter().find(|codec| codec.name() == name);
        found.ok_or_else(|| UnknownCodec(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_lead_back_to_their_codec() {
        for codec in Codec::ALL {
            assert_eq!(Codec::try_from(codec.id()), Ok(codec));
            assert_eq!(codec.to_string().parse(), Ok(codec));
        }
    }

    #[test]
    fn three_numbers_and_every_other_name_are_refused_by_what_they_are() {
        for id in [5, 6, 7, 8, 255] {
            assert_eq!(Codec::try_from(id), Err(UnknownCodec(id.to_string())));
        }
        let error = "Zstd".parse::<Codec>().unwrap_err();
        assert!(error.to_string().starts_with("`Zstd` is no codec"), "{error}");
    }
}
