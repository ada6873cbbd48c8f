//! Bytes as hexadecimal text, and where two strings of bytes part.

use crate::fields::Problem;

/// How many bytes are shown before and from a place.
const BEFORE: usize = 4;
const FROM: usize = 8;

/// The bytes of lowercase hexadecimal text; capitals are not what the format says.
pub(crate) fn from_hex(text: &str) -> Result<Vec<u8>, Problem> {
    let (pairs, odd) = text.as_bytes().as_chunks::<2>();
    if !odd.is_empty() {
        return Err("an odd number of hexadecimal digits".to_owned());
    }
    let byte = |pair: &[u8; 2]| Some(digit(pair[0])? << 4 | digit(pair[1])?);
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    bytes.ok_or_else(|| "not lowercase hexadecimal".to_owned())
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

/// Tells where and how our bytes differ from those of the line.
pub(crate) fn difference(ours: &[u8], line: &[u8]) -> Option<Problem> {
    let at = first_difference(ours, line)?;
    let lengths = match (ours.len(), line.len()) {
        (ours, line) if ours == line => String::new(),
        (ours, line) => format!(", {ours} bytes instead of {line}"),
    };
    let (ours, line) = (around(ours, at), around(line, at));
    Some(format!("byte {at}: ours are {ours}, the line has {line}{lengths}"))
}

fn first_difference(ours: &[u8], line: &[u8]) -> Option<usize> {
    let differing = ours.iter().zip(line).position(|(ours, line)| ours != line);
    let common = ours.len().min(line.len());
    differing.or_else(|| (ours.len() != line.len()).then_some(common))
}

/// A few bytes around a place, which stands after the bar.
pub(crate) fn around(bytes: &[u8], at: usize) -> String {
    let at = at.min(bytes.len());
    let (from, to) = (at.saturating_sub(BEFORE), bytes.len().min(at + FROM));
    let before = hex(bytes.get(from..at).unwrap_or_default());
    let after = hex(bytes.get(at..to).unwrap_or_default());
    let (left, right) = (dots(from > 0), dots(to < bytes.len()));
    format!("{left}{before}|{after}{right}")
}

fn dots(are_there: bool) -> &'static str {
    if are_there { "…" } else { "" }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_text_is_lowercase_and_of_even_length() {
        assert_eq!(from_hex("00ff1a"), Ok(vec![0x00, 0xff, 0x1a]));
        assert_eq!(from_hex(""), Ok(vec![]));
        assert!(from_hex("0").is_err());
        assert!(from_hex("FF").is_err());
        assert!(from_hex("0g").is_err());
        assert!(from_hex("é").is_err());
    }

    #[test]
    fn equal_bytes_have_no_difference() {
        assert_eq!(difference(b"", b""), None);
        assert_eq!(difference(b"abc", b"abc"), None);
    }

    #[test]
    fn a_difference_is_shown_with_its_place() {
        let (ours, mut line) = ([7; 20], [7; 20]);
        line[9] = 8;
        let expected = "byte 9: ours are …07070707|0707070707070707…, \
                        the line has …07070707|0807070707070707…";
        assert_eq!(difference(&ours, &line).as_deref(), Some(expected));
    }

    #[test]
    fn a_missing_end_is_a_difference() {
        let expected = "byte 1: ours are 01|, the line has 01|02, 1 bytes instead of 2";
        assert_eq!(difference(&[1], &[1, 2]).as_deref(), Some(expected));
        assert!(difference(&[1, 2], &[1]).is_some());
    }
}
