//! The syntax of `.properties` files.
#![cfg(test)]

use klamm_config::properties::{read, write};
use proptest::prelude::*;

fn pairs(text: &str) -> Vec<(String, String)> {
    read(text).unwrap().into_iter().map(|property| (property.name, property.value)).collect()
}

fn one(text: &str) -> (String, String) {
    let pairs = pairs(text);
    assert_eq!(pairs.len(), 1, "{text:?}");
    pairs.into_iter().next().unwrap()
}

#[test]
fn a_name_ends_at_the_first_separator() {
    for text in [
        "a.b=c d",
        "a.b:c d",
        "a.b c d",
        "a.b\tc d",
        "a.b = c d",
        "  a.b \t:\u{c} c d",
        "a.b=c d\n\n# more\n",
        "a.b=c d\r\n",
        "\u{feff}a.b=c d",
    ] {
        assert_eq!(one(text), ("a.b".to_owned(), "c d".to_owned()), "{text:?}");
    }
}

#[test]
fn only_the_first_separator_counts_and_spaces_at_the_end_stay() {
    for (text, name, value) in [
        ("a==b", "a", "=b"),
        ("a = = b", "a", "= b"),
        ("a b=c", "a", "b=c"),
        ("a=b ", "a", "b "),
        ("a", "a", ""),
        ("a=", "a", ""),
        ("=b", "", "b"),
        ("a\\=b=c", "a=b", "c"),
        ("a\\ b c", "a b", "c"),
        ("a\\:=c", "a:", "c"),
        ("a\\\\=c", "a\\", "c"),
        ("a=#b", "a", "#b"),
        ("a=!b", "a", "!b"),
    ] {
        assert_eq!(one(text), (name.to_owned(), value.to_owned()), "{text:?}");
    }
}

#[test]
fn escapes_are_what_they_are_in_java() {
    for (text, value) in [
        ("a=\\t\\n\\r\\f", "\t\n\r\u{c}"),
        ("a=\\u00e9\\u20AC", "é€"),
        ("a=\\ud83d\\ude00", "😀"),
        ("a=\\x\\q\\\"", "xq\""),
        ("a=\\ b", " b"),
        ("a=é", "é"),
    ] {
        assert_eq!(one(text).1, value, "{text:?}");
    }
}

#[test]
fn an_escape_that_is_none_is_refused_with_its_line_and_without_its_text() {
    for text in ["a=\\u12", "a=\\u12g4", "a=\\ud83d", "a=\\ud83dx", "a=\\ude00", "a=\\ud83d\\u0041"]
    {
        let error = read(&format!("# first\n\nok=1\n{text}\n")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 4: a `\\u` is not followed by the four hexadecimal digits of a character",
            "{text:?}"
        );
    }
}

#[test]
fn a_backslash_at_the_end_goes_on_in_the_next_line() {
    for (text, value) in [
        ("a=b\\\n   c", "bc"),
        ("a=b\\\r\n\tc", "bc"),
        ("a=b\\\rc", "bc"),
        ("a=b,\\\n  c,\\\n  d", "b,c,d"),
        ("a=b\\\n# no comment", "b# no comment"),
        ("a=b\\\\", "b\\"),
        ("a=b\\\\\\\nc", "b\\c"),
        ("a=b\\", "b"),
        ("a=b\\\n", "b"),
        ("a\\\n=b", "b"),
    ] {
        assert_eq!(one(text), ("a".to_owned(), value.to_owned()), "{text:?}");
    }
    assert_eq!(one("\\\n# a comment\n\\\n\na=b").1, "b", "a backslash alone begins nothing");
    assert_eq!(pairs("\\"), []);
    assert_eq!(pairs("a=b\\\n\nc=d").len(), 2, "an empty line ends what goes on");
}

#[test]
fn comments_and_empty_lines_do_not_count_and_comments_do_not_go_on() {
    let text = "# one\\\na=1\n  ! two\n\n \t\nb=2\r# three\rc=3";
    let names: Vec<String> = pairs(text).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["a", "b", "c"]);
    let lines: Vec<usize> = read(text).unwrap().iter().map(|property| property.line).collect();
    assert_eq!(lines, [2, 6, 8]);
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(written in prop::collection::vec(
        ("[ -~é€😀\\t\\n\\r\\x0c=:#!\\\\]{0,12}", ".{0,40}"), 0..6)) {
        let borrowed = written.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let text = write(borrowed);
        prop_assert!(text.is_ascii());
        prop_assert_eq!(pairs(&text), written);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "([ab=:# !\\\\\\n\\r\\t]|\\\\u|[0-9a-f]|é){0,60}") {
        if let Ok(read) = read(&text) {
            let borrowed: Vec<(&str, &str)> = read
                .iter()
                .map(|property| (property.name.as_str(), property.value.as_str()))
                .collect();
            let again = pairs(&write(borrowed.iter().copied()));
            let again: Vec<(&str, &str)> =
                again.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            prop_assert_eq!(again, borrowed);
        }
    }
}
