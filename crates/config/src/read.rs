//! From the text of a value to what it does.

use std::path::PathBuf;
use std::time::Duration;

use klamm_cluster::Secret;

use crate::draft::Draft;
use crate::error::{Outcome, Problem};
use crate::row::{Range, Row, Takes, Word};
use crate::table;

/// Longer than anybody waits: times are cut to it, so that adding them to a clock is harmless.
pub(crate) const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Reads a value and does what it says.
pub(crate) fn apply(row: &Row, value: &Secret, draft: &mut Draft) -> Outcome {
    if let Takes::Secret(set) = &row.takes {
        warn_of_edges(row, value, draft);
        return set(draft, secret(value, draft.is_librdkafka));
    }
    let Some(text) = value.reveal_text().map(str::trim) else {
        return Err(Problem::new("this is no text", "Write it in UTF-8").hidden());
    };
    if let Some(other) = table::smuggled(text) {
        return Err(two_in_one(other));
    }
    let taken = take(row, (text, value), draft);
    taken.map_err(|problem| if is_commented(row, text) { comment() } else { problem })
}

fn take(row: &Row, (text, value): (&str, &Secret), draft: &mut Draft) -> Outcome {
    match &row.takes {
        Takes::Flag(set) => set(draft, flag(text)?),
        Takes::Millis(range, set) => set(draft, millis(text, *range)?),
        Takes::Decimal(range, set) => set(draft, decimal(text, *range)?),
        Takes::Number(range, set) => set(draft, number(text, *range)?)?,
        Takes::Word(words) => word(text, words)?(draft),
        Takes::Text(set) => {
            warn_of_edges(row, value, draft);
            set(draft, text)?;
        }
        Takes::Secret(_) => {}
        Takes::Path(set) => {
            let path = path(text, draft)?;
            set(draft, path);
        }
        Takes::Only(only, why) => return only_that(text, only, why),
        Takes::Unless(only, _) if text.eq_ignore_ascii_case(only) => {}
        Takes::Ignored(why) | Takes::Unless(_, why) => {
            draft.warn(row.name, format!("this has no effect: {why}"));
        }
        Takes::Later => return Err(later()),
        Takes::Never(why, fix) => return Err(Problem::new(*why, *fix)),
    }
    Ok(())
}

/// The Java client trims passwords as everything else; librdkafka takes them as they are.
fn secret(value: &Secret, is_librdkafka: bool) -> Secret {
    match value.reveal_text() {
        Some(text) if !is_librdkafka => Secret::from(text.trim()),
        _ => value.clone(),
    }
}

/// Quotes and blanks at the ends that are a part of the value and that nobody may have meant.
fn warn_of_edges(row: &Row, value: &Secret, draft: &mut Draft) {
    let text = value.reveal_text().unwrap_or_default();
    if is_quoted(text.trim()) {
        draft.warn(row.name, "its quotes are a part of it: take them away if they are not meant");
    }
    let blanks = [' ', '\t'];
    let is_kept = row.is_secret() && draft.is_librdkafka;
    if is_kept && (text.starts_with(blanks) || text.ends_with(blanks)) {
        draft.warn(row.name, "it begins or ends with a blank, which is a part of it");
    }
}

/// Whether somebody wrote a comment behind a value that is a word or a number.
fn is_commented(row: &Row, text: &str) -> bool {
    let is_plain = matches!(
        row.takes,
        Takes::Flag(_)
            | Takes::Millis(..)
            | Takes::Decimal(..)
            | Takes::Number(..)
            | Takes::Word(_)
    );
    is_plain && [" #", "\t#", " //", " !"].iter().any(|mark| text.contains(mark))
}

fn comment() -> Problem {
    let problem = "what stands behind a value is a part of it, and no comment";
    Problem::new(problem, "Write the comment on a line of its own")
}

fn is_quoted(text: &str) -> bool {
    let within = |quote| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
    within('"') || within('\'')
}

fn flag(text: &str) -> Result<bool, Problem> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Problem::new("this is neither true nor false", "Write `true` or `false`")),
    }
}

