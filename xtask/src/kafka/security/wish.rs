//! Which cells against which releases, as one types it.

use super::USAGE;
use super::cell::Cell;
use crate::kafka::release::Release;

/// What is wanted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) releases: Vec<Release>,
    /// In small letters.
    words: Vec<String>,
}

impl Wish {
    pub(super) fn parse(args: &[&str]) -> Result<Self, String> {
        let usage = || format!("usage: cargo xtask kafka {USAGE}");
        let mut wish = Self { releases: Vec::new(), words: Vec::new() };
        let mut args = args.iter();
        while let Some(option) = args.next() {
            let value = *args.next().ok_or_else(usage)?;
            match *option {
                "--only" => wish.words.extend(value.split_whitespace().map(str::to_lowercase)),
                "--version" => wish.releases.push(Release::of(value).ok_or_else(usage)?),
                _ => return Err(usage()),
            }
        }
        if wish.releases.is_empty() {
            wish.releases.extend(Release::ALL);
        }
        Ok(wish)
    }

    /// Whether a cell has all the words in its name.
    pub(super) fn wants(&self, cell: &Cell) -> bool {
        let name = cell.name.to_lowercase();
        self.words.iter().all(|word| name.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::super::cells;
    use super::*;

    fn names(args: &[&str]) -> Vec<String> {
        let wish = Wish::parse(args).unwrap();
        let wanted = cells::all().into_iter().filter(|cell| wish.wants(cell));
        wanted.map(|cell| cell.name).collect()
    }

    #[test]
    fn without_a_wish_it_is_every_cell_against_every_release() {
        assert_eq!(Wish::parse(&[]).unwrap().releases, Release::ALL);
        assert_eq!(names(&[]).len(), cells::all().len());
    }

    #[test]
    fn words_and_releases_narrow_it_down() {
        let found = names(&["--only", "sasl_ssl 512"]);
        assert!(found.contains(&"SASL_SSL SCRAM-SHA-512".to_owned()), "{found:?}");
        assert!(found.iter().all(|name| name.contains("512")), "{found:?}");
        let wish = Wish::parse(&["--version", "2.8.2", "--version", "3.9.1"]).unwrap();
        assert_eq!(wish.releases, [Release::V2_8, Release::V3_9]);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for wrong in [&["--version", "1.0"][..], &["--only"], &["--fast", "yes"]] {
            assert!(Wish::parse(wrong).unwrap_err().starts_with("usage: "), "{wrong:?}");
        }
    }
}
