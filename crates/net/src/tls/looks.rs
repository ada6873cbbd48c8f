//! What the first bytes of a peer look like that should have begun with TLS.

use super::facts::shown;

/// How many bytes make the case.
pub(super) const ENOUGH: usize = 64;

/// What these first bytes are, in words, unless they could begin TLS or there are none.
pub(super) fn looks_like(first: &[u8]) -> Option<String> {
    match first {
        [] | [20..=24] | [20..=24, 3, ..] => None,
        _ if first.starts_with(b"HTTP/") => Some(format!("HTTP, `{}`", line(first))),
        _ if first.starts_with(b"SSH-") => Some(format!("SSH, `{}`", line(first))),
        // A frame begins with its length, and no answer has sixteen megabytes.
        [0, _, _, _, ..] => Some("an answer of a Kafka broker without TLS".to_owned()),
        _ if is_text(first) => Some(format!("text, `{}`", line(first))),
        _ => Some(format!("no protocol that is known here, {}", hex(first))),
    }
}

fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
}

/// The first line.
fn line(bytes: &[u8]) -> String {
    let line = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    shown(&String::from_utf8_lossy(line))
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("`{}`", digits.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_are_told_apart() {
        for (bytes, words) in [
            (&b""[..], None),
            (b"\x16", None),
            (b"\x16\x03\x03\x00\x7a", None),
            (b"\x15\x03\x01\x00\x02", None),
            (b"HTTP/1.1 400 Bad Request\r\nServer: x", Some("HTTP, `HTTP/1.1 400 Bad Request`")),
            (b"SSH-2.0-OpenSSH_9\r\n", Some("SSH, `SSH-2.0-OpenSSH_9`")),
            (b"\0\0\0\x1a\0\0\0\x01", Some("an answer of a Kafka broker without TLS")),
            (b"220 mail ready\r\n", Some("text, `220 mail ready`")),
            (b"\x16\x7f\x01", Some("no protocol that is known here, `16 7f 01`")),
            (b"HTTP/\x1b[2J", Some("HTTP, `HTTP/\u{fffd}[2J`")),
        ] {
            assert_eq!(looks_like(bytes).as_deref(), words, "{bytes:?}");
        }
    }
}
