//! Differences that are known and have a reason: `CASE STEP-or-* FIELD-or-* reason` on each line.

use crate::pattern::matches;

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The number of the line.
    pub line: usize,
    case: String,
    step: String,
    field: String,
    /// Why the difference is accepted.
    pub reason: String,
}

impl Exception {
    /// Whether it covers a difference.
    #[must_use]
    pub fn covers(&self, case: &str, step: &str, field: &str) -> bool {
        matches(&self.case, case) && matches(&self.step, step) && matches(&self.field, field)
    }

    /// The line as it was written.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{} {} {} {}", self.case, self.step, self.field, self.reason)
    }
}

/// Reads the file; blank lines and lines that begin with `#` say nothing.
///
/// # Errors
/// When a line has no reason.
pub fn parse(text: &str) -> Result<Vec<Exception>, String> {
    let lines = (1..).zip(text.lines().map(str::trim));
    let said = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    said.map(|(number, line)| exception(number, line)).collect()
}

fn exception(line: usize, text: &str) -> Result<Exception, String> {
    let mut words = text.split_whitespace();
    let mut word = || words.next().unwrap_or_default().to_owned();
    let (case, step, field) = (word(), word(), word());
    let reason = words.collect::<Vec<_>>().join(" ");
    if reason.is_empty() {
        return Err(format!("line {line}: an exception is `CASE STEP FIELD reason`"));
    }
    Ok(Exception { line, case, step, field, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_without_a_reason_is_refused() {
        assert!(parse("SEQ-05 * *").is_err());
        assert!(parse("# why\n\nSEQ-05 * * because").is_ok_and(|found| found.len() == 1));
    }

    #[test]
    fn an_exception_covers_what_its_patterns_say() {
        let found = parse("SEQ-* Produce.* /responses/*/errorCode older brokers say 46").unwrap();
        let [exception] = &found[..] else { panic!("{found:?}") };
        assert!(exception.covers("SEQ-04", "Produce.v9", "/responses/0/errorCode"));
        assert!(!exception.covers("SEQ-04", "Fetch.v9", "/responses/0/errorCode"));
        assert_eq!(exception.reason, "older brokers say 46");
    }
}
