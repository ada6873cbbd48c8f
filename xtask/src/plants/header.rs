//! The lines above the diff: what a plant breaks, and what must catch it.

use std::fmt;

use crate::model;

/// What the header of a patch says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// One sentence: what is broken.
    pub(super) sentence: String,
    /// Each of them must catch the plant; there is at least one.
    pub(super) caught_by: Vec<Catcher>,
    /// Whether to run without an end is a way of being caught.
    pub(super) hangs: bool,
}

/// What must notice a plant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Catcher {
    /// This very test fails.
    Test(TestId),
    /// This model finds this invariant violated.
    Model { letter: &'static str, invariant: Invariant },
}

/// What is run, on the whole tree as well as on a patched one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Probe {
    /// One test.
    Test(TestId),
    /// The model of this letter.
    Model(&'static str),
}

/// One test of the crate that holds the plant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TestId {
    /// The integration test target, or `None` for the unit tests of the library.
    pub(super) target: Option<String>,
    /// The name by which the test harness knows it, modules included.
    pub(super) name: String,
}

/// The number of an invariant: 4 for `I4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Invariant(u32);

impl Header {
    /// Reads the lines above the first line of the diff, each of the form `Key: value`.
    pub(super) fn parse(patch: &str) -> Result<Self, String> {
        let mut draft = Draft::default();
        for (index, line) in patch.lines().enumerate() {
            if line.starts_with("diff --git ") || line.starts_with("--- ") {
                return draft.finish();
            }
            draft.take(line).map_err(|error| format!("line {}: {error}", index + 1))?;
        }
        Err("there is no diff".to_owned())
    }
}

/// A header of which some lines are read.
#[derive(Default)]
struct Draft {
    sentence: Option<String>,
    caught_by: Vec<Catcher>,
    hangs: Option<bool>,
}

impl Draft {
    fn take(&mut self, line: &str) -> Result<(), String> {
        if line.trim().is_empty() {
            return Ok(());
        }
        let form = || format!("`{line}` is not of the form `Key: value`");
        let (key, value) = line.split_once(':').ok_or_else(form)?;
        let value = value.trim();
        match key {
            _ if value.is_empty() => Err(format!("`{key}` has no value")),
            "Plant" => once(&mut self.sentence, key, value.to_owned()),
            "Hangs" => once(&mut self.hangs, key, yes_or_no(value)?),
            "Caught-by" => {
                self.caught_by.push(Catcher::parse(value)?);
                Ok(())
            }
            _ => Err(format!("`{key}` is not Plant, Caught-by or Hangs")),
        }
    }

    fn finish(self) -> Result<Header, String> {
        let sentence = self.sentence.ok_or("`Plant` is missing")?;
        if self.caught_by.is_empty() {
            return Err("`Caught-by` is missing".to_owned());
        }
        Ok(Header { sentence, caught_by: self.caught_by, hangs: self.hangs.unwrap_or(false) })
    }
}

fn once<T>(slot: &mut Option<T>, key: &str, value: T) -> Result<(), String> {
    if slot.replace(value).is_some() { Err(format!("`{key}` stands there twice")) } else { Ok(()) }
}

fn yes_or_no(value: &str) -> Result<bool, String> {
    match value {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(format!("`{value}` is neither yes nor no")),
    }
}

impl Catcher {
    fn parse(value: &str) -> Result<Self, String> {
        match value.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["test", target, name] => {
                let target = (*target != "lib").then(|| (*target).to_owned());
                Ok(Self::Test(TestId { target, name: (*name).to_owned() }))
            }
            ["model", letter, invariant] => Ok(Self::Model {
                letter: model::letter(letter).ok_or_else(|| format!("no model `{letter}`"))?,
                invariant: Invariant::parse(invariant)
                    .ok_or_else(|| format!("`{invariant}` is not an invariant such as `I4`"))?,
            }),
            _ => Err(format!(
                "`{value}` is neither `test <target> <name>` nor `model <letter> <invariant>`"
            )),
        }
    }

    /// What has to be run to see whether it catches.
    pub(super) fn probe(&self) -> Probe {
        match self {
            Self::Test(test) => Probe::Test(test.clone()),
            Self::Model { letter, .. } => Probe::Model(letter),
        }
    }
}

impl Invariant {
    /// Reads `I4`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('I')?;
        let is_number = digits.chars().all(|c| c.is_ascii_digit());
        is_number.then(|| digits.parse().ok()).flatten().map(Self)
    }
}

impl fmt::Display for Catcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Test(test) => test.fmt(f),
            Self::Model { letter, invariant } => write!(f, "model {letter} {invariant}"),
        }
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Test(test) => test.fmt(f),
            Self::Model(letter) => write!(f, "model {letter}"),
        }
    }
}

impl fmt::Display for TestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "test {} {}", self.target.as_deref().unwrap_or("lib"), self.name)
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "I{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLANT: &str = "Plant: a retry takes a new stamp";
    const BY_TEST: &str = "Caught-by: test partition a_retry_keeps_its_stamp";

    fn parsed(header: &[&str]) -> Result<Header, String> {
        Header::parse(&format!("{}\ndiff --git a/x b/x\n--- a/x\n", header.join("\n")))
    }

    #[test]
    fn a_full_header_is_read() {
        let lib = "Caught-by: test lib fate::tests::maybe_is_sticky";
        let header =
            parsed(&[PLANT, "", BY_TEST, lib, "Caught-by: model A I12", "Hangs: yes"]).unwrap();
        assert_eq!(header.sentence, "a retry takes a new stamp");
        assert!(header.hangs);
        let catchers: Vec<String> = header.caught_by.iter().map(ToString::to_string).collect();
        let expected = [
            "test partition a_retry_keeps_its_stamp",
            "test lib fate::tests::maybe_is_sticky",
            "model A I12",
        ];
        assert_eq!(catchers, expected);
    }

    #[test]
    fn a_plant_that_says_nothing_of_hanging_does_not_hang() {
        assert!(!parsed(&[PLANT, BY_TEST]).unwrap().hangs);
        assert!(!parsed(&[PLANT, BY_TEST, "Hangs: no"]).unwrap().hangs);
    }

    #[test]
    fn a_header_that_lacks_something_is_refused() {
        assert_eq!(parsed(&[PLANT]), Err("`Caught-by` is missing".to_owned()));
        assert_eq!(parsed(&[BY_TEST]), Err("`Plant` is missing".to_owned()));
        assert_eq!(parsed(&[]), Err("`Plant` is missing".to_owned()));
        assert_eq!(parsed(&["Plant:", BY_TEST]), Err("line 1: `Plant` has no value".to_owned()));
    }

    #[test]
    fn a_file_without_a_diff_is_refused() {
        for text in ["", "\n", &format!("{PLANT}\n{BY_TEST}\n")] {
            assert_eq!(Header::parse(text), Err("there is no diff".to_owned()));
        }
    }

    #[test]
    fn a_line_of_another_kind_is_refused_with_its_number() {
        let wrong = [
            "Killed-by: test a b",
            "a sentence without a key",
            PLANT,
            "Caught-by: luck",
            "Caught-by: bench a b",
            "Caught-by: test partition",
            "Caught-by: test partition a b",
            "Caught-by: model Z I4",
            "Caught-by: model A 4",
            "Caught-by: model A I",
            "Caught-by: model A I+4",
            "Hangs: perhaps",
        ];
        for line in wrong {
            let error = parsed(&[PLANT, line, BY_TEST]).unwrap_err();
            assert!(error.starts_with("line 2: "), "{line}: {error}");
        }
    }
}
