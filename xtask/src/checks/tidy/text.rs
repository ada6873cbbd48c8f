//! What holds for every text file: line ends, columns, and no trace of the writer's machine.

use super::super::finding::Finding;
use super::rust;

const COLUMNS: usize = 100;

/// Folders of a machine; put together here so that this file does not name them.
const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/tm", "p/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
];

/// Hosts that a text may point to; a registry or a mirror is nobody's business.
const HOSTS: &[&str] = &[
    "cwiki.apache.org",
    "doc.rust-lang.org",
    "docs.rs",
    "example.invalid",
    "github.com",
    "issues.apache.org",
    "kafka.apache.org",
    "keepachangelog.com",
    "maven.apache.org",
    "semver.org",
    "spdx.org",
    "www.apache.org",
    "www.rfc-editor.org",
    "www.w3.org",
];

/// The only place that a locked dependency may come from.
const SOURCE: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// Everything that this module looks for in a text file.
pub(super) fn findings(path: &str, text: &str) -> Vec<Finding> {
    let mut found: Vec<Finding> = last_line(path, text).into_iter().collect();
    for (index, line) in text.split('\n').enumerate() {
        let judged =
            [trailing_space(path, line), columns(path, line), machine_path(line), host(line)];
        let at = |(rule, text)| Finding::at(path, index + 1, rule, text);
        found.extend(judged.into_iter().flatten().map(at));
        if path.ends_with("Cargo.lock") && line.starts_with("source = ") && line != SOURCE {
            found.push(at(("host", "a dependency is locked to another registry".to_owned())));
        }
    }
    found
}

/// A rule and the sentence about its violation.
type Violation = (&'static str, String);

fn last_line(path: &str, text: &str) -> Option<Finding> {
    let proper = text.is_empty() || (text.ends_with('\n') && !text.ends_with("\n\n"));
    let sentence = "the file ends with exactly one line feed";
    (!proper).then(|| Finding::of(path, "last-line", sentence))
}

fn trailing_space(path: &str, line: &str) -> Option<Violation> {
    // The blank of a diff says that the line, empty in the file, is the same before and after.
    let is_context = path.ends_with(".patch") && line == " ";
    let is_clean = line.trim_end() == line || is_context;
    (!is_clean)
        .then(|| ("trailing-space", "there is white space at the end of the line".to_owned()))
}

fn columns(path: &str, line: &str) -> Option<Violation> {
    let count = line.chars().count();
    // The headline of a generated file names its sources, however long their names are.
    let is_bound = path.ends_with(".rs") && !rust::is_marked_generated(line);
    let is_wide = is_bound && count > COLUMNS;
    is_wide.then(|| ("columns", format!("the line has {count} columns, the limit is {COLUMNS}")))
}

/// A machine's folder at the start of a path; `target/tmp/` in the middle of one is none.
fn machine_path(line: &str) -> Option<Violation> {
    let starts = |at: usize| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || ".}_-".contains(c))
    };
    let named = |folder: &&&str| line.match_indices(**folder).any(|(at, _)| starts(at));
    let folder = MACHINE_PATHS.iter().find(named)?;
    Some(("machine-path", format!("`{folder}` exists on one machine only")))
}

fn host(line: &str) -> Option<Violation> {
    let host = line.split("://").skip(1).map(host_of).find(|host| {
        // A scheme alone, as code may hold it, points to nobody.
        !host.is_empty() && !HOSTS.contains(host)
    })?;
    Some(("host", format!("the host `{host}` is not on the list of those we point to")))
}

/// The host at the start of what follows a scheme.
fn host_of(rest: &str) -> &str {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::rules;
    use super::*;

    fn found(path: &str, text: &str) -> Vec<&'static str> {
        rules(&findings(path, text))
    }

    #[test]
    fn a_clean_text_passes() {
        assert!(
            found("README.md", "# klamm\n\nSee https://kafka.apache.org/protocol.\n").is_empty()
        );
        assert!(found("empty", "").is_empty());
    }

    #[test]
    fn white_space_at_the_end_of_a_line_is_found() {
        assert_eq!(found("a.md", "one \ntwo\n"), ["trailing-space"]);
        assert_eq!(found("a.md", "one\r\n"), ["trailing-space"]);
    }

    #[test]
    fn a_missing_or_doubled_end_of_the_last_line_is_found() {
        assert_eq!(found("a.md", "one"), ["last-line"]);
        assert_eq!(found("a.md", "one\n\n"), ["last-line"]);
    }

    #[test]
    fn an_empty_context_line_of_a_diff_is_no_trailing_space() {
        assert!(found("crates/a/plants/m1.patch", " one\n \n+two\n").is_empty());
        assert_eq!(found("crates/a/plants/m1.patch", "+two \n"), ["trailing-space"]);
        assert_eq!(found("a.md", "one\n \ntwo\n"), ["trailing-space"]);
    }

    #[test]
    fn the_hundred_and_first_column_is_found_in_rust_alone() {
        let line = |n: usize| format!("{}\n", "é".repeat(n));
        assert!(found("a.rs", &line(100)).is_empty());
        assert_eq!(found("a.rs", &line(101)), ["columns"]);
        assert!(found("a.md", &line(101)).is_empty());
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        for folder in MACHINE_PATHS {
            assert_eq!(found("a.md", &format!("see {folder}x\n")), ["machine-path"]);
            assert!(found("a.md", &format!("see target{folder}x\n")).is_empty());
        }
    }

    #[test]
    fn a_host_that_is_not_on_the_list_is_found() {
        let url = |host: &str| format!("see https:{}{host}/x\n", "//");
        assert!(found("a.md", &url("github.com")).is_empty());
        assert_eq!(found("a.md", &url("mirror.corp")), ["host"]);
        assert_eq!(found("a.md", &url("github.com.evil.net")), ["host"]);
    }

    #[test]
    fn a_dependency_locked_to_another_registry_is_found() {
        assert!(found("Cargo.lock", &format!("{SOURCE}\n")).is_empty());
        assert_eq!(found("Cargo.lock", "source = \"registry+elsewhere\"\n"), ["host"]);
    }
}
