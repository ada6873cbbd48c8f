//! A 128-bit identifier and its text form: URL-safe base64 in 22 characters, without padding.

use std::{
    fmt::{self, Write},
    str::FromStr,
};

/// A 128-bit identifier, most significant byte first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Uuid(pub [u8; 16]);

/// Why a text is not a [`Uuid`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UuidError {
    /// The text has this many bytes instead of 22.
    Length(usize),
    /// The byte at this index is none of the alphabet's.
    Character(usize),
    /// The last character carries bits beyond the 128th.
    ExtraBits,
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const TEXT_LEN: usize = 22;
/// The text has room for 132 bits; the last four are zero.
const SPARE_BITS: u32 = 4;

impl Uuid {
    /// All zeros: no identifier.
    pub const ZERO: Self = Self([0; 16]);

    /// The identifier with these bits, the most significant byte first.
    #[must_use]
    pub const fn from_u128(bits: u128) -> Self {
        Self(bits.to_be_bytes())
    }

    /// The bits, the first byte as the most significant one.
    #[must_use]
    pub const fn as_u128(self) -> u128 {
        u128::from_be_bytes(self.0)
    }

    /// Whether this is [`Uuid::ZERO`].
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.as_u128() == 0
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bits = self.as_u128();
        for _ in 1..TEXT_LEN {
            f.write_char(letter(bits >> 122))?;
            bits <<= 6;
        }
        // Two bits are left, and they stand at the top already.
        f.write_char(letter(bits >> 122))
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Uuid {
    type Err = UuidError;

    fn from_str(text: &str) -> Result<Self, UuidError> {
        if text.len() != TEXT_LEN {
            return Err(UuidError::Length(text.len()));
        }
        let (mut bits, mut last) = (0_u128, 0_u128);
        for (index, byte) in text.bytes().enumerate() {
            last = value(byte).ok_or(UuidError::Character(index))?;
            bits = if index + 1 < TEXT_LEN {
                bits << 6 | last
            } else {
                bits << 2 | last >> SPARE_BITS
            };
        }
        if last.trailing_zeros() < SPARE_BITS {
            return Err(UuidError::ExtraBits);
        }
        Ok(Self::from_u128(bits))
    }
}

fn letter(six_bits: u128) -> char {
    let letter = usize::try_from(six_bits).ok().and_then(|index| ALPHABET.get(index));
    letter.copied().map_or('?', char::from)
}

fn value(byte: u8) -> Option<u128> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'-' => 62,
        b'_' => 63,
        _ => return None,
    };
    Some(u128::from(value))
}

impl fmt::Display for UuidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(len) => write!(f, "an identifier has 22 characters, not {len}"),
            Self::Character(index) => write!(f, "the byte at {index} is not URL-safe base64"),
            Self::ExtraBits => f.write_str("the last character has bits beyond the 128th"),
        }
    }
}

impl std::error::Error for UuidError {}
