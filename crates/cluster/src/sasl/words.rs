//! The server's own words, made fit to be shown.

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
    let looked_at = words.get(..cut.saturating_add(secret.reveal().len())).unwrap_or(words);
    if repeats(looked_at, secret) {
        return WITHHELD.to_owned();
    }
    let mut shown = String::new();
    for char in String::from_utf8_lossy(words.get(..cut).unwrap_or(words)).chars() {
        let char = if is_harmless(char) { char } else { char::REPLACEMENT_CHARACTER };
        if shown.len().saturating_add(char.len_utf8()) > MOST {
            break;
        }
        shown.push(char);
    }
    shown
}

fn repeats(words: &[u8], secret: &Secret) -> bool {
    let secret = secret.reveal();
    secret.len() >= LONG_ENOUGH && words.windows(secret.len()).any(|part| part == secret)
}

/// Neither moves a cursor nor turns the direction of what follows.
fn is_harmless(char: char) -> bool {
    !char.is_control()
        && !matches!(char, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}')
        && !matches!(char, '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
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
}
