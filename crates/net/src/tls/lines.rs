//! The lines of PEM, as people's editors leave them and as a parser takes them.
#![expect(clippy::wildcard_enum_match_arm, reason = "the list is open and not ours")]

use klamm_cluster::Secret;
use rustls::pki_types::pem::Error;

/// What editors of Windows put before a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The same without what a parser stumbles over: a byte order mark, blanks around lines, and ends
/// of lines of other systems.
///
/// A parser that does not see a label for what stands before it leaves that certificate out without
/// a word.
pub(super) fn straightened(text: &Secret) -> Secret {
    let bytes = text.reveal();
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).map(<[u8]>::trim_ascii);
    let ended = lines.filter(|line| !line.is_empty()).flat_map(|line| [line, b"\n"]);
    Secret::concat(&ended.collect::<Vec<_>>())
}

/// Why a PEM cannot be read, in words of ours: the parser's quote the line, and of a file whose
/// line breaks are gone that is all of it, keys included.
pub(super) fn why(error: &Error) -> &'static str {
    match error {
        Error::MissingSectionEnd { .. } => {
            "a `-----BEGIN …-----` has no `-----END …-----` on a line of its own: the file was \
             cut, or its line breaks are gone"
        }
        Error::IllegalSectionStart { .. } => {
            "a `-----BEGIN …-----` does not stand on a line of its own: its line breaks are gone, \
             or are written as `\\n`"
        }
        Error::Base64Decode(_) => "between `-----BEGIN …-----` and its end stands no base64",
        _ => "it is no PEM",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_lose_what_a_parser_stumbles_over() {
        for text in ["a\nb\n", "\u{feff}a\nb", "a\r\nb\r\n", "\t a \n\n  b", "a\rb\r"] {
            assert_eq!(straightened(&Secret::from(text)), Secret::from("a\nb\n"), "{text:?}");
        }
    }
}
