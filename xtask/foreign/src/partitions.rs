//! Which partitions librdkafka's partitioners choose, found by sending records to its mock.
//!
//! Nothing here knows the algorithms: records are sent several times, and where they do not come to
//! lie in the same partition each time, the key does not decide.

mod keyless;
mod keys;
mod trial;

use std::fmt::Write as _;

use keys::Key;
use trial::{Sticking, Trial};

/// How often everything is sent.
const REPEATS: usize = 3;

/// The partitioners that look at keys.
const BY_KEY: [&str; 6] =
    ["consistent", "consistent_random", "murmur2", "murmur2_random", "fnv1a", "fnv1a_random"];

/// What was found, as text.
#[derive(Debug)]
pub(crate) struct Told {
    answers: String,
    keyless: String,
}

impl Told {
    /// Writes both files.
    pub(crate) fn write(&self, answers: &str, keyless: &str) -> Result<(), String> {
        for (path, text) in [(answers, &self.answers), (keyless, &self.keyless)] {
            std::fs::write(path, text).map_err(|error| format!("cannot write {path}: {error}"))?;
        }
        Ok(())
    }
}

/// Finds the partitions for the keys of a file under each of the counts.
pub(crate) fn run(keys: &str, counts: &str) -> Result<Told, String> {
    let keys = keys::read(keys)?;
    let counts: Vec<i32> = counts
        .split(',')
        .map(|count| count.parse().map_err(|_| format!("{count} is no number of partitions")))
        .collect::<Result<_, _>>()?;
    let trial = Trial::new(&counts)?;
    let made = format!(
        "# librdkafka {}, made by `cargo xtask vectors partitioners`",
        rdkafka::util::get_rdkafka_version().1
    );
    let columns = BY_KEY.map(|name| column(&trial, name, &keys, &counts));
    let mut answers = format!("{made}; for partition counts {counts:?}\n{}\n", BY_KEY.join("\t"));
    let columns: Vec<Vec<String>> = columns.into_iter().collect::<Result<_, _>>()?;
    for place in 0..keys.len() {
        let cells = columns.iter().filter_map(|column| column.get(place));
        let _ = writeln!(answers, "{}", line(cells));
    }
    Ok(Told { answers, keyless: format!("{made}\n{}", keyless::run(&trial)?) })
}

/// The cells of a line; one like the cell before it is an equals sign.
fn line<'a>(cells: impl Iterator<Item = &'a String>) -> String {
    let mut before = None;
    let mut shown = Vec::new();
    for cell in cells {
        shown.push(if before == Some(cell) { "=" } else { cell });
        before = Some(cell);
    }
    shown.join("\t")
}

/// For each key its partitions under all counts, or a question mark where it does not decide.
fn column(trial: &Trial, name: &str, keys: &[Key], counts: &[i32]) -> Result<Vec<String>, String> {
    let mut cells: Vec<Vec<String>> = vec![Vec::new(); keys.len()];
    let mut is_decided = vec![true; keys.len()];
    for count in counts {
        let found = repeated(|| trial.send(name, Sticking::Off, *count, keys))?;
        for (place, cell) in cells.iter_mut().enumerate() {
            let mut partitions = found.iter().filter_map(|run| run.get(place));
            let first = partitions.next().ok_or("a key has no answer")?;
            cell.push(first.to_string());
            if partitions.any(|other| other != first) {
                is_decided.iter_mut().skip(place).take(1).for_each(|flag| *flag = false);
            }
        }
    }
    let cells = cells.into_iter().zip(is_decided);
    Ok(cells.map(|(cell, is)| if is { cell.join(" ") } else { "?".to_owned() }).collect())
}

/// What each of the repeats found.
fn repeated(once: impl Fn() -> Result<Vec<i32>, String>) -> Result<Vec<Vec<i32>>, String> {
    std::iter::repeat_with(once).take(REPEATS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_like_the_one_before_is_short() {
        let cells = ["0 1", "0 1", "0 2", "?", "?"].map(str::to_owned);
        assert_eq!(line(cells.iter()), "0 1\t=\t0 2\t?\t=");
    }
}
