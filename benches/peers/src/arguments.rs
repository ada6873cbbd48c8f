//! What the command line says: options with a value each, nothing else.

use std::collections::BTreeMap;
use std::str::FromStr;

/// Options and their values.
#[derive(Debug, Default)]
pub struct Arguments(BTreeMap<String, String>);

impl Arguments {
    /// Those of this process.
    ///
    /// # Errors
    /// When something is no option, has no value, or is none of the `known` ones; in words.
    pub fn read(known: &[&str]) -> Result<Self, String> {
        let mut words = std::env::args().skip(1);
        let mut options = BTreeMap::new();
        while let Some(word) = words.next() {
            let name = word.strip_prefix("--").filter(|name| known.contains(name));
            let Some(name) = name else {
                return Err(format!("`{word}` is none of the options: {known:?}"));
            };
            let value = words.next().ok_or_else(|| format!("{word} wants a value"))?;
            options.insert(name.to_owned(), value);
        }
        Ok(Self(options))
    }

    /// The value of an option, if it was given.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value of an option, or this one.
    ///
    /// # Errors
    /// When the value is no such thing; in words.
    pub fn parsed<T: FromStr>(&self, name: &str, without: T) -> Result<T, String> {
        let Some(text) = self.get(name) else { return Ok(without) };
        text.parse().map_err(|_| format!("--{name} cannot be `{text}`"))
    }

    /// The value of an option that has to be there.
    ///
    /// # Errors
    /// When it was not given, or is no such thing; in words.
    pub fn demanded<T: FromStr>(&self, name: &str) -> Result<T, String> {
        let text = self.get(name).ok_or_else(|| format!("--{name} is wanted"))?;
        text.parse().map_err(|_| format!("--{name} cannot be `{text}`"))
    }
}
