//! Which partition other people's clients choose for a key.
//!
//! The keys are written to a file, Kafka's classes and librdkafka's producer say where each one
//! goes, and what they say is kept beside the tests that replay it.

use std::path::Path;

use crate::foreign;
use crate::support::{self, Outcome};

use super::reference;

#[path = "../../../crates/batching/tests/partitioners/keys.rs"]
mod keys;

/// Where the answers are kept.
const KEPT: &str = "crates/batching/tests/choices";

/// `cargo xtask vectors partitioners`.
pub(super) fn run() -> Outcome {
    let folder = support::root().join("target/vectors/partitioners");
    let (keys, answers) = (folder.join("keys.txt"), folder.join("librdkafka.txt"));
    let kept = support::root().join(KEPT);
    let keyless = kept.join("librdkafka-keyless.txt");
    support::write(&keys, &text())?;
    let mut librdkafka = foreign::librdkafka()?;
    librdkafka.arg("partitions").args([&keys, &answers, &keyless]);
    support::run(librdkafka.arg(counts()))?;
    reference::run(&["partitions", told(&keys)?, &counts(), told(&kept)?])?;
    reference::run(&["pack", told(&answers)?, told(&kept.join("librdkafka.txt.gz"))?])
}

/// A key a line in hexadecimal digits; null is a minus sign, and an empty line is an empty key.
fn text() -> String {
    let lines = keys::all().map(|key| key.map_or_else(|| "-\n".to_owned(), |key| digits(&key)));
    lines.collect()
}

fn digits(key: &[u8]) -> String {
    let mut line: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    line.push('\n');
    line
}

fn counts() -> String {
    keys::PARTITION_COUNTS.map(|count| count.to_string()).join(",")
}

fn told(path: &Path) -> Result<&str, String> {
    path.to_str().ok_or_else(|| format!("{} is not UTF-8", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_empty_keys_are_told_apart() {
        let text = text();
        let lines: Vec<&str> = text.lines().take(4).collect();
        assert_eq!(lines, ["-", "", "00", "01"]);
        assert_eq!(text.lines().count(), usize::try_from(keys::COUNT).unwrap());
    }
}
