//! The options of a command, read from its help: the text that people see is the only table.
//!
//! An option stands on a line of its own behind two spaces: its names, one space and its value if
//! it takes one, two spaces or more, and what it does. What follows, deeper in, belongs to it.

/// An option, as the help describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Described {
    /// Its names, the short one first.
    pub(crate) names: Vec<&'static str>,
    /// What its value is called, if it takes one; words with `|` between them are all there are.
    pub(crate) value: Option<&'static str>,
    /// The first line of what it does.
    pub(crate) about: &'static str,
}

impl Described {
    /// The name that the command's parser knows it by: the last one.
    pub(crate) fn name(&self) -> &'static str {
        self.names.last().copied().unwrap_or_default()
    }

    /// The values that there are, if they can be told.
    pub(crate) fn choices(&self) -> Vec<&'static str> {
        let value = self.value.unwrap_or_default();
        let is_choice = value.contains('|') && !value.contains(|c: char| c.is_ascii_uppercase());
        if is_choice { value.split('|').collect() } else { Vec::new() }
    }

    /// Whether the value is the name of a file.
    pub(crate) fn takes_file(&self) -> bool {
        self.value.is_some_and(|value| value == "FILE")
    }
}

/// The options that a help describes, in its order.
pub(crate) fn options(usage: &'static str) -> Vec<Described> {
    usage.lines().filter_map(option).collect()
}

fn option(line: &'static str) -> Option<Described> {
    let mut rest = line.strip_prefix("  ").filter(|rest| rest.starts_with('-'))?;
    let mut names = Vec::new();
    loop {
        let end = rest.find([' ', ',']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        names.push(name);
        match after.strip_prefix(", ") {
            Some(more) if more.starts_with('-') => rest = more,
            _ => {
                rest = after;
                break;
            }
        }
    }
    let is_valued = rest.starts_with(' ') && !rest.starts_with("  ");
    let (value, about) = if is_valued {
        let rest = rest.trim_start();
        let (value, about) = rest.split_once(' ').unwrap_or((rest, ""));
        (Some(value), about)
    } else {
        (None, rest)
    };
    Some(Described { names, value, about: about.trim() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_values_and_words_are_told_apart() {
        let read = options(
            "usage: klamm x [options]\n\n  -b SERVERS         where to begin\n  -v, --verbose      \
             say more\n                     and more\n  --move-every MS every one\n  --how \
             this|that    which\n\n  klamm x -b a\n",
        );
        let names: Vec<_> = read.iter().map(|one| one.names.join(" ")).collect();
        assert_eq!(names, ["-b", "-v --verbose", "--move-every", "--how"]);
        let values: Vec<_> = read.iter().map(|one| one.value).collect();
        assert_eq!(values, [Some("SERVERS"), None, Some("MS"), Some("this|that")]);
        assert_eq!(read[1].name(), "--verbose");
        assert_eq!(read[2].about, "every one");
        assert_eq!(read[3].choices(), ["this", "that"]);
        assert!(read[0].choices().is_empty());
    }
}
