//! Ranges of message versions and the little algebra that the specs need.

use std::fmt;

/// A closed range of versions; empty when `min > max`. Open ends are `i16::MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Versions {
    pub(crate) min: i16,
    pub(crate) max: i16,
}

impl Versions {
    pub(crate) const NONE: Self = Self { min: 1, max: 0 };
    pub(crate) const ALL: Self = Self { min: 0, max: i16::MAX };

    /// Parses `none`, `A`, `A-B` and `A+`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let bad = || format!("`{text}` is not a range of versions");
        let number = |part: &str| part.trim().parse::<i16>().ok().filter(|n| *n >= 0);
        if text == "none" {
            return Ok(Self::NONE);
        }
        if let Some(min) = text.strip_suffix('+') {
            return Ok(Self { min: number(min).ok_or_else(bad)?, max: i16::MAX });
        }
        let (min, max) = text.split_once('-').unwrap_or((text, text));
        let range = Self { min: number(min).ok_or_else(bad)?, max: number(max).ok_or_else(bad)? };
        if range.is_empty() { Err(bad()) } else { Ok(range) }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.min > self.max
    }

    pub(crate) fn is_open(self) -> bool {
        self.max == i16::MAX
    }

    pub(crate) fn contains(self, version: i16) -> bool {
        self.min <= version && version <= self.max
    }

    /// Whether every version of `other` is one of ours; the empty range is inside any other.
    pub(crate) fn covers(self, other: Self) -> bool {
        other.is_empty() || (self.min <= other.min && other.max <= self.max)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        let both = Self { min: self.min.max(other.min), max: self.max.min(other.max) };
        if both.is_empty() { Self::NONE } else { both }
    }

    /// The smallest range that holds both.
    pub(crate) fn hull(self, other: Self) -> Self {
        match (self.is_empty(), other.is_empty()) {
            (true, _) => other,
            (_, true) => self,
            _ => Self { min: self.min.min(other.min), max: self.max.max(other.max) },
        }
    }

    /// What lies below `other`, which must reach to our upper end.
    pub(crate) fn below(self, other: Self) -> Self {
        if other.is_empty() {
            return self;
        }
        self.and(Self { min: 0, max: other.min.saturating_sub(1) }.normalised())
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = i16> {
        self.min..=self.max
    }

    fn normalised(self) -> Self {
        if self.is_empty() { Self::NONE } else { self }
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            _ if self.is_empty() => f.write_str("none"),
            _ if self.is_open() => write!(f, "{}+", self.min),
            _ if self.min == self.max => write!(f, "{}", self.min),
            _ => write!(f, "{}-{}", self.min, self.max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Versions;

    fn range(text: &str) -> Versions {
        Versions::parse(text).unwrap()
    }

    #[test]
    fn every_form_reads_and_prints_the_same() {
        for text in ["none", "0", "3", "0-7", "2+"] {
            assert_eq!(range(text).to_string(), text);
        }
        assert_eq!(range(" 1 - 4 "), Versions { min: 1, max: 4 });
    }

    #[test]
    fn malformed_ranges_are_refused() {
        for text in ["", "a", "4-2", "-1", "1-", "+", "40000+", "1-2-3"] {
            assert!(Versions::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ranges_are_cut_and_joined() {
        assert_eq!(range("0-7").and(range("3+")), range("3-7"));
        assert!(range("0-2").and(range("3+")).is_empty());
        assert_eq!(range("0-2").hull(range("5")), range("0-5"));
        assert_eq!(range("2-9").below(range("5+")), range("2-4"));
        assert!(range("5-9").below(range("5+")).is_empty());
        assert!(range("5-9").below(range("0+")).is_empty());
        assert_eq!(range("5-9").below(Versions::NONE), range("5-9"));
        assert!(range("0+").covers(Versions::NONE));
        assert!(!range("1+").covers(range("0-3")));
    }
}
