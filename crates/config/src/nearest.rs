//! The nearest of the names that are known: for whoever mistyped one.

use crate::table;

/// Longer names than this are nobody's typing error.
const MAX_NAME: usize = 128;

/// The known name that somebody probably meant.
pub(crate) fn nearest(name: &str) -> Option<&'static str> {
    if name.len() > MAX_NAME {
        return None;
    }
    let wanted = plain(name);
    let allowed = 2.max(wanted.len().checked_div(6)?);
    let distances = table::rows().map(|row| (distance(&wanted, &plain(row.name)), row.name));
    distances.min().filter(|(distance, _)| *distance <= allowed).map(|(_, name)| name)
}

/// Without what people confuse: case, and what stands between words.
fn plain(name: &str) -> Vec<char> {
    let chars = name.trim().chars().flat_map(char::to_lowercase);
    chars.map(|c| if matches!(c, '_' | '-' | ' ') { '.' } else { c }).collect()
}

/// How many characters to insert, remove, replace or swap with their neighbours.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut last_a = None;
    for (i, &char_a) in a.iter().enumerate() {
        let row = next_row(&above, &before, (i, last_a, char_a), b);
        before = std::mem::replace(&mut above, row);
        last_a = Some(char_a);
    }
    above.last().copied().unwrap_or(usize::MAX)
}

/// One row of the table of distances, from the row above and the one above that.
fn next_row(
    above: &[usize],
    before: &[usize],
    (i, last_a, char_a): (usize, Option<char>, char),
    b: &[char],
) -> Vec<usize> {
    let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX);
    let mut row = vec![i.saturating_add(1)];
    let mut last_b = None;
    for (j, &char_b) in b.iter().enumerate() {
        let replaced = at(above, j).saturating_add(usize::from(char_a != char_b));
        let removed = at(above, j.saturating_add(1)).saturating_add(1);
        let inserted = at(&row, j).saturating_add(1);
        let is_swap = last_a == Some(char_b) && last_b == Some(char_a);
        let swapped = match j.checked_sub(1) {
            Some(j) if is_swap => at(before, j).saturating_add(1),
            _ => usize::MAX,
        };
        row.push(replaced.min(removed).min(inserted).min(swapped));
        last_b = Some(char_b);
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_name_finds_the_one_that_was_meant() {
        for (typed, meant) in [
            ("bootstrap.server", "bootstrap.servers"),
            ("bootstrap_servers", "bootstrap.servers"),
            ("SECURITY.PROTOCOL", "security.protocol"),
            ("sasl.pasword", "sasl.password"),
            ("reqeust.timeout.ms", "request.timeout.ms"),
            ("ssl.ca.locaiton", "ssl.ca.location"),
        ] {
            assert_eq!(nearest(typed), Some(meant), "{typed}");
        }
    }

    #[test]
    fn what_resembles_nothing_finds_nothing() {
        for typed in ["", "x", "colour", "log.retention.hours", &"a".repeat(200)] {
            assert_eq!(nearest(typed), None, "{typed}");
        }
    }

    #[test]
    fn the_distance_counts_every_kind_of_slip_once() {
        let of = |a: &str, b: &str| distance(&plain(a), &plain(b));
        for (a, b, expected) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("abc", "abxc", 1),
            ("abc", "ab", 1),
            ("abc", "axc", 1),
            ("abc", "acb", 1),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!((of(a, b), of(b, a)), (expected, expected), "{a} {b}");
        }
    }
}
