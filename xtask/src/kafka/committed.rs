//! Results that are kept beside the cases: written by a run, or held against it.

use std::path::{Path, PathBuf};

use crate::support::{self, Outcome};

/// What to do with a fresh result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// It takes the place of the one that is kept.
    Write,
    /// It must be the one that is kept.
    Check,
}

/// Where the results are kept.
pub(super) fn results() -> PathBuf {
    support::root().join("crates/conformance/results")
}

impl Keep {
    /// Writes a result, or says where it differs from the one that is kept.
    pub(super) fn apply(self, path: &Path, fresh: &str) -> Outcome {
        match self {
            Self::Write => support::write(path, fresh),
            Self::Check => {
                let kept = std::fs::read_to_string(path).unwrap_or_default();
                difference(&kept, fresh).map_or(Ok(()), |what| {
                    Err(format!("{} is not what a fresh run gives: {what}", path.display()))
                })
            }
        }
    }
}

/// The first line that differs, as one reads it in a diff.
fn difference(kept: &str, fresh: &str) -> Option<String> {
    if kept == fresh {
        return None;
    }
    let (mut kept, mut fresh) = (kept.lines(), fresh.lines());
    for number in 1.. {
        match (kept.next(), fresh.next()) {
            (None, None) => break,
            (old, new) if old == new => {}
            (old, new) => {
                let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
                return Some(format!("line {number}\n- {old}\n+ {new}"));
            }
        }
    }
    Some("the ends of lines".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::scratch;
    use super::*;

    #[test]
    fn a_result_is_written_and_then_found_unchanged() {
        let path = scratch::empty("committed").join("results/table.md");
        assert!(Keep::Check.apply(&path, "one\n").is_err());
        Keep::Write.apply(&path, "one\n").unwrap();
        assert_eq!(Keep::Check.apply(&path, "one\n"), Ok(()));
    }

    #[test]
    fn the_first_line_that_differs_is_shown() {
        assert_eq!(difference("a\nb\n", "a\nc\n").as_deref(), Some("line 2\n- b\n+ c"));
        assert_eq!(difference("a\n", "a\nb\n").as_deref(), Some("line 2\n- \n+ b"));
        assert_eq!(difference("a\n", "a").as_deref(), Some("the ends of lines"));
        assert_eq!(difference("a\n", "a\n"), None);
    }
}
