//! Reads `--name value` pairs and flags, and says what is wrong with them.

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
