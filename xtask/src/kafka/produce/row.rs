//! A line of the table, and what stands below it when it is a bad one.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde_json::Value;

/// How many lines of what a program said stand below a bad row.
const TAIL_LINES: usize = 25;

/// How the rows went.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) good: usize,
    pub(super) bad: usize,
}

impl Count {
    pub(super) fn add(&mut self, other: Self) {
        self.good += other.good;
        self.bad += other.bad;
    }
}

/// What a program found, by name.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Figures(BTreeMap<String, u64>);

impl Figures {
    /// Those of the last line that is an object; none if there is none.
    pub(super) fn read(printed: &str) -> Option<Self> {
        let objects = printed.lines().rev().filter(|line| line.starts_with('{'));
        let value = objects.filter_map(|line| serde_json::from_str::<Value>(line).ok()).next()?;
        let count = |(name, value): (&String, &Value)| Some((name.clone(), value.as_u64()?));
        Some(Self(value.as_object()?.iter().filter_map(count).collect()))
    }

    pub(super) fn get(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or_default()
    }

    pub(super) fn set(&mut self, name: &str, value: u64) {
        self.0.insert(name.to_owned(), value);
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

/// What is always told, and what only if it is not zero.
const ALWAYS: [&str; 2] = ["records", "read"];

/// A line of the table.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) version: &'static str,
    pub(super) name: String,
    pub(super) took: Duration,
    pub(super) figures: Figures,
    /// What is wrong, and what the programs had to say.
    pub(super) wrong: Option<String>,
}

impl Row {
    pub(super) fn count(&self) -> Count {
        let bad = usize::from(self.wrong.is_some());
        Count { good: 1 - bad, bad }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.wrong.is_none() { "good" } else { "bad " };
        let (version, name, seconds) = (self.version, &self.name, self.took.as_secs_f64());
        write!(f, "{version}  {name:<44}  {word}  {seconds:>6.1} s")?;
        for (figure, count) in &self.figures.0 {
            if *count > 0 || ALWAYS.contains(&figure.as_str()) {
                write!(f, "  {figure} {count}")?;
            }
        }
        writeln!(f)?;
        let wrong = self.wrong.iter().flat_map(|wrong| wrong.lines());
        wrong.into_iter().try_for_each(|line| writeln!(f, "    {line}"))
    }
}

/// The end of what a program said, set off.
pub(super) fn tail(what: &str, printed: &str) -> String {
    let lines: Vec<&str> = printed.lines().collect();
    let kept = lines.get(lines.len().saturating_sub(TAIL_LINES)..).unwrap_or_default();
    let lines: Vec<String> = kept.iter().map(|line| format!("{what} | {line}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_what_is_not_zero() {
        let figures = Figures::read("words\n{\"records\":5,\"read\":0,\"lost\":5,\"x\":0}\n");
        let row = Row {
            version: "4.3.1",
            name: "idempotent lz4".to_owned(),
            took: Duration::from_millis(1500),
            figures: figures.unwrap(),
            wrong: Some("lost: 5\nmore".to_owned()),
        };
        let shown = row.to_string();
        let first: Vec<&str> = shown.lines().next().unwrap().split_whitespace().collect();
        let end = ["bad", "1.5", "s", "lost", "5", "read", "0", "records", "5"];
        assert_eq!(first[3..], end);
        assert!(shown.ends_with("\n    lost: 5\n    more\n"), "{shown}");
        assert_eq!(row.count(), Count { good: 0, bad: 1 });
    }

    #[test]
    fn silence_has_no_figures() {
        assert_eq!(Figures::read("all is well\n{broken\n"), None);
    }
}
