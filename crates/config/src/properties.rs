//! The syntax of `.properties` files, as Java reads and writes it.
//!
//! A line is a name, then `=`, `:` or white space, then the value. Lines that begin with `#` or
//! `!` are comments. A line that ends with an odd number of backslashes goes on in the next one,
//! whose white space at the beginning does not count. `\t`, `\n`, `\r`, `\f` and `\u` with four
//! hexadecimal digits are what they are elsewhere; a backslash before any other character is
//! dropped.

use std::fmt::Write as _;
use std::str::Chars;

/// One name and its value.
#[derive(Clone, PartialEq, Eq)]
pub struct Property {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
    /// The line on which it begins, from 1 on.
    pub line: usize,
}

/// A `\u` without four hexadecimal digits, or with half a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BadEscape {
    /// The line on which the property begins, from 1 on.
    pub line: usize,
}

impl BadEscape {
    pub(crate) fn problem(self) -> &'static str {
        "a `\\u` is not followed by the four hexadecimal digits of a character"
    }

    pub(crate) fn fix(self) -> &'static str {
        "Write a backslash that stands for itself twice"
    }
}

impl std::fmt::Display for BadEscape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem())
    }
}

impl std::error::Error for BadEscape {}

/// Without the value, which may be a secret.
impl std::fmt::Debug for Property {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Property").field("line", &self.line).finish_non_exhaustive()
    }
}

/// Reads a text.
///
/// # Errors
/// When an escape is none.
pub fn read(text: &str) -> Result<Vec<Property>, BadEscape> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let logical = logical_lines(text).into_iter();
    logical.map(|(line, text)| property(line, &text).ok_or(BadEscape { line })).collect()
}

/// Writes names and values so that [`read`], and Java, read the same.
pub fn write<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        escape(name, true, &mut text);
        text.push('=');
        escape(value, false, &mut text);
        text.push('\n');
    }
    text
}

/// Lines without comments and empty ones, continued lines joined, each with its number.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut begun: Option<(usize, String)> = None;
    for (number, line) in (1..).zip(natural_lines(text)) {
        let line = line.trim_start_matches(is_space);
        if begun.is_none() && (line.is_empty() || line.starts_with(['#', '!'])) {
            continue;
        }
        let (_, logical) = begun.get_or_insert_with(|| (number, String::new()));
        match continued(line) {
            Some(part) => {
                logical.push_str(part);
                // A backslash alone begins nothing: a comment may follow.
                begun = begun.filter(|(_, logical)| !logical.is_empty());
            }
            None => {
                logical.push_str(line);
                lines.extend(begun.take());
            }
        }
    }
    lines.extend(begun);
    lines
}

/// A line ends with `\n`, `\r` or both.
fn natural_lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// The line without its last backslash, if that says that the line goes on.
fn continued(line: &str) -> Option<&str> {
    let backslashes = line.chars().rev().take_while(|c| *c == '\\').count();
    line.strip_suffix('\\').filter(|_| backslashes % 2 == 1)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{c}')
}

fn property(line: usize, text: &str) -> Option<Property> {
    let end = end_of_name(text);
    let (name, rest) = text.split_at_checked(end)?;
    let rest = rest.trim_start_matches(is_space);
    let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest).trim_start_matches(is_space);
    Some(Property { name: unescape(name)?, value: unescape(rest)?, line })
}

/// The name ends at the first separator without a backslash before it.
fn end_of_name(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        if !is_escaped && (matches!(c, '=' | ':') || is_space(c)) {
            return at;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    text.len()
}

fn unescape(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        match chars.next() {
            Some('t') => plain.push('\t'),
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('f') => plain.push('\u{c}'),
            Some('u') => plain.push(by_number(&mut chars)?),
            Some(other) => plain.push(other),
            None => {}
        }
    }
    Some(plain)
}

/// The character after `\u`: one number, or two where it lies beyond 16 bits.
fn by_number(chars: &mut Chars<'_>) -> Option<char> {
    let first = unit(chars)?;
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(u32::from(first));
    }
    if (chars.next()?, chars.next()?) != ('\\', 'u') {
        return None;
    }
    char::decode_utf16([first, unit(chars)?]).next()?.ok()
}

fn unit(chars: &mut Chars<'_>) -> Option<u16> {
    let mut unit: u16 = 0;
    for _ in 0..4 {
        let digit = u16::try_from(chars.next()?.to_digit(16)?).ok()?;
        unit = unit.checked_mul(16)?.checked_add(digit)?;
    }
    Some(unit)
}

/// What could be taken for a separator, a comment or an escape gets a backslash; what is not
/// ASCII gets its numbers, since Java reads files as ISO 8859-1.
fn escape(text: &str, is_name: bool, out: &mut String) {
    let mut leads = true;
    for c in text.chars() {
        match c {
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\u{c}' => out.push_str("\\f"),
            '\\' | '=' | ':' | '#' | '!' => out.extend(['\\', c]),
            ' ' if is_name || leads => out.push_str("\\ "),
            ' '..='~' => out.push(c),
            _ => numbers(c, out),
        }
        leads &= c == ' ';
    }
}

fn numbers(c: char, out: &mut String) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        // Writing to a `String` cannot fail.
        let _ = write!(out, "\\u{unit:04x}");
    }
}
