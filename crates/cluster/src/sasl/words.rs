//! The server's own words, made fit to be shown.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// How many bytes of them are kept.
const MOST: usize = 1024;

/// A shorter secret is likely to be an everyday word, and looking for it would only tell it.
const LONG_ENOUGH: usize = 8;

const WITHHELD: &str = "(its words repeat the secret, and are withheld)";

/// The first of the words, as text without control characters; nothing of them if they repeat the
/// secret, for a server may say again what it was told.
pub(super) fn of_peer(words: &[u8], secret: &Secret) -> String {
    let cut = words.len().min(MOST);
    // A secret that begins before the cut must not be shown in part.
    let margin = secret.reveal().len().saturating_mul(2);
    let looked_at = words.get(..cut.saturating_add(margin)).unwrap_or(words);
    if repeats(looked_at, secret) {
        return WITHHELD.to_owned();
    }
    let mut shown = String::new();
    for char in self::shown(&String::from_utf8_lossy(words.get(..cut).unwrap_or(words))).chars() {
        if shown.len().saturating_add(char.len_utf8()) > MOST {
            break;
        }
        shown.push(char);
    }
    shown
}

/// A text without what moves a cursor or hides something.
pub(super) fn shown(text: &str) -> String {
    let clean = |char| if is_harmless(char) { char } else { char::REPLACEMENT_CHARACTER };
    text.chars().map(clean).collect()
}

/// Whether they hold the secret, or its base64 form as part of anything, such as a whole token.
fn repeats(words: &[u8], secret: &Secret) -> bool {
    let secret = secret.reveal();
    if secret.len() < LONG_ENOUGH {
        return false;
    }
    let standard = |byte: &u8| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => *other,
    };
    let encoded = Zeroizing::new(words.iter().map(standard).collect::<Vec<_>>());
    holds(words, secret) || (0..3).any(|before| holds(&encoded, in_base64(secret, before).reveal()))
}

fn holds(words: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && words.windows(part.len()).any(|window| window == part)
}

/// Those characters of the base64 form that are the same whatever stands before and behind, if so
/// many bytes stand before.
fn in_base64(secret: &[u8], before: usize) -> Secret {
    let whole = Secret::concat(&[[0, 0].get(..before).unwrap_or_default(), secret]);
    let text = Zeroizing::new(STANDARD_NO_PAD.encode(whole.reveal()));
    let shared_before = if before == 0 { 0 } else { before.saturating_add(1) };
    let shared_behind = usize::from(!whole.reveal().len().is_multiple_of(3));
    let own = shared_before..text.len().saturating_sub(shared_behind);
    Secret::new(text.as_bytes().get(own).unwrap_or_default())
}

/// Neither moves a cursor nor turns the direction of what follows.
fn is_harmless(char: char) -> bool {
    !char.is_control()
        && !matches!(char, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        && !matches!(char, '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    use super::*;

    #[test]
    fn words_are_shown_without_what_moves_a_cursor() {
        let shown = of_peer("no\u{1b}[2J \u{202e}way\n\u{fc}".as_bytes(), &Secret::default());
        assert_eq!(shown, "no\u{fffd}[2J \u{fffd}way\u{fffd}\u{fc}");
        assert_eq!(of_peer(b"\xff!", &Secret::default()), "\u{fffd}!");
    }

    #[test]
    fn words_are_cut_between_characters() {
        let shown = of_peer("\u{20ac}".repeat(1000).as_bytes(), &Secret::default());
        assert!(shown.len() <= MOST && shown.chars().count() > 300, "{}", shown.len());
        assert!(of_peer(&[0xff; 5000], &Secret::default()).len() <= MOST);
    }

    #[test]
    fn words_that_repeat_the_secret_are_withheld() {
        let secret = Secret::from("hunter2-MARKER");
        assert_eq!(of_peer(b"no hunter2-MARKER here", &secret), WITHHELD);
        let late = [vec![b'.'; MOST - 3], b"hunter2-MARKER".to_vec()].concat();
        assert_eq!(of_peer(&late, &secret), WITHHELD);
        assert_eq!(of_peer(b"no such user", &Secret::from("user")), "no such user");
    }

    #[test]
    fn words_that_repeat_the_secret_in_base64_are_withheld_whatever_stands_around_it() {
        for (secret, before, behind) in (0..27).map(|at| (at / 9, at / 3 % 3, at % 3)) {
            let secret = Secret::from("~hunter2?>MARKER".get(secret..).unwrap());
            let (before, behind) = (&[0xa5; 2][..before], &[0x5a; 2][..behind]);
            let whole = Secret::concat(&[before, secret.reveal(), behind]);
            for encoded in [STANDARD.encode(whole.reveal()), URL_SAFE_NO_PAD.encode(whole.reveal())]
            {
                assert_eq!(of_peer(format!("is {encoded}").as_bytes(), &secret), WITHHELD);
            }
        }
    }
}
