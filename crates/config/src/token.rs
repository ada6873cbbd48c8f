//! Tokens for OAUTHBEARER that nobody signed: for development and tests.

use std::fmt::{self, Write as _};
use std::time::Duration;

use klamm_cluster::Secret;
use klamm_cluster::sasl::Token;

/// Where tokens for OAUTHBEARER come from.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum TokenSource {
    /// Not from the configuration: the program hands them in when they are asked for.
    #[default]
    None,
    /// They are made up, without a signature.
    Unsecured(UnsecuredToken),
}

/// A token without a signature, as far as it does not depend on the time.
#[derive(Clone, PartialEq)]
pub struct UnsecuredToken {
    /// What it claims, by name, besides the times.
    pub(crate) claims: Vec<(String, Claim)>,
    pub(crate) lifetime: Duration,
    pub(crate) extensions: Vec<(String, String)>,
}

/// What a token claims.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Claim {
    /// A text.
    Text(String),
    /// A finite number.
    Number(f64),
    /// Several texts.
    List(Vec<String>),
}

/// How long a token lives by default, in the Java client as in librdkafka.
pub(crate) const LIFETIME: Duration = Duration::from_secs(3600);

impl UnsecuredToken {
    /// A token that claims to be about somebody, for an hour.
    pub fn new(principal: &str) -> Self {
        let claims = vec![("sub".to_owned(), Claim::Text(principal.to_owned()))];
        Self { claims, lifetime: LIFETIME, extensions: Vec::new() }
    }

    /// What it claims, by name, besides `iat` and `exp`.
    pub fn claims(&self) -> &[(String, Claim)] {
        &self.claims
    }

    /// How long it lives.
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// What else is said with it.
    pub fn extensions(&self) -> &[(String, String)] {
        &self.extensions
    }

    /// The token, made at this time since the epoch.
    pub fn token_at(&self, since_epoch: Duration) -> Token {
        let from = since_epoch.as_secs();
        let until = from.saturating_add(self.lifetime.as_secs());
        let mut json = String::from("{");
        for (name, claim) in &self.claims {
            text(name, &mut json);
            json.push(':');
            value(claim, &mut json);
            json.push(',');
        }
        // Writing to a `String` cannot fail.
        let _ = write!(json, "\"iat\":{from},\"exp\":{until}}}");
        let value = format!("{}.{}.", base64url(br#"{"alg":"none"}"#), base64url(json.as_bytes()));
        Token { value: Secret::from(value), extensions: self.extensions.clone() }
    }
}

/// Without what is claimed: it came from a property that is masked everywhere else.
impl fmt::Debug for UnsecuredToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("UnsecuredToken");
        shown.field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

fn value(claim: &Claim, json: &mut String) {
    match claim {
        Claim::Text(claim) => text(claim, json),
        Claim::Number(number) => {
            let _ = write!(json, "{number}");
        }
        Claim::List(list) => {
            json.push('[');
            for (index, item) in list.iter().enumerate() {
                json.push_str(if index == 0 { "" } else { "," });
                text(item, json);
            }
            json.push(']');
        }
    }
}

fn text(text: &str, json: &mut String) {
    json.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            c if c.is_control() && u32::from(c) < 0x20 => {
                let _ = write!(json, "\\u{:04x}", u32::from(c));
            }
            c => json.push(c),
        }
    }
    json.push('"');
}

/// Base 64 in the alphabet of URLs, without padding.
fn base64url(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let digits = [18, 12, 6, 0].map(|shift| digit(bits >> shift & 63));
        text.extend(digits.into_iter().take(chunk.len().saturating_add(1)));
    }
    text
}

fn digit(six_bits: u32) -> char {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let index = usize::try_from(six_bits).unwrap_or(0);
    DIGITS.get(index).copied().map_or('A', char::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_every_length_become_base_64_without_padding() {
        for (bytes, expected) in [
            (&b""[..], ""),
            (b"f", "Zg"),
            (b"fo", "Zm8"),
            (b"foo", "Zm9v"),
            (b"foob", "Zm9vYg"),
            (&[0xfb, 0xff, 0xbf], "-_-_"),
        ] {
            assert_eq!(base64url(bytes), expected);
        }
    }

    #[test]
    fn what_is_claimed_is_written_as_json() {
        let mut json = String::new();
        let claims = [
            Claim::Text("a\"\\\n".to_owned()),
            Claim::Number(1.5),
            Claim::Number(600.0),
            Claim::List(vec!["r".to_owned(), "w".to_owned()]),
        ];
        for claim in &claims {
            value(claim, &mut json);
            json.push(' ');
        }
        assert_eq!(json, "\"a\\\"\\\\\\u000a\" 1.5 600 [\"r\",\"w\"] ");
    }

    #[test]
    fn a_token_lives_from_when_it_is_made() {
        let token = UnsecuredToken::new("alice").token_at(Duration::from_millis(1_000_900));
        let claims = base64url(br#"{"sub":"alice","iat":1000,"exp":4600}"#);
        let expected = format!("eyJhbGciOiJub25lIn0.{claims}.");
        assert_eq!(token.value.reveal_text(), Some(expected.as_str()));
        assert!(token.extensions.is_empty());
    }
}
