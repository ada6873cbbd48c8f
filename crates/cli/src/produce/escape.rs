//! Bytes that cannot be typed, written with backslashes.

use crate::arguments::Complaint;

/// The bytes that a text with `\t`, `\n`, `\r`, `\0`, `\\` and `\xHH` stands for; all else stands
/// for itself.
///
/// # Errors
/// When a backslash stands before anything else.
pub(super) fn unescaped(text: &str) -> Result<Vec<u8>, Complaint> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        bytes.extend_from_slice(plain.as_bytes());
        let mut chars = escape.chars();
        bytes.push(match chars.next() {
            Some('t') => b'\t',
            Some('n') => b'\n',
            Some('r') => b'\r',
            Some('0') => 0,
            Some('\\') => b'\\',
            Some('x') => {
                let digits = escape.get(1..3).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
                let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                chars.nth(1);
                byte.ok_or_else(|| format!("`{text}`: behind \\x stand two hexadecimal digits"))?
            }
            _ => {
                return Err(format!(
                    "`{text}`: a backslash stands before t, n, r, 0, another one, or x and two \
                     hexadecimal digits"
                ));
            }
        });
        rest = chars.as_str();
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

/// The same where at least one byte is needed.
///
/// # Errors
/// When there is none, or an escape is none.
pub(super) fn delimiter(option: &str, text: &str) -> Result<Vec<u8>, Complaint> {
    let bytes = unescaped(text).map_err(|complaint| format!("{option}: {complaint}"))?;
    if bytes.is_empty() { Err(format!("{option} needs at least one byte")) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_escape_is_its_byte() {
        assert_eq!(unescaped(r"a\tb\n\r\0\\\xfF\x00ä").unwrap(), b"a\tb\n\r\0\\\xff\0\xc3\xa4");
        assert_eq!(delimiter("-D", "||").unwrap(), b"||");
    }

    #[test]
    fn what_is_no_escape_is_refused() {
        for text in [r"\", r"\x", r"\x1", r"\xg0", r"\x+1", r"\q", r"\xä"] {
            assert!(unescaped(text).is_err(), "{text}");
        }
        assert_eq!(delimiter("-K", "").unwrap_err(), "-K needs at least one byte");
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in r#"[\\x0-9tn\PC]{0,12}"#) {
            if let Ok(bytes) = unescaped(&text) {
                prop_assert!(bytes.len() <= text.len());
            }
        }

        #[test]
        fn bytes_written_as_digits_come_back(bytes: Vec<u8>) {
            let text: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
            prop_assert_eq!(unescaped(&text).unwrap(), bytes);
        }
    }
}
