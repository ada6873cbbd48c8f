//! Cuts the text of a fault into words: quoted ones may hold anything.

use super::ParseFaultError;

/// One word, and whether it was quoted: a quoted word is never a keyword.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) is_quoted: bool,
}

/// The words of a text, from the front.
pub(super) struct Words {
    words: std::iter::Peekable<std::vec::IntoIter<Word>>,
}

impl Words {
    pub(super) fn of(text: &str) -> Result<Self, ParseFaultError> {
        Ok(Self { words: cut(text)?.into_iter().peekable() })
    }

    /// The next word, whatever it is.
    pub(super) fn next(&mut self, expected: &str) -> Result<String, ParseFaultError> {
        match self.words.next() {
            Some(word) => Ok(word.text),
            None => Err(ParseFaultError::new(expected, None)),
        }
    }

    /// The next keyword, or nothing at the end.
    pub(super) fn keyword(&mut self, expected: &str) -> Result<Option<String>, ParseFaultError> {
        match self.words.next() {
            Some(word) if word.is_quoted => Err(ParseFaultError::new(expected, Some(&word.text))),
            word => Ok(word.map(|word| word.text)),
        }
    }

    /// Takes this word if it comes next.
    pub(super) fn takes(&mut self, text: &str) -> bool {
        self.words.next_if(|word| !word.is_quoted && word.text == text).is_some()
    }
}

/// Writes a name so that it is one word again.
pub(super) fn quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !name.is_empty() && name.chars().all(is_plain) {
        return name.to_owned();
    }
    let escaped = name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

fn cut(text: &str) -> Result<Vec<Word>, ParseFaultError> {
    let mut words = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(first) = chars.next() {
        match first {
            space if space.is_whitespace() => {}
            ':' => words.push(Word { text: ":".to_owned(), is_quoted: false }),
            '"' => words.push(Word { text: until_quote(&mut chars)?, is_quoted: true }),
            first => {
                let mut text = String::from(first);
                let is_inner = |c: &char| !c.is_whitespace() && !matches!(c, ':' | '"');
                while let Some(next) = chars.next_if(is_inner) {
                    text.push(next);
                }
                words.push(Word { text, is_quoted: false });
            }
        }
    }
    Ok(words)
}

fn until_quote(chars: &mut impl Iterator<Item = char>) -> Result<String, ParseFaultError> {
    let mut text = String::new();
    let unfinished = || ParseFaultError::new("a closing quote", None);
    loop {
        match chars.next().ok_or_else(unfinished)? {
            '"' => return Ok(text),
            '\\' => text.push(chars.next().ok_or_else(unfinished)?),
            other => text.push(other),
        }
    }
}