fn number(text: &str, range: Range) -> Result<i64, Problem> {
    let fix = format!("Write a whole number {}", range.in_words());
    let Ok(number) = text.parse::<i64>() else {
        return Err(Problem::new("this is no whole number", fix));
    };
    if range.holds(number) { Ok(number) } else { Err(Problem::new("this is out of range", fix)) }
}

fn millis(text: &str, range: Range) -> Result<Duration, Problem> {
    let millis = number(text, range).map_err(|problem| Problem {
        fix: format!("Write milliseconds, a whole number {}", range.in_words()),
        ..problem
    })?;
    Ok(Duration::from_millis(u64::try_from(millis).unwrap_or(0)).min(FOREVER))
}

/// Milliseconds with up to six digits behind the point: nanoseconds.
fn decimal(text: &str, range: Range) -> Result<Duration, Problem> {
    let Some((whole, parts)) = text.split_once('.') else { return millis(text, range) };
    let fix = format!("Write milliseconds, a number {}", range.in_words());
    let is_digits = parts.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits || whole.is_empty() || parts.is_empty() || parts.len() > 6 {
        return Err(Problem::new("this is no number of milliseconds", fix));
    }
    let whole = millis(whole, Range { most: range.most.saturating_sub(1), ..range })?;
    let nanos = format!("{parts:0<6}").parse::<u64>().unwrap_or(0);
    Ok(whole.saturating_add(Duration::from_nanos(nanos)))
}

fn word(text: &str, words: &[Word]) -> Result<fn(&mut Draft), Problem> {
    let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
    found.map(|(_, act)| *act).ok_or_else(|| {
        let all: Vec<String> = words.iter().map(|(word, _)| quoted(word)).collect();
        Problem::new("this is none of the words that are known here", one_of(&all))
    })
}

fn quoted(word: &str) -> String {
    if word.is_empty() { "nothing after the `=`".to_owned() } else { format!("`{word}`") }
}

fn one_of(words: &[String]) -> String {
    match words {
        [] => "Leave it out".to_owned(),
        [only] => format!("Write {only}"),
        [first @ .., last] => format!("Write {} or {last}", first.join(", ")),
    }
}

fn path(text: &str, draft: &Draft) -> Result<PathBuf, Problem> {
    if text.contains("-----BEGIN") {
        let fix = "Write the file's path, or use the property that takes the text itself";
        return Err(Problem::new("this is the content of a file, and not its path", fix).hidden());
    }
    if text.is_empty() {
        return Err(Problem::new("there is no path", "Write a path, or leave the property out"));
    }
    if is_quoted(text) {
        let problem = "the path stands in quotes, which are a part of it";
        return Err(Problem::new(problem, "Take the quotes away"));
    }
    if is_of_windows_without_backslashes(text) {
        let problem = "the backslashes of the path are gone: each says how to read what follows it";
        return Err(Problem::new(problem, "Write each of them twice, or `/` in its place"));
    }
    let Some(rest) = text.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/'))
    else {
        return Ok(PathBuf::from(text));
    };
    match &draft.home {
        Some(home) => Ok(home.join(rest.trim_start_matches('/'))),
        None => Err(Problem::new(
            "`~` stands for a home directory, and none is known",
            "Write the path in full",
        )),
    }
}

fn is_of_windows_without_backslashes(text: &str) -> bool {
    let mut chars = text.chars();
    let is_drive =
        chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':');
    is_drive && chars.next().is_some_and(char::is_alphanumeric)
}

fn only_that(text: &str, only: &str, why: &str) -> Outcome {
    if text.eq_ignore_ascii_case(only) {
        return Ok(());
    }
    let problem = format!("only {} is offered: {why}", quoted(only));
    Err(Problem::new(problem, "Leave the property out"))
}

fn later() -> Problem {
    Problem::new("this property is known, but not supported yet", "Leave it out")
}

/// A line break got lost, so that a secret may stand in the value of something else.
fn two_in_one(other: &str) -> Problem {
    let problem = format!("another property, `{other}`, stands in the value");
    let fix = "Give each property a line of its own, and end no line with `\\` by mistake";
    Problem::new(problem, fix).hidden()
}
