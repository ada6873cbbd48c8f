//! Runs the exhaustive models of the idempotence crate, each by its letter.
//!
//! The models are a test target with a `main` of its own: it explores what the letters name, prints
//! what it saw, and ends with an exit code other than 0 when an invariant was violated.

use std::process::Command;

use crate::support::{self, Outcome};

const USAGE: &str = "usage: cargo xtask model [A|A-literal|B|C|D|E|F|G|H|W]...";

/// Every model, by the letter that the test target knows it by.
const LETTERS: [&str; 10] = ["A", "A-literal", "B", "C", "D", "E", "F", "G", "H", "W"];

/// What `cargo test` is told to find the models; without optimisation they take too long.
pub(crate) const TARGET: [&str; 5] =
    ["--release", "--package", "klamm-idempotence", "--test", "models"];

/// `cargo xtask model [LETTER…]`: the models of these letters, or all of them.
pub(crate) fn run(args: &[String]) -> Outcome {
    let letters = letters(args)?;
    let mut command = Command::new("cargo");
    command.current_dir(support::root()).args(["test", "--locked"]).args(TARGET);
    command.arg("--").args(letters);
    let status = command.status().map_err(|error| format!("cannot start {command:?}: {error}"))?;
    support::pass_on(status)
}

/// The letter of a model that is written so.
pub(crate) fn letter(text: &str) -> Option<&'static str> {
    LETTERS.into_iter().find(|letter| *letter == text)
}

fn letters(args: &[String]) -> Result<Vec<&'static str>, String> {
    if args.is_empty() {
        return Ok(LETTERS.to_vec());
    }
    let known =
        |arg: &String| letter(arg).ok_or_else(|| format!("there is no model `{arg}`\n{USAGE}"));
    args.iter().map(known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(args: &[&str]) -> Result<Vec<&'static str>, String> {
        letters(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn no_letter_asks_for_every_model() {
        assert_eq!(asked(&[]), Ok(LETTERS.to_vec()));
    }

    #[test]
    fn letters_are_passed_on_in_their_order() {
        assert_eq!(asked(&["D", "A"]), Ok(vec!["D", "A"]));
    }

    #[test]
    fn a_letter_without_a_model_is_refused_before_anything_runs() {
        for wrong in ["I", "a", "", "AB", "--release"] {
            let refused = asked(&["A", wrong]).unwrap_err();
            assert!(refused.starts_with(&format!("there is no model `{wrong}`")), "{refused}");
        }
    }
}
