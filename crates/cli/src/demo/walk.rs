//! Goes through bytes field by field, and writes a line for each.

use std::fmt::Write as _;

/// How many bytes of a field are shown.
const SHOWN: usize = 8;

/// A walk through bytes that are shown as lines.
pub(super) struct Walk<'a> {
    rest: &'a [u8],
    at: usize,
    lines: Vec<String>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, at: 0, lines: Vec::new() }
    }

    /// The next field, of this length; nothing if there are not as many bytes.
    pub(super) fn field(&mut self, len: usize, name: &str, meaning: &str) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(len)?;
        let mut hex = String::new();
        for byte in bytes.iter().take(SHOWN) {
            let _ = write!(hex, "{byte:02x} ");
        }
        if len > SHOWN {
            hex.push_str("..");
        }
        let line = format!("  {:04x}  {hex:<26} {name:<18} {meaning}", self.at);
        self.lines.push(line.trim_end().to_owned());
        self.rest = rest;
        self.at = self.at.saturating_add(len);
        Some(bytes)
    }

    /// How many bytes the number takes that stands `skip` bytes further on, seven bits in each.
    pub(super) fn varint(&self, skip: usize) -> Option<usize> {
        let bytes = self.rest.get(skip..)?;
        let last = bytes.iter().take(10).position(|byte| byte & 0x80 == 0)?;
        last.checked_add(1)
    }

    pub(super) fn lines(self) -> Vec<String> {
        self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_follow_one_another_and_the_end_is_no_field() {
        let mut walk = Walk::new(&[1, 2, 0x80, 0x01, 9]);
        assert_eq!(walk.field(2, "two", "both"), Some([1, 2].as_slice()));
        assert_eq!(walk.varint(0), Some(2));
        assert_eq!(walk.varint(2), Some(1));
        assert!(walk.field(4, "too much", "").is_none());
        assert!(walk.field(3, "rest", "").is_some());
        assert_eq!(walk.varint(0), None);
        let lines = walk.lines();
        assert!(lines[0].starts_with("  0000  01 02 ") && lines[0].ends_with("both"), "{lines:?}");
        assert!(lines[1].starts_with("  0002  80 01 09 "), "{lines:?}");
    }
}
