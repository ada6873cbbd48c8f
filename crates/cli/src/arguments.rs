//! Reads `--name value` pairs and flags, and says what is wrong with them.

use crate::help::Described;

/// What was wrong with the arguments, in words for a person.
pub(crate) type Complaint = String;

/// The arguments of a command, taken one after the other.
pub(crate) struct Arguments<'a> {
    rest: std::slice::Iter<'a, &'a str>,
}

impl<'a> Arguments<'a> {
    pub(crate) fn new(words: &'a [&'a str]) -> Self {
        Self { rest: words.iter() }
    }

    /// The next option.
    pub(crate) fn next_option(&mut self) -> Option<&'a str> {
        self.rest.next().copied()
    }

    /// The value of an option.
    pub(crate) fn value(&mut self, option: &str) -> Result<&'a str, Complaint> {
        self.rest.next().copied().ok_or_else(|| format!("{option} needs a value"))
    }

    /// The value of an option, of a type.
    pub(crate) fn parsed<T: std::str::FromStr>(&mut self, option: &str) -> Result<T, Complaint> {
        let text = self.value(option)?;
        text.parse().map_err(|_| format!("{option} cannot be `{text}`"))
    }
}

/// A word, or two, of a command line that follows a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word<'a> {
    /// An option by its last name, and its value: empty for one that takes none.
    Set(&'static str, &'a str),
    /// Anything else.
    Operand(&'a str),
}

/// Tells options and operands apart, as the usual tools do: `--name=value`, `-nvalue`, flags of one
/// letter together, and nothing but operands behind `--`.
///
/// # Errors
/// When an option is not in the table, lacks its value, or has one too many.
pub(crate) fn told_apart<'a>(
    words: &[&'a str],
    table: &[Described],
) -> Result<Vec<Word<'a>>, Complaint> {
    let mut told = Vec::new();
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        if word == "--" {
            told.extend(words.by_ref().map(Word::Operand));
        } else if word.starts_with("--") {
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (word, None),
            };
            let option = known(table, name)?;
            told.push(Word::Set(option.name(), valued(option, name, value, &mut words)?));
        } else if word.len() > 1 && word.starts_with('-') {
            letters(word, table, &mut words, &mut told)?;
        } else {
            told.push(Word::Operand(word));
        }
    }
    Ok(told)
}

/// Flags of one letter, of which the last one may take a value.
fn letters<'a>(
    word: &'a str,
    table: &[Described],
    words: &mut impl Iterator<Item = &'a str>,
    told: &mut Vec<Word<'a>>,
) -> Result<(), Complaint> {
    let letters = word.trim_start_matches('-');
    for (at, letter) in letters.char_indices() {
        let name = format!("-{letter}");
        let option = known(table, &name)?;
        let rest = letters.get(at.saturating_add(letter.len_utf8())..).unwrap_or_default();
        let attached = (option.value.is_some() && !rest.is_empty()).then_some(rest);
        told.push(Word::Set(option.name(), valued(option, &name, attached, words)?));
        if option.value.is_some() {
            break;
        }
    }
    Ok(())
}

fn known<'t>(table: &'t [Described], name: &str) -> Result<&'t Described, Complaint> {
    let option = table.iter().find(|option| option.names.contains(&name));
    option.ok_or_else(|| {
        let begin = |known: &&&str| name.len() > 3 && known.starts_with(name);
        let meant = table.iter().flat_map(|option| &option.names).find(begin);
        let meant = meant.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
        format!("there is no option `{name}`{meant}")
    })
}

fn valued<'a>(
    option: &Described,
    name: &str,
    attached: Option<&'a str>,
    words: &mut impl Iterator<Item = &'a str>,
) -> Result<&'a str, Complaint> {
    match (option.value, attached) {
        (None, None) => Ok(""),
        (None, Some(_)) => Err(format!("{name} takes no value")),
        (Some(_), Some(value)) => Ok(value),
        (Some(_), None) => words.next().ok_or_else(|| format!("{name} needs a value")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::help;

    fn table() -> Vec<Described> {
        help::options("  -p, --partition N  where\n  -Z, --null  none\n  -l  lines\n  --rate N  n")
    }

    #[test]
    fn options_are_written_in_all_the_usual_ways() {
        let words = ["a", "-p", "-1", "-lZp7", "--rate=3", "--partition", "2", "-", "--", "-l"];
        let told = told_apart(&words, &table()).unwrap();
        let wanted = [
            Word::Operand("a"),
            Word::Set("--partition", "-1"),
            Word::Set("-l", ""),
            Word::Set("--null", ""),
            Word::Set("--partition", "7"),
            Word::Set("--rate", "3"),
            Word::Set("--partition", "2"),
            Word::Operand("-"),
            Word::Operand("-l"),
        ];
        assert_eq!(told, wanted);
    }

    #[test]
    fn what_the_table_does_not_have_is_refused_in_words() {
        let complaint = |words: &[&str]| told_apart(words, &table()).unwrap_err();
        assert_eq!(complaint(&["--rates"]), "there is no option `--rates`");
        assert_eq!(
            complaint(&["--part", "1"]),
            "there is no option `--part`; did you mean `--partition`?"
        );
        assert_eq!(complaint(&["-lx"]), "there is no option `-x`");
        assert_eq!(complaint(&["--null=1"]), "--null takes no value");
        assert_eq!(complaint(&["-p"]), "-p needs a value");
    }
}
