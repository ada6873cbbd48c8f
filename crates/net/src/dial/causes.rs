//! What the errors of the system mean, in one table.

use std::io;

use klamm_cluster::Cause;

/// The longest words of a system that are passed on.
const WORDS: usize = 200;

/// What an error of an open or opening connection means.
pub(crate) fn cause_of(error: &io::Error) -> Cause {
    use io::ErrorKind as Kind;
    #[cfg(feature = "tls")]
    if let Some(failure) = crate::tls::failure_of(error) {
        return Cause::Tls(failure);
    }
    // The kinds are the system's and more of them may come.
    #[allow(clippy::wildcard_enum_match_arm)]
    match error.kind() {
        Kind::ConnectionRefused => Cause::Refused,
        // A broken pipe is the second look at a reset: the peer was gone and said so.
        Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe => Cause::Reset,
        Kind::HostUnreachable
        | Kind::NetworkUnreachable
        | Kind::NetworkDown
        | Kind::AddrNotAvailable => Cause::Unreachable(words(error)),
        Kind::TimedOut => Cause::TimedOut,
        // A stream of TLS that ends without its farewell.
        Kind::UnexpectedEof => Cause::ClosedByPeer,
        _ => Cause::Io(words(error)),
    }
}

/// What an error says, in one line of bounded length.
pub(crate) fn words(error: &io::Error) -> String {
    one_line(&error.to_string())
}

/// A foreign text in one line of bounded length, without what moves a cursor or hides something.
pub(crate) fn one_line(text: &str) -> String {
    let is_harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars().take(WORDS).map(|c| if is_harmful(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind as Kind;

    use super::*;

    #[test]
    fn every_kind_that_is_told_apart_has_its_cause() {
        let unreachable = |kind: Kind| Cause::Unreachable(io::Error::from(kind).to_string());
        for (kind, cause) in [
            (Kind::ConnectionRefused, Cause::Refused),
            (Kind::ConnectionReset, Cause::Reset),
            (Kind::ConnectionAborted, Cause::Reset),
            (Kind::BrokenPipe, Cause::Reset),
            (Kind::HostUnreachable, unreachable(Kind::HostUnreachable)),
            (Kind::NetworkUnreachable, unreachable(Kind::NetworkUnreachable)),
            (Kind::NetworkDown, unreachable(Kind::NetworkDown)),
            (Kind::AddrNotAvailable, unreachable(Kind::AddrNotAvailable)),
            (Kind::TimedOut, Cause::TimedOut),
            (Kind::UnexpectedEof, Cause::ClosedByPeer),
            (Kind::PermissionDenied, Cause::Io("permission denied".to_owned())),
        ] {
            assert_eq!(cause_of(&io::Error::from(kind)), cause, "{kind:?}");
        }
    }

    #[test]
    fn foreign_words_are_one_line_of_bounded_length() {
        let error = io::Error::other(format!("a\r\nb{}", "c".repeat(5000)));
        let said = words(&error);
        assert!(said.starts_with("a  bc") && said.len() == WORDS, "{said}");
        assert_eq!(one_line("HTTP \u{9b}2J\u{202e}k\u{200b}o\u{1b}"), "HTTP  2J k o ");
    }
}
