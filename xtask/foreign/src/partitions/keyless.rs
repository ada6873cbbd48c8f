//! Where records go without a key, with an empty one and with any, sticking or not.

use std::fmt::Write as _;

use super::keys::Key;
use super::trial::{Sticking, Trial};
use super::{BY_KEY, repeated};

/// Of how many records of a kind the partitions are compared.
const RECORDS: usize = 100;
const PARTITIONS: i32 = 1000;

/// A line for each partitioner, sticking and kind of key.
pub(super) fn run(trial: &Trial) -> Result<String, String> {
    let kinds: [(&str, Key); 3] =
        [("null", None), ("empty", Some(Vec::new())), ("key", Some(b"key".to_vec()))];
    let mut text = "partitioner\tsticking\tkey\twhere\n".to_owned();
    for name in std::iter::once("random").chain(BY_KEY) {
        for (sticking, word) in [(Sticking::Off, "off"), (Sticking::On, "on")] {
            for (kind, key) in &kinds {
                let keys = vec![key.clone(); RECORDS];
                let found = repeated(|| trial.send(name, sticking, PARTITIONS, &keys))?;
                let _ = writeln!(text, "{name}\t{word}\t{kind}\t{}", verdict(&found));
            }
        }
    }
    Ok(text)
}

/// Each run has a producer of its own, so that two runs stick to different partitions.
fn verdict(runs: &[Vec<i32>]) -> &'static str {
    let is_uniform = |run: &Vec<i32>| run.iter().all(|partition| Some(partition) == run.first());
    if !runs.iter().all(is_uniform) {
        return "drawn";
    }
    if runs.iter().all(|run| Some(run) == runs.first()) { "fixed" } else { "sticky" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_told_apart_by_what_differs() {
        assert_eq!(verdict(&[vec![1, 1], vec![1, 1]]), "fixed");
        assert_eq!(verdict(&[vec![1, 1], vec![2, 2]]), "sticky");
        assert_eq!(verdict(&[vec![1, 1], vec![1, 2]]), "drawn");
    }
}
