//! Licence expressions, evaluated against the list of licences that we may ship with.

/// Licences that ask for no more than their text and a notice.
const ALLOWED: &[&str] = &[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "Unlicense",
    "0BSD",
    "CC0-1.0",
    // Mozilla's list of public authorities, which is data: its text must come along, no more.
    "CDLA-Permissive-2.0",
];

/// Exceptions that only widen a licence.
const ALLOWED_EXCEPTIONS: &[&str] = &["LLVM-exception"];

/// Whether an SPDX expression can be satisfied with allowed licences alone; an error when it
/// cannot be read. The old `MIT/Apache-2.0` is read as `OR`.
pub(super) fn is_allowed(expression: &str) -> Result<bool, String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser { words: &words };
    let allowed = parser.either().ok_or_else(|| format!("cannot read `{expression}`"))?;
    if parser.words.is_empty() { Ok(allowed) } else { Err(format!("cannot read `{expression}`")) }
}

/// A parser by descent: `OR` binds weaker than `AND`, `AND` weaker than `WITH`.
struct Parser<'a> {
    words: &'a [&'a str],
}

impl Parser<'_> {
    fn either(&mut self) -> Option<bool> {
        let mut allowed = self.both()?;
        while self.take("OR") {
            allowed |= self.both()?;
        }
        Some(allowed)
    }

    fn both(&mut self) -> Option<bool> {
        let mut allowed = self.single()?;
        while self.take("AND") {
            allowed &= self.single()?;
        }
        Some(allowed)
    }

    fn single(&mut self) -> Option<bool> {
        if self.take("(") {
            let allowed = self.either()?;
            return self.take(")").then_some(allowed);
        }
        let allowed = ALLOWED.contains(&self.name()?);
        if self.take("WITH") {
            return Some(ALLOWED_EXCEPTIONS.contains(&self.name()?) && allowed);
        }
        Some(allowed)
    }

    fn name(&mut self) -> Option<&str> {
        let (first, rest) = self.words.split_first()?;
        if ["OR", "AND", "WITH", "(", ")"].contains(first) {
            return None;
        }
        self.words = rest;
        Some(first)
    }

    fn take(&mut self, word: &str) -> bool {
        match self.words.split_first() {
            Some((first, rest)) if *first == word => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expression: &str, expected: bool) {
        assert_eq!(is_allowed(expression), Ok(expected), "{expression}");
    }

    #[test]
    fn a_single_licence_is_looked_up() {
        check("MIT", true);
        check("GPL-3.0-only", false);
    }

    #[test]
    fn one_side_of_or_is_enough() {
        check("GPL-3.0-only OR MIT", true);
        check("MIT OR Apache-2.0 OR LGPL-2.1-or-later", true);
        check("GPL-3.0-only OR LGPL-2.1-or-later", false);
        check("MIT/Apache-2.0", true);
    }

    #[test]
    fn both_sides_of_and_are_needed() {
        check("(MIT OR Apache-2.0) AND Unicode-3.0", true);
        check("MIT AND OpenSSL", false);
        check("MIT OR Apache-2.0 AND OpenSSL", true);
        check("(MIT OR Apache-2.0) AND OpenSSL", false);
    }

    #[test]
    fn an_exception_must_be_known_too() {
        check("Apache-2.0 WITH LLVM-exception", true);
        check("Apache-2.0 WITH Strange-exception", false);
        check("GPL-2.0-only WITH LLVM-exception", false);
    }

    #[test]
    fn an_expression_that_cannot_be_read_is_an_error() {
        for broken in ["", "MIT OR", "(MIT", "MIT Apache-2.0", "AND MIT", "MIT WITH"] {
            assert!(is_allowed(broken).is_err(), "{broken}");
        }
    }
}
