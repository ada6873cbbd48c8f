//! The table: a row for each case, and words for what did not go well.

use std::collections::BTreeMap;
use std::fmt;

/// How a case ended.
#[derive(Debug)]
pub(super) enum Verdict {
    Good,
    /// With what the program said, or what went wrong around it.
    Failed(String),
    /// The toolchain that could not be found.
    Missing(String),
}

/// What a case showed.
pub(super) struct Row {
    pub(super) client: &'static str,
    pub(super) mode: &'static str,
    pub(super) records: u64,
    pub(super) seconds: f64,
    pub(super) counts: BTreeMap<String, u64>,
    pub(super) verdict: Verdict,
}

/// Columns of their own, or of no interest where all is well.
const USUAL: &[&str] = &["records", "read", "asked", "lost", "duplicated", "reordered"];

pub(super) fn heading() -> String {
    line(["client", "mode", "records", "seconds", "lost", "dup", "reordered", "verdict"])
}

fn line<T: fmt::Display>(cells: [T; 8]) -> String {
    let [client, mode, records, seconds, lost, dup, reordered, verdict] = cells;
    let counts = format!("{lost:>7} {dup:>7} {reordered:>9}");
    format!("{client:<24} {mode:<14} {records:>9} {seconds:>8} {counts}  {verdict}")
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match &self.verdict {
            Verdict::Good => format!("good{}", self.remarks()),
            Verdict::Failed(_) => format!("BAD{}", self.remarks()),
            Verdict::Missing(what) => format!("NOT RUN: {what}"),
        };
        f.write_str(&line([
            self.client.to_owned(),
            self.mode.to_owned(),
            self.records.to_string(),
            format!("{:.1}", self.seconds),
            self.count("lost"),
            self.count("duplicated"),
            self.count("reordered"),
            verdict,
        ]))
    }
}

impl Row {
    /// A count that nobody told is no zero.
    fn count(&self, name: &str) -> String {
        self.counts.get(name).map_or_else(|| "-".to_owned(), u64::to_string)
    }

    /// What else was counted and is not zero.
    fn remarks(&self) -> String {
        let unusual =
            |(name, count): &(&String, &u64)| **count > 0 && !USUAL.contains(&name.as_str());
        let told =
            self.counts.iter().filter(unusual).map(|(name, count)| format!("{name} {count}"));
        let told: Vec<String> = told.collect();
        if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) }
    }

    /// Prints what the row has no room for.
    pub(super) fn explain(&self) {
        match &self.verdict {
            Verdict::Good => {}
            Verdict::Failed(why) => eprintln!("\n=== {} is BAD: {why}", self.client),
            Verdict::Missing(what) => {
                eprintln!("\n!!! {} WAS NOT RUN: {what}", self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(counts: &[(&str, u64)], verdict: Verdict) -> String {
        let counts = counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
        let (client, mode, records, seconds) = ("java-group", "idempotent", 100, 1.25);
        Row { client, mode, records, seconds, counts, verdict }.to_string()
    }

    #[test]
    fn counts_stand_in_their_columns_and_the_unusual_behind() {
        let counts = [("lost", 0), ("duplicated", 7), ("reordered", 2), ("aborted", 5)];
        let words = row(&counts, Verdict::Good);
        let words: Vec<&str> = words.split_whitespace().collect();
        assert_eq!(words[2..], ["100", "1.2", "0", "7", "2", "good", "(aborted", "5)"]);
    }

    #[test]
    fn what_nobody_counted_is_not_shown_as_zero() {
        let text = row(&[], Verdict::Missing("go is not on the PATH".to_owned()));
        assert!(text.ends_with("-       -         -  NOT RUN: go is not on the PATH"), "{text}");
    }
}
