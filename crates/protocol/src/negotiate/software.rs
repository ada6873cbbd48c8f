//! How the name and the version of a client must be spelt, so that brokers accept them.

use std::borrow::Cow;
use std::fmt;

/// Whether brokers accept `text` as the name or the version of a client's software.
///
/// The rule is `[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?`; anything else, even nothing at all, is
/// answered with INVALID_REQUEST.
pub fn is_software_text(text: &str) -> bool {
    text.chars().all(is_inner) && text.starts_with(is_outer) && text.ends_with(is_outer)
}

/// Makes `text` acceptable as the name or the version of a client's software.
///
/// What is not allowed becomes a dash, and is cut off at both ends. A text that is fine as it is
/// is returned as it is.
///
/// # Errors
/// When nothing is left: there is no letter and no digit in it, of ASCII.
pub fn software_text(text: &str) -> Result<Cow<'_, str>, SoftwareTextError> {
    let text = text.trim_matches(|c| !is_outer(c));
    if text.is_empty() {
        return Err(SoftwareTextError);
    }
    if text.chars().all(is_inner) {
        return Ok(Cow::Borrowed(text));
    }
    Ok(Cow::Owned(text.chars().map(|c| if is_inner(c) { c } else { '-' }).collect()))
}

fn is_outer(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

fn is_inner(c: char) -> bool {
    is_outer(c) || c == '-' || c == '.'
}

/// A name or version without a letter or digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoftwareTextError;

impl fmt::Display for SoftwareTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name or version of a client needs a letter or a digit of ASCII")
    }
}

impl std::error::Error for SoftwareTextError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acceptable_text_stays_as_it_is() {
        for text in ["k", "7", "klamm", "apache-kafka-java", "4.3.0", "a--..b"] {
            assert!(is_software_text(text), "{text}");
            assert!(matches!(software_text(text), Ok(Cow::Borrowed(same)) if same == text));
        }
    }

    #[test]
    fn what_brokers_refuse_is_replaced_or_cut_off() {
        let cases = [
            ("my app", "my-app"),
            ("-app-", "app"),
            (".1.0.", "1.0"),
            ("1.0+build_7", "1.0-build-7"),
            ("caf\u{e9} 2", "caf--2"),
            (" (beta) ", "beta"),
        ];
        for (text, accepted) in cases {
            assert!(!is_software_text(text), "{text}");
            assert_eq!(software_text(text).as_deref(), Ok(accepted));
            assert!(is_software_text(accepted), "{accepted}");
        }
    }

    #[test]
    fn nothing_can_be_made_of_a_text_without_letter_or_digit() {
        for text in ["", " ", "-", "...", "\u{e9}", "\u{6f22}\u{5b57}"] {
            assert!(!is_software_text(text));
            assert_eq!(software_text(text), Err(SoftwareTextError));
        }
    }
}
