//! The table of plants, and what all of them together show.

use std::collections::BTreeSet;

use super::header::Invariant;
use super::plant::Plant;

/// What became of one plant.
pub(super) struct Row {
    pub(super) seconds: f64,
    /// Each catcher that did not catch, with what was seen instead; empty if all caught.
    pub(super) failures: Vec<String>,
    /// The invariants that a model found violated.
    pub(super) violated: BTreeSet<Invariant>,
}

/// How wide the columns of the table are.
pub(super) struct Table {
    name: usize,
    sentence: usize,
    caught_by: usize,
}

impl Table {
    pub(super) fn of(plants: &[Plant]) -> Self {
        let widest = |text: fn(&Plant) -> String| {
            plants.iter().map(|plant| text(plant).chars().count()).max().unwrap_or_default()
        };
        Self {
            name: widest(|plant| plant.name.clone()),
            sentence: widest(|plant| plant.header.sentence.clone()),
            caught_by: widest(caught_by),
        }
    }

    /// The lines of one plant: the plant, then one for each catcher that did not catch it.
    pub(super) fn lines(&self, plant: &Plant, row: &Row) -> String {
        let Self { name, sentence, caught_by: catchers } = self;
        let mut lines = format!(
            "{:<name$}  {:<sentence$}  {:<catchers$} {:>6.1} s",
            plant.name,
            plant.header.sentence,
            caught_by(plant),
            row.seconds,
        );
        for failure in &row.failures {
            lines.push_str("\n  FAILED ");
            lines.push_str(failure);
        }
        lines
    }
}

fn caught_by(plant: &Plant) -> String {
    let catchers: Vec<String> = plant.header.caught_by.iter().map(ToString::to_string).collect();
    catchers.join(", ")
}

/// The lines below the table: what the models have proven to see, and the count.
pub(super) fn closing(rows: &[Row]) -> String {
    let violated: BTreeSet<Invariant> =
        rows.iter().flat_map(|row| row.violated.iter().copied()).collect();
    let mut in_a_model = "in a model:".to_owned();
    for invariant in violated {
        in_a_model.push_str(&format!(" {invariant}"));
    }
    let failed = failed(rows);
    format!("{in_a_model}\n{} passed, {failed} failed", rows.len().saturating_sub(failed))
}

/// How many plants were not caught as they should be.
pub(super) fn failed(rows: &[Row]) -> usize {
    rows.iter().filter(|row| !row.failures.is_empty()).count()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::header::Header;
    use super::*;

    fn plant(name: &str, sentence: &str) -> Plant {
        let text =
            format!("Plant: {sentence}\nCaught-by: test lib t\nCaught-by: model A I4\n--- a");
        let header = Header::parse(&text).unwrap();
        Plant { name: name.to_owned(), krate: String::new(), patch: PathBuf::new(), header }
    }

    fn row(failures: &[&str], violated: &[&str]) -> Row {
        let failures = failures.iter().map(|failure| (*failure).to_owned()).collect();
        let violated = violated.iter().filter_map(|text| Invariant::parse(text)).collect();
        Row { seconds: 1.25, failures, violated }
    }

    #[test]
    fn the_columns_are_as_wide_as_their_widest_plant() {
        let plants = [plant("m1", "a longer sentence"), plant("m22", "short")];
        let table = Table::of(&plants);
        let lines = [
            table.lines(&plants[0], &row(&[], &[])),
            table.lines(&plants[1], &row(&["test lib t: passes"], &[])),
        ];
        let first = "m1   a longer sentence  test lib t, model A I4    1.2 s";
        let second = "m22  short              test lib t, model A I4    1.2 s";
        assert_eq!(lines, [first, &format!("{second}\n  FAILED test lib t: passes")]);
    }

    #[test]
    fn the_closing_lines_name_each_violated_invariant_once_in_order_and_count() {
        let rows = [row(&[], &["I10", "I2"]), row(&["x", "y"], &["I2"]), row(&[], &[])];
        assert_eq!(closing(&rows), "in a model: I2 I10\n2 passed, 1 failed");
        assert_eq!(failed(&rows), 1);
    }
}
