//! `klamm demo` as a process: what it says of the logs is held to what was sent.

#![cfg(test)]

use std::process::{Command, Output};

use regex::Regex;

fn demo(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_klamm")).arg("demo").args(words).output().unwrap()
}

/// The figures of a row of the table: acknowledged, in the log, duplicates, lost.
fn row(page: &str, name: &str) -> Vec<u64> {
    let row = page.lines().find(|line| line.starts_with(&format!("  {name} "))).unwrap();
    assert!(row.ends_with("  kept"), "{row}");
    let figures: Vec<u64> = row.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    figures[figures.len() - 4..].to_vec()
}

#[test]
fn every_record_is_in_the_logs_once_although_an_answer_is_lost_and_a_broker_dies() {
    let output = demo(&["--records", "1500", "--seconds", "2"]);
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{page}");
    let parts: Vec<_> = ["0", "1", "2"].iter().map(|name| row(&page, name)).collect();
    let sum = row(&page, "all");
    assert_eq!(sum, [1500, 1500, 0, 0], "{page}");
    for figure in 0..4 {
        assert_eq!(parts.iter().map(|part| part[figure]).sum::<u64>(), sum[figure], "{page}");
    }
    for wanted in [
        "its answer is lost",
        "sent again: partition",
        "is killed",
        "is back",
        "Exactly once, in order: 1500 records acknowledged, 1500 in the logs.",
        "The batch whose answer was lost was in the log already",
    ] {
        assert!(page.contains(wanted), "{wanted}\n{page}");
    }
}

#[test]
fn the_page_is_short_and_shows_one_request_without_a_gap() {
    let output = demo(&["--records", "200", "--seconds", "1", "--seed", "7"]);
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(output.stderr.is_empty() && page.lines().count() <= 60, "{page}");
    assert!(page.lines().all(|line| line.chars().count() <= 100), "{page}");
    assert!(!page.contains('\u{1b}'), "{page}");
    let field = Regex::new(r"^  ([0-9a-f]{4})  ((?:[0-9a-f]{2} )+)(\.\.)?").unwrap();
    let (mut at, mut names) = (0, 0);
    for line in page.lines() {
        let Some(found) = field.captures(line) else { continue };
        let here = usize::from_str_radix(&found[1], 16).unwrap();
        assert!(here == at || at == usize::MAX, "{line}");
        let shown = found[2].split_whitespace().count();
        at = if found.get(3).is_some() { usize::MAX } else { here + shown };
        names += 1;
    }
    assert!(names >= 25, "{page}");
    for name in ["producer id", "producer epoch", "base sequence", "CRC-32C", "record count"] {
        assert!(page.contains(name), "{name}\n{page}");
    }
}

#[test]
fn words_that_mean_nothing_end_it_at_once() {
    let output = demo(&["--records", "many"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8(output.stderr).unwrap().contains("--records cannot be `many`"));
}
